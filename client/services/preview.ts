/** What a decision would send, before it is taken: so that a person sees who gets what, how and when, and can stop. */
import { countUnexcused } from '../../domain/attendance.ts';
import { calendarNotes } from '../../domain/calendar-notes.ts';
import { indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { certificateOf, MISSING_WORDS, type MissingService } from '../../domain/case/certificate.ts';
import { leavingFrom, standingReason, type Leaving } from '../../domain/case/leaving.ts';
import { nextReferral, NOTICE_KINDS } from '../../domain/case/rules.ts';
import type { CaseState, ParkReason } from '../../domain/case/state.ts';
import { coverageNotes } from '../../domain/coverage-notes.ts';
import { knownUpTo } from '../../domain/coverage.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { addOfficeDays } from '../../domain/office-days.ts';
import type { Slot } from '../../domain/docket.ts';
import { approverOf, type LadderPolicy, type LetterKind } from '../../domain/policy.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { openCaseOfStudent, type CaseRow } from '../../db/stores/cases.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import type { Student } from '../../db/stores/students.ts';
import { policyOfStudent } from './case-policies.ts';
import { stateOf } from './cases.ts';
import { allow, audited, caseFor, officeOf, studentFor, todayOf, type Call } from './context.ts';
import { earliestFor, hearingWish, isPosted } from './decisions/hearings.ts';
import { firstFree, type Wish } from './docket.ts';
import { calendarOfStudent } from './opening.ts';
import { recipientsOf } from './recipients.ts';

export const STEPS = [
  'referral',
  'hearing',
  'move-hearing',
  'cancel-hearing',
  'order',
  'court',
  'correction',
  'withdrawal',
  'release',
] as const;
export type Step = (typeof STEPS)[number];

export interface Preview {
  readonly student: string;
  readonly name: string;
  readonly birthDate: IsoDate | null;
  readonly caseNumber: string | null;
  readonly unexcusedDays: number;
  readonly threshold: number;
  /** What is missing of the calendar for this count. */
  readonly countNotes: readonly string[];
  readonly knownUpTo: IsoDate | null;
  /** Null where no letter would follow (all three referrals are made). */
  readonly letter: LetterKind | null;
  readonly leavesOn: IsoDate;
  /** Why it does not leave even then; null when it does. */
  readonly parked: ParkReason | null;
  /** The hour a hearing would get; null for other steps, or when none is free. */
  readonly hearing: Slot | null;
  /** Before a referral to the State's Attorney: what the certificate of services lacks, in words. */
  readonly missing: readonly string[];
  readonly to: readonly {
    readonly name: string;
    readonly relation: string;
    readonly channel: 'email' | 'print';
    readonly language: string;
    readonly assumed: boolean;
  }[];
  /** No usable recipient: the letter would wait for a person. */
  readonly blocked: string | null;
  /** Mail goes to the catcher or the practice mailbox only. */
  readonly practice: boolean;
}

/** What is wished for, where the step leaves a choice. */
export interface PreviewWish extends Wish {
  /** The letter to be let go. */
  readonly letter?: LetterKind | undefined;
}

export async function preview(
  call: Call,
  subject: { student?: string | undefined; case?: string | undefined },
  step: Step,
  wish: PreviewWish = {},
): Promise<Preview> {
  allow(call, 'case.read');
  const { db } = call;
  let row: CaseRow | undefined;
  let student: Student;
  if (subject.case !== undefined) ({ row, student } = await caseFor(call, db, subject.case));
  else {
    student = await studentFor(call, db, subject.student ?? '');
    row = await openCaseOfStudent(db, student.id);
  }
  const [office, today] = [await officeOf(db), await todayOf(db)];
  const policy = await policyOfStudent(call, db, student.id);
  const coverage = await coverageOfStudent(db, student.id);
  const known = knownUpTo(coverage);
  const { calendar } = await calendarOfStudent(db, student.id);
  const marks = await marksOfStudent(db, student.id);
  const { unexcusedDays } = countUnexcused(marks, calendar, today, policy.counting, known);
  const state = row ? stateOf(row) : null;
  const letter = letterOf(step, state, wish);
  const { sendOn: leavesOn, parked } = leavingOf(step, letter, state, today, policy, calendar);
  const recipients = await recipientsOf(db, student, leavesOn, policy.notices.channel);
  const guardians = new Map((await guardiansOf(db, student.id)).map((one) => [one.id, one]));
  await audited(db, call, 'letter.previewed', `student ${student.id}`, { step });
  return {
    student: student.sisId,
    name: `${student.firstName} ${student.lastName}`,
    birthDate: student.birthDate,
    caseNumber: row?.number ?? null,
    unexcusedDays,
    threshold: policy.counting.threshold,
    countNotes: [
      ...coverageNotes(coverage, calendar, today, policy.counting.windowDays),
      ...calendarNotes(calendar, today, policy.counting.windowDays),
    ],
    knownUpTo: known,
    letter,
    leavesOn,
    parked,
    hearing: state ? await hourOf(call, state, student, step, wish, today) : null,
    missing: step === 'court' && state ? missingOf(state) : [],
    to: !recipients.ok
      ? []
      : recipients.addressees.map(({ guardianIds, channel, language, assumed }) => {
          const adults = guardianIds.map((id) => guardians.get(id)).filter((one) => one !== undefined);
          return {
            name: adults.map((one) => `${one.firstName} ${one.lastName}`).join(' and ') || 'the student',
            relation: adults.map((one) => one.relation).join(', ') || 'student of 18',
            channel,
            language,
            assumed,
          };
        }),
    blocked: recipients.ok ? null : recipients.code,
    practice: office.practice,
  };
}

function letterOf(step: Step, state: CaseState | null, wish: PreviewWish): LetterKind | null {
  switch (step) {
    case 'referral': {
      const n = state ? nextReferral(state) : 1;
      return n === null ? null : (NOTICE_KINDS[n - 1] ?? null);
    }
    case 'hearing':
      return 'hearing-notice';
    case 'move-hearing':
      return state && wasTold(state) ? 'hearing-moved' : 'hearing-notice';
    case 'cancel-hearing':
      return state && wasTold(state) ? 'hearing-cancelled' : null;
    case 'order':
      return 'order';
    case 'court':
      return 'state-attorney-referral';
    case 'correction':
    case 'withdrawal':
      return step;
    case 'release':
      return wish.letter ?? null;
  }
}

/** Whether a letter about the hearing has gone out: only then is the family told of its change. */
function wasTold(state: CaseState): boolean {
  return state.letters.some(
    ({ kind, status }) => status === 'out' && (kind === 'hearing-notice' || kind === 'hearing-moved'),
  );
}

/** When a letter decided today leaves; one let go by a person does not wait for the next term. */
function leavingOf(
  step: Step,
  letter: LetterKind | null,
  state: CaseState | null,
  today: IsoDate,
  policy: LadderPolicy,
  calendar: SchoolCalendar,
): Leaving {
  const sendOn = addOfficeDays(today, 1, policy.holidays);
  const awaitsApproval = letter !== null && approverOf(policy, letter, null) !== null;
  if (state === null) return { sendOn, parked: awaitsApproval ? 'approval' : null };
  return step === 'release'
    ? { sendOn, parked: standingReason(state) }
    : leavingFrom(state, today, indexCalendar(calendar), { awaitsApproval });
}

async function hourOf(
  call: Call,
  state: CaseState,
  student: Student,
  step: Step,
  wish: PreviewWish,
  today: IsoDate,
): Promise<Slot | null> {
  if (step !== 'hearing' && step !== 'move-hearing') return null;
  const earliest = earliestFor(state, today, await isPosted(call.db, student, state.policy.notices.channel));
  const free = await firstFree(call, state.caseNumber, earliest, hearingWish(state, step, wish));
  return free && { place: free.place, date: free.date, time: free.time };
}

function missingOf(state: CaseState): string[] {
  return certificateOf(state).missing.map((one) => MISSING_WORDS[one as MissingService]);
}
