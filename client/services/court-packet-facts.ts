/** Reads from the records what a packet for the State's Attorney holds, and leaves out what it must not. */
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { countUnexcused, type CountedDay } from '../../domain/attendance.ts';
import { indexCalendar, isSchoolDay } from '../../domain/calendar.ts';
import { certificateOf } from '../../domain/case/certificate.ts';
import { ORDINALS } from '../../domain/case/rules.ts';
import { restoredCase, type CaseState } from '../../domain/case/state.ts';
import { LETTER_NAMES } from '../../domain/case/view.ts';
import type { CaseloadState } from '../../domain/caseload/state.ts';
import { spelledArticleNumber } from '../../domain/certified-mail.ts';
import {
  forTheCourt,
  LEFT_OUT,
  packetDay,
  publicReason,
  type CourtPacket,
  type PacketCopy,
  type PacketLetter,
} from '../../domain/court-packet.ts';
import { knownUpTo } from '../../domain/coverage.ts';
import { addDays, shortDate, type IsoDate } from '../../domain/dates.ts';
import { proofWords } from '../../domain/mail-proof.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { holdsADay, SINCE_EVER } from '../../domain/transfer.ts';
import type { Db } from '../../db/connect.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { caseloadsOf } from '../../db/stores/caseloads.ts';
import { journalOf, type CaseRow, type JournalRow } from '../../db/stores/cases.ts';
import { rowsOf } from '../../db/stores/common.ts';
import { contactsOf } from '../../db/stores/contacts.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { enrollmentsOf } from '../../db/stores/enrollments.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import { interventionsOf } from '../../db/stores/interventions.ts';
import { noticeByKey, noticesOf, type NoticeRow } from '../../db/stores/notices.ts';
import type { Office } from '../../db/stores/office.ts';
import { paperLettersOf } from '../../db/stores/paper.ts';
import { listSchools } from '../../db/stores/places.ts';
import type { Student } from '../../db/stores/students.ts';
import { userById } from '../../db/stores/users.ts';
import { mailFactsOf, type MailFacts } from './mail-facts.ts';
import { calendarOfStudent } from './opening.ts';

