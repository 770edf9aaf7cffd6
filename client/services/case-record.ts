/** The record of a case for the next office, read from the records; giving it out is noted as a disclosure. */
import { asc, eq } from 'drizzle-orm';
import { countUnexcused } from '../../domain/attendance.ts';
import {
  openQuestionsOf,
  type CaseRecord,
  type LetterProof,
  type RecordedHearing,
} from '../../domain/case-record.ts';
import { ORDINALS } from '../../domain/case/rules.ts';
import { stageOf, type CaseState } from '../../domain/case/state.ts';
import { LETTER_NAMES } from '../../domain/case/view.ts';
import { coverageNotes } from '../../domain/coverage-notes.ts';
import { knownUpTo } from '../../domain/coverage.ts';
import { refusal } from '../../domain/refusal.ts';
import { holdsADay, SINCE_EVER } from '../../domain/transfer.ts';
import type { Db } from '../../db/connect.ts';
import { paperLetters } from '../../db/schema/index.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { journalOf, type CaseRow, type JournalRow } from '../../db/stores/cases.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { enrollmentsOf } from '../../db/stores/enrollments.ts';
import { interventionsOf } from '../../db/stores/interventions.ts';
import { noticesOf, type NoticeListed } from '../../db/stores/notices.ts';
import { listSchools } from '../../db/stores/places.ts';
import type { Student } from '../../db/stores/students.ts';
import { Refused } from '../failures.ts';
import { stateOf } from './cases.ts';
import { allow, audited, caseFor, officeOf, todayOf, type Call } from './context.ts';
import { calendarOfStudent } from './opening.ts';

/** `to`: who is given it, in words; kept with the disclosure. */
export async function discloseCase(call: Call, number: string, to: string): Promise<CaseRecord> {
  allow(call, 'case.transfer');
  return call.db.transaction(async (tx) => {
    const { row, student } = await caseFor(call, tx, number);
    const state = stateOf(row);
    if (!state) {
      throw new Refused(
        refusal(
          'CASE_NOT_BEGUN',
          'The case has not written down its first steps yet; try again in a minute.',
        ),
      );
    }
    const record = await recordOf(tx, row, student, state);
    await audited(tx, call, 'case.disclosed', `case ${number}`, { to, student: student.id });
    return record;
  });
}