export interface PacketFacts {
  readonly packet: CourtPacket;
  /** Kept PDFs by the notice's key. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
}

export interface PacketOf {
  readonly row: CaseRow;
  readonly student: Student;
  readonly state: CaseState;
  readonly office: Office;
  readonly today: IsoDate;
  readonly draft: boolean;
  readonly purpose: string;
}

/** Everything at one moment: called within a transaction. */
export async function readCourtPacket(db: Db, of: PacketOf): Promise<PacketFacts> {
  const { row, student, office, today } = of;
  const state = restoredCase(of.state);
  const [journal, schools, guardians, interventions, contacts, caseloads, siblings] = [
    await journalOf(db, row.number),
    await listSchools(db),
    await guardiansOf(db, row.studentId),
    (await interventionsOf(db, row.studentId)).filter((one) => one.caseNumber === row.number),
    await contactsOf(db, row.number),
    await caseloadsOf(db, row.number),
    await siblingsOf(db, row.studentId),
  ];
  const names = new Map(schools.map((school) => [school.code, school.name]));
  const schoolName = (code: string): string => names.get(code) ?? code;
  let leftOut = 0;
  const said = (text: string | null): string => {
    if (text === null || text.trim() === '') return '–';
    const words = forTheCourt(text, siblings);
    if (words === LEFT_OUT) leftOut += 1;
    return words;
  };
  const county = await countyOf(row, journal, schools);
  const attorney = office.profile?.stateAttorneys[county];
  const { letters, kept, posters } = await lettersOf(db, row.number, state, office);
  const attendance = await attendanceOf(db, row, state, today, schoolName, office.zone);
  const counted = new Map(state.interventions.map((one) => [one.id, one.countedFor]));
  const label = (kind: string) =>
    state.policy.interventions.kinds.find(({ code }) => code === kind)?.label ?? kind;
  const done = interventions.map((one) => {
    const n = counted.get(one.id) ?? null;
    return {
      ...{ date: one.date, kind: label(one.kind), by: said(one.byWhom), outcome: said(one.outcome) },
      countedFor: n === null ? 'no referral' : `${ORDINALS[n - 1]!} referral`,
    };
  });
  const packet: CourtPacket = {
    ...{ caseNumber: row.number, madeOn: today, draft: of.draft, county, purpose: of.purpose },
    practice: office.practice,
    office: {
      name: office.profile?.name ?? office.name,
      lines: office.profile ? [...office.profile.addressLines, office.profile.phone] : [],
    },
    to: attorney ? { name: attorney.name, title: attorney.title } : null,
    student: {
      name: [student.firstName, student.middleName, student.lastName, student.suffix]
        .filter((part) => part !== null)
        .join(' '),
      ...{ birthDate: student.birthDate, number: student.sisId, grade: student.grade },
      schools: (await enrollmentsOf(db, row.studentId)).filter(holdsADay).map(({ school, from, to }) => ({
        ...{ name: schoolName(school), from: from === SINCE_EVER ? null : from, to },
      })),
    },
    custodians: guardians
      .filter(({ legalRecipient }) => legalRecipient !== 'no')
      .map((one) => ({
        name: `${one.firstName} ${one.lastName}`,
        relation: one.relation.toLowerCase(),
        address: one.address && addressLines(one.address),
        language: new Intl.DisplayNames(['en'], { type: 'language' }).of(one.language) ?? one.language,
        livesWith: one.livesWith,
        assumed: one.legalRecipient === 'assumed',
        noContact: one.noContact,
        mailReturned: one.addressBadSince !== null,
      })),
    witnesses: await witnessesOf(db, {
      state,
      office,
      row,
      done,
      posters,
      schools,
      hasContacts: contacts.length > 0,
    }),
    ...attendance,
    interventions: done,
    contacts: contacts.map(({ date, kind, whom, outcome }) => ({
      ...{ date, kind: spaced(kind), whom, outcome: spaced(outcome) },
    })),
    services: servicesOf(
      caseloads.map(({ projection }) => projection as unknown as CaseloadState),
      said,
    ),
    letters,
    hearings: hearingsOf(journal, said),
    hearingHeld: state.hearing?.status === 'held' || state.hearing?.status === 'held-in-absence',
    order: state.order && {
      ...{ on: state.order.on, returnDate: state.order.returnDate, findings: state.order.findings },
      ...{
        services: state.order.services,
        reviewDate: state.order.reviewDate,
        brokenBy: state.order.brokenBy,
      },
    },
    certificate: state.court?.certificate ?? certificateOf(state),
    referral: state.court && {
      ...{ on: state.court.on, submission: state.court.submission, overridden: state.court.overridden },
      answer: state.court.answer,
    },
    leftOut: 0,
  };
  return { packet: { ...packet, leftOut }, kept };
}

const spaced = (code: string): string => code.replaceAll('-', ' ');

function addressLines({ lines, city, state, postalCode }: PostalAddress): string[] {
  return [...lines, `${city}, ${state} ${postalCode}`];
}

/** First names of other children of the same adults: a text that names one is left out. */
async function siblingsOf(db: Db, studentId: number): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    db,
    sql`
      select distinct s.first_name as name
        from guardianships mine
        join guardianships theirs on theirs.guardian_id = mine.guardian_id and theirs.student_id <> mine.student_id
        join students s on s.id = theirs.student_id
        join students me on me.id = mine.student_id
       where mine.student_id = ${studentId} and lower(s.first_name) <> lower(me.first_name)`,
  );
  return rows.map(({ name }) => name);
}

/** The county whose State's Attorney got the referral, also after the child has moved on. */
async function countyOf(
  row: CaseRow,
  journal: readonly JournalRow[],
  schools: readonly { code: string; county: string }[],
): Promise<string> {
  const referred = journal.findLastIndex(({ type }) => type === 'court-referred');
  const moved =
    referred < 0 ? undefined : journal.slice(referred + 1).find(({ type }) => type === 'transferred');
  const code = typeof moved?.data['from'] === 'string' ? moved.data['from'] : row.school;
  return schools.find((one) => one.code === code)?.county ?? '';
}

// ---------------------------------------------------------------- attendance

async function attendanceOf(
  db: Db,
  row: CaseRow,
  state: CaseState,
  today: IsoDate,
  schoolName: (code: string) => string,
  zone: string,
): Promise<Pick<CourtPacket, 'count' | 'later' | 'sinceOrder'>> {
  const marks = await marksOfStudent(db, row.studentId);
  const { calendar } = await calendarOfStudent(db, row.studentId);
  const cal = indexCalendar(calendar);
  const known = knownUpTo(await coverageOfStudent(db, row.studentId));
  const { counting } = state.policy;
  const { hearing, order } = state;
  const asOf = hearing?.scheduledOn ?? today;
  const count = countUnexcused(marks, cal, asOf, counting, known);
  const show = (day: CountedDay) =>
    packetDay(
      day,
      schoolName(day.school),
      [day.reportedBy, day.reportedAt === undefined ? undefined : shortDate(dateIn(zone, day.reportedAt))]
        .filter((part) => part !== undefined)
        .join(', ') || 'not on record',
    );
  // None of these has to be in a window any more to be an absence after the count's day.
  const all = countUnexcused(marks, cal, today, { ...counting, windowDays: 5_000 }, known).counted;
  const leaves = new Map(
    countUnexcused(marks, cal, today, counting, known).counted.map((day) => [day.date, day.leavesWindowOn]),
  );
  const after = all
    .filter(({ date }) => date > asOf)
    .map((day) => show({ ...day, leavesWindowOn: leaves.get(day.date) ?? null }));
  const { from } = count.window;
  const notCounted = new Map<string, { date: IsoDate; what: string }>();
  for (const mark of marks) {
    if (from === null || mark.date < from || mark.date > asOf) continue;
    if (mark.category !== null && counting.countedCategories.includes(mark.category)) continue;
    const what = publicReason(mark.category);
    if (what !== null) notCounted.set(`${mark.date}/${what}`, { date: mark.date, what });
  }
  let expectedUpTo: IsoDate | null = addDays(today, -1);
  for (let back = 0; back < 120 && !isSchoolDay(cal, expectedUpTo); back += 1) {
    expectedUpTo = addDays(expectedUpTo, -1);
  }
  if (!isSchoolDay(cal, expectedUpTo)) expectedUpTo = null;
  return {
    count: {
      ...{ asOf, unexcusedDays: count.unexcusedDays, threshold: count.threshold, window: count.window },
      why: hearing === null ? 'today' : 'the day the hearing was set',
      judged: hearing?.countAtScheduling ?? null,
      ...{ knownUpTo: known, expectedUpTo, notes: count.notes.filter((note) => !/known up to/i.test(note)) },
      days: count.counted.map(show),
      notCounted: [...notCounted.values()],
    },
    later: after.filter(({ date }) => order === null || date < order.returnDate),
    sinceOrder: order === null ? [] : after.filter(({ date }) => date >= order.returnDate),
  };
}

// ---------------------------------------------------------------- letters and their proof

interface LettersRead {
  readonly letters: PacketLetter[];
  readonly kept: Map<string, Uint8Array>;
  /** Who posted prints, by user number. */
  readonly posters: ReadonlySet<string>;
}

async function lettersOf(db: Db, caseNumber: string, state: CaseState, office: Office): Promise<LettersRead> {
  const listed = await noticesOf(db, caseNumber);
  const paper = await paperLettersOf(db, caseNumber);
  const mailOf = await mailFactsOf(
    db,
    listed.map(({ key }) => key),
  );
  const kept = new Map<string, Uint8Array>();
  const posters = new Set<string>();
  const letters: PacketLetter[] = [];
  for (const { kind, sequence, decidedOn, status, about } of state.letters) {
    const copies: PacketCopy[] = [];
    for (const { key } of listed.filter((one) => one.kind === kind && one.sequence === sequence)) {
      const notice = await noticeByKey(db, key);
      if (!notice || notice.status === 'claimed' || notice.status === 'withheld') continue;
      if (notice.postedBy !== null) posters.add(notice.postedBy);
      const left = notice.outOn !== null || notice.status === 'unknown';
      if (left && notice.pdf !== null) kept.set(key, notice.pdf);
      copies.push(copyOf(notice, mailOf(key), office.zone, left));
    }
    letters.push({
      ...{ kind, name: LETTER_NAMES[kind], sequence, decidedOn, status, about, copies },
      paper: paper
        .filter((one) => one.kind === kind && one.sequence === sequence)
        .map((one) => ({
          ...{ sentOn: one.sentOn, channel: one.channel, proof: one.proof },
          ...{ enteredBy: `${one.role} ${one.actor}`, enteredOn: one.at.slice(0, 10) },
        })),
    });
  }
  return { letters, kept, posters };
}