async function recordOf(db: Db, row: CaseRow, student: Student, state: CaseState): Promise<CaseRecord> {
  const [office, today, journal, notices, paper] = [
    await officeOf(db),
    await todayOf(db),
    await journalOf(db, row.number),
    await noticesOf(db, row.number),
    await db
      .select()
      .from(paperLetters)
      .where(eq(paperLetters.caseNumber, row.number))
      .orderBy(asc(paperLetters.sentOn)),
  ];
  const names = new Map((await listSchools(db)).map((school) => [school.code, school.name]));
  const marks = await marksOfStudent(db, row.studentId);
  const { calendar } = await calendarOfStudent(db, row.studentId);
  const coverage = await coverageOfStudent(db, row.studentId);
  const asOf = row.closedOn ?? today;
  const { counting } = state.policy;
  const count = countUnexcused(marks, calendar, asOf, counting, knownUpTo(coverage));
  const interventions = (await interventionsOf(db, row.studentId)).filter(
    (one) => one.caseNumber === row.number,
  );
  const counted = new Map(state.interventions.map((one) => [one.id, one.countedFor]));
  const closing = journal.findLast((entry) => entry.type === 'case-closed');
  return {
    record: 'truancy-case',
    form: 1,
    office: office.name,
    practice: office.practice,
    madeOn: today,
    student: {
      number: student.sisId,
      name: [student.firstName, student.middleName, student.lastName, student.suffix]
        .filter((part) => part !== null)
        .join(' '),
      birthDate: student.birthDate,
      grade: student.grade,
      enrollments: (await enrollmentsOf(db, row.studentId)).filter(holdsADay).map(({ school, from, to }) => ({
        school,
        name: names.get(school) ?? school,
        from: from === SINCE_EVER ? null : from,
        to,
      })),
    },
    case: {
      number: row.number,
      openedOn: row.openedOn,
      closedOn: row.closedOn,
      closeReason: row.closeReason,
      note: textOf(closing, 'note'),
      stage: stageOf({ ...state, closed: null }),
      previousCase: row.previousCase,
      policy: `${state.policy.name} ${state.policy.version}`,
      begunOnPaper: state.paper !== null,
    },
    count: {
      ...count,
      notes: [...count.notes, ...coverageNotes(coverage, calendar, asOf, counting.windowDays)],
    },
    interventions: interventions.map((one) => ({
      date: one.date,
      kind: one.kind,
      by: one.byWhom,
      outcome: one.outcome,
      description: one.description,
      proof: one.proof,
      countedFor: counted.get(one.id) ?? null,
    })),
    referrals: state.referrals.map((one) => {
      const made = journal.findLast(
        (entry) => entry.type === 'referral-accepted' && entry.data['n'] === one.n,
      );
      return {
        n: one.n,
        on: one.on,
        unexcusedDays: one.count,
        progress: textOf(made, 'progress'),
        newUnexcused: one.newUnexcused,
        override: textOf(made, 'override'),
        paper: one.paper,
      };
    }),
    contacts: { tries: state.contacts.tries, reached: state.contacts.reached, last: state.contacts.last },
    caseload: state.caseload && {
      since: state.caseload.on,
      reason:
        state.caseload.why === 'third-referral' ? `After the ${ORDINALS[2]} referral` : state.caseload.reason,
    },
    letters: state.letters.map((letter) => ({
      letter: LETTER_NAMES[letter.kind],
      sequence: letter.sequence,
      decidedOn: letter.decidedOn,
      status: letter.status,
      outOn: letter.outOn,
      sent: [
        ...notices.filter((one) => one.kind === letter.kind && one.sequence === letter.sequence).map(proofOf),
        ...paper
          .filter((one) => one.kind === letter.kind && one.sequence === letter.sequence)
          .map((one) => ({
            channel: one.channel,
            language: null,
            outOn: one.sentOn,
            status: 'sent before this system',
            proof: one.proof,
          })),
      ],
    })),
    hearings: journal.flatMap(hearingOf),
    order: state.order,
    court: state.court,
    openQuestions: openQuestionsOf(state),
  };
}

function textOf(entry: JournalRow | undefined, field: string): string | null {
  const value = entry?.data[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** By what one can see that it left: the mail server's answer, or who posted it when. */
function proofOf(notice: NoticeListed): LetterProof {
  const proof =
    notice.channel === 'email'
      ? [notice.messageId, notice.smtpResponse]
      : notice.postedAt === null
        ? []
        : [`posted by ${notice.postedBy ?? '?'} at ${notice.postedAt}`];
  const words = [...proof, notice.settledReason].filter((part) => part !== null).join('; ');
  return {
    channel: notice.channel,
    language: notice.language,
    outOn: notice.outOn,
    status: notice.practice ? `${notice.status} (practice)` : notice.status,
    proof: words === '' ? null : words,
  };
}

const HEARING_WORDS: Readonly<Record<string, string>> = {
  'hearing-scheduled': 'hearing set',
  'hearing-moved': 'hearing moved',
  'hearing-continued': 'hearing continued',
  'hearing-cancelled': 'hearing cancelled',
  'hearing-withdrawn': 'hearing withdrawn',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  held: 'hearing held',
  'held-in-absence': 'hearing held in the parents’ absence',
  missed: 'nobody came to the hearing',
};

function hearingOf(entry: JournalRow): RecordedHearing[] {
  const what =
    entry.type === 'hearing-recorded' ? OUTCOMES[textOf(entry, 'outcome') ?? ''] : HEARING_WORDS[entry.type];
  if (what === undefined) return [];
  return [
    {
      on: entry.officeDate,
      what,
      date: textOf(entry, 'date'),
      time: textOf(entry, 'time'),
      place: textOf(entry, 'place'),
      words: textOf(entry, 'reason') ?? textOf(entry, 'appeared'),
    },
  ];
}