function copyOf(notice: NoticeRow, mail: MailFacts, zone: string, left: boolean): PacketCopy {
  const { key, channel, status, outOn, practice, toName, toEmail, toAddress, pdf, insteadOf } = notice;
  const language = new Intl.DisplayNames(['en'], { type: 'language' }).of(notice.language) ?? notice.language;
  const proof: string[] = [];
  if (channel === 'email') {
    if (notice.acceptedAt !== null) {
      proof.push(
        `accepted by the mail server on ${instantWords(notice.acceptedAt, zone)}: "${notice.smtpResponse ?? ''}"`,
      );
    }
    if (notice.messageId !== null) proof.push(`Message-ID ${notice.messageId}`);
    if (status === 'unknown')
      proof.push('not known whether it left: the connection broke while it was handed over');
    if (notice.settledAs === 'sent') proof.push('counted as sent by decision of the office');
    if (status === 'refused' || notice.failureCode !== null) {
      proof.push(`the mail server refused it or sent it back (${notice.failureCode ?? 'no code'})`);
    }
  } else {
    if (mail.batch !== null) proof.push(`printed in batch ${mail.batch}`);
    if (mail.certified !== null)
      proof.push(`certified mail, article number ${spelledArticleNumber(mail.certified)}`);
    if (outOn !== null)
      proof.push(`posted on ${shortDate(outOn)} by ${notice.postedBy ?? 'nobody on record'}`);
    else proof.push('printed; not posted yet');
    if (mail.proof !== null) proof.push(proofWords(mail.proof));
    if (insteadOf !== null) proof.push('it went by post in place of an e-mail');
  }
  return {
    ...{ key, channel, language, status, outOn, practice, proof },
    toName: toName ?? 'not on record',
    to: channel === 'email' ? [toEmail ?? 'no address on record'] : toAddress ? addressLines(toAddress) : [],
    proven:
      channel === 'email'
        ? notice.acceptedAt !== null && notice.failureCode === null
        : mail.proof?.outcome === 'delivered' || mail.proof?.outcome === 'refused',
    sha256: pdf === null ? null : createHash('sha256').update(pdf).digest('hex'),
    shown: left && pdf !== null,
  };
}

/** The day an instant has in the office's zone. */
function dateIn(zone: string, instant: string): IsoDate {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(instant));
}

function instantWords(instant: string, zone: string): string {
  const words = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'long', timeZone: zone });
  return words.format(new Date(instant)).replaceAll('\u202f', ' ');
}

// ---------------------------------------------------------------- what was done

function servicesOf(
  caseloads: readonly CaseloadState[],
  said: (text: string | null) => string,
): CourtPacket['services'] {
  const entries = caseloads.flatMap((one) => [
    {
      on: one.placedOn,
      what: 'placed on the Case Manager’s caseload',
      outcome:
        one.ended === null ? 'still on it' : `ended ${shortDate(one.ended.on)}: ${spaced(one.ended.how)}`,
    },
    ...one.meetings.map((meeting) => ({
      on: meeting.date,
      what: `meeting offered to ${spaced(meeting.with)}`,
      outcome: spaced(meeting.outcome),
    })),
    ...one.plans.map((plan) => ({
      on: plan.on,
      what: `attendance improvement plan${plan.revision > 1 ? `, revision ${plan.revision}` : ''}: ${plan.goals.length} ${plan.goals.length === 1 ? 'goal' : 'goals'}, ${plan.supports.length} ${plan.supports.length === 1 ? 'support' : 'supports'}`,
      outcome: [
        ...plan.shared.map((share) => `gone through with ${spaced(share.with)} on ${shortDate(share.on)}`),
        ...plan.signatures.map((sign) => `signed by ${spaced(sign.by)} on ${shortDate(sign.on)}`),
        `${plan.goals.filter(({ met }) => met).length} of ${plan.goals.length} goals met`,
      ].join('; '),
    })),
    ...one.reviews.flatMap(({ held }) =>
      held === null
        ? []
        : [{ on: held.on, what: 'review of the plan', outcome: `${held.goalsMet.length} goals met` }],
    ),
    ...one.agencies.map((referral) => {
      const agency = said(referral.agency);
      return {
        on: referral.on,
        what: agency === LEFT_OUT ? 'referral to an outside agency' : `referral to ${agency}`,
        outcome:
          referral.outcomes.map(({ on, outcome }) => `${spaced(outcome)} (${shortDate(on)})`).join('; ') ||
          'no answer on record',
      };
    }),
  ]);
  return entries.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

const HEARING_WORDS: Readonly<Record<string, string>> = {
  'hearing-scheduled': 'hearing set',
  'hearing-moved': 'hearing moved',
  'hearing-continued': 'hearing continued',
  'hearing-cancelled': 'hearing cancelled',
  'hearing-withdrawn': 'hearing withdrawn before its notice left',
  'hearing-recorded': 'hearing',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  held: 'hearing held',
  'held-in-absence': 'hearing held in the parents’ absence',
  missed: 'nobody came to the hearing',
};

/** Dates, places and who appeared; the reasons staff wrote down stay in the case. */
function hearingsOf(
  journal: readonly JournalRow[],
  said: (text: string | null) => string,
): CourtPacket['hearings'] {
  const textOf = (data: JournalRow['data'], field: string): string | null =>
    typeof data[field] === 'string' && data[field] !== '' ? data[field] : null;
  return journal.flatMap(({ type, officeDate, data }) => {
    const what = type === 'hearing-recorded' ? OUTCOMES[textOf(data, 'outcome') ?? ''] : HEARING_WORDS[type];
    if (what === undefined) return [];
    const date = textOf(data, 'date');
    const appeared = textOf(data, 'appeared');
    const words = [
      ...(date === null
        ? []
        : [[shortDate(date), textOf(data, 'time'), textOf(data, 'place')].filter(Boolean).join(', ')]),
      ...(appeared === null ? [] : [`appeared: ${said(appeared)}`]),
    ].join('; ');
    return [{ on: officeDate, what, words: words || '–' }];
  });
}

// ---------------------------------------------------------------- who can speak to it

async function witnessesOf(
  db: Db,
  of: {
    readonly state: CaseState;
    readonly office: Office;
    readonly row: CaseRow;
    readonly done: CourtPacket['interventions'];
    readonly posters: ReadonlySet<string>;
    readonly schools: Awaited<ReturnType<typeof listSchools>>;
    readonly hasContacts: boolean;
  },
): Promise<CourtPacket['witnesses']> {
  const { state, office, row, done, posters, schools } = of;
  const witnesses: { who: string; office: string; about: string }[] = [];
  const attended = new Set([row.school, ...state.days.map(({ school }) => school)]);
  for (const school of schools.filter(({ code }) => attended.has(code))) {
    const known = school.contacts.filter(
      (one) => one.function === 'attendance-clerk' || one.function === 'principal',
    );
    for (const one of known) {
      witnesses.push({
        who: one.name,
        office: `${spaced(one.function)}, ${school.name}`,
        about: 'attendance (Exhibit 4)',
      });
    }
    if (known.length === 0) {
      witnesses.push({
        who: 'to be named by the school',
        office: school.name,
        about: 'attendance (Exhibit 4)',
      });
    }
  }
  for (const by of new Set(done.map((one) => one.by))) {
    if (by === LEFT_OUT) continue;
    const kinds = new Set(done.filter((one) => one.by === by).map(({ kind }) => kind));
    witnesses.push({
      who: by,
      office: 'school',
      about: `interventions (Exhibit 5): ${[...kinds].join(', ')}`,
    });
  }
  const { profile } = office;
  if (profile) {
    const manager = profile.caseManagers[row.school] ?? profile.caseManagers.default;
    witnesses.push({
      who: manager.name,
      office: 'Case Manager',
      about: 'contacts, caseload, services (Exhibits 6, 7)',
    });
    const signers = [
      ['first-notice', 'notices (Exhibits 8 to 10)'],
      ['order', 'hearing and order (Exhibits 11, 12)'],
    ] as const;
    for (const [kind, about] of signers) {
      const { role, title } = state.policy.notices.signedBy[kind];
      const name = profile.signatories[role]?.name;
      if (name !== undefined) witnesses.push({ who: name, office: title, about });
    }
  }
  for (const id of posters) {
    const user = await userById(db, id);
    witnesses.push({
      who: user?.name ?? id,
      office: user ? spaced(user.role) : 'office',
      about: 'posting of letters',
    });
  }
  return witnesses;
}
