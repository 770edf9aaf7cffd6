/** Reads from the records everything one letter of a case rests on, at one moment. */
import { countUnexcused, roundDays, type Count, type Mark } from '../domain/attendance.ts';
import { composeCalendars, indexCalendar, type CalendarIndex } from '../domain/calendar.ts';
import { countSuffices, hearingFromPaper, named, stepStands } from '../domain/case/questions.ts';
import { listedChanges } from '../domain/case/listed.ts';
import { restoredCase, type CaseLetter, type CaseState, type StatedFacts } from '../domain/case/state.ts';
import type { CaseloadState } from '../domain/caseload/state.ts';
import { knownUpTo, type Coverage } from '../domain/coverage.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { OfficeProfile, StateAttorney } from '../domain/office-profile.ts';
import { chooseRecipients, type Addressee, type Recipients } from '../domain/recipients.ts';
import type { SchoolRecord } from '../domain/records.ts';
import type { Db } from '../db/connect.ts';
import { caseByNumber, journalOf, type JournalRow } from '../db/stores/cases.ts';
import { caseloadOf } from '../db/stores/caseloads.ts';
import { coverageOfStudent } from '../db/stores/coverage.ts';
import { asRecipient, guardiansOf, type GuardianOfStudent } from '../db/stores/guardians.ts';
import { getOffice, officeToday, type Office } from '../db/stores/office.ts';
import { marksOfStudent } from '../db/stores/attendance.ts';
import { schoolByCode } from '../db/stores/places.ts';
import { getStudent, studentCalendarSegments, type Student } from '../db/stores/students.ts';
import type { LetterRef } from '../domain/case/state.ts';
import { templatesInUse, type TemplatesInUse } from './templates-in-use.ts';

export interface LetterFacts {
  readonly letter: LetterRef;
  /** The letter that this one corrects, takes back or follows on. */
  readonly about: CaseLetter | null;
  readonly state: CaseState;
  readonly journal: readonly JournalRow[];
  readonly office: Office;
  readonly profile: OfficeProfile;
  readonly school: SchoolRecord;
  readonly student: Student;
  readonly guardians: readonly GuardianOfStudent[];
  readonly cal: CalendarIndex;
  readonly coverage: Coverage;
  readonly today: IsoDate;
  /** The step's own day: what was known of attendance up to then is what it rests on. */
  readonly decidedOn: IsoDate;
  readonly count: Count;
  /** What the letter it is about listed, against the records as they are now; null where that listed nothing. */
  readonly said: Said | null;
  /** As its workflow last told it; read for the letter that carries its plan. */
  readonly caseload: CaseloadState | null;
  /** The county whose State's Attorney is written to. */
  readonly county: string;
  /** The texts it may be written from, by language. */
  readonly templates: TemplatesInUse;
}

export interface Said {
  readonly asOf: IsoDate;
  readonly days: number;
  /** Dates that count less than the letter said; `now` is what is left of them. */
  readonly changes: readonly { readonly date: IsoDate; readonly said: number; readonly now: number }[];
}

/** Null when the case is not in the records (yet). */
export async function readLetterFacts(db: Db, letter: LetterRef): Promise<LetterFacts | null> {
  const row = await caseByNumber(db, letter.caseNumber);
  const office = await getOffice(db);
  if (!row?.projection || !office?.profile) return null;
  const { state: kept } = row.projection as unknown as { state: CaseState };
  const state = restoredCase(kept);
  const decided = named(state, letter);
  const student = await getStudent(db, row.studentId);
  const school = await schoolByCode(db, row.school);
  if (!decided || !student || !school) return null;
  const [journal, guardians, marks, segments, coverage, today] = await Promise.all([
    journalOf(db, row.number),
    guardiansOf(db, row.studentId),
    marksOfStudent(db, row.studentId, undefined, decided.decidedOn),
    studentCalendarSegments(db, row.studentId),
    coverageOfStudent(db, row.studentId),
    officeToday(db),
  ]);
  const cal = indexCalendar(composeCalendars(segments));
  const countOn = (asOf: IsoDate, upTo: readonly Mark[]) =>
    countUnexcused(upTo, cal, asOf, state.policy.counting, knownUpTo(coverage));
  const about = decided.about && (named(state, decided.about) ?? null);
  return {
    letter,
    about,
    state,
    journal,
    office,
    profile: office.profile,
    school,
    student,
    guardians,
    cal,
    coverage,
    today,
    decidedOn: decided.decidedOn,
    count: countOn(restsOn(state, decided), marks),
    said: about?.stated ? saidThen(about.stated, countOn(about.stated.asOf, marks)) : null,
    caseload: letter.kind === 'improvement-plan' ? await caseloadRead(db, letter.caseNumber) : null,
    county: await countyWrittenTo(db, school, about, journal),
    templates: await templatesInUse(db, letter.kind, office.practice),
  };
}

async function caseloadRead(db: Db, caseNumber: string): Promise<CaseloadState | null> {
  const projection = (await caseloadOf(db, caseNumber))?.projection;
  return projection ? (projection as unknown as CaseloadState) : null;
}

/** The day whose count a letter states: a hearing's is judged as of the day it was scheduled, whenever it is moved. */
function restsOn({ hearing }: CaseState, { kind, decidedOn }: CaseLetter): IsoDate {
  const ofHearing = kind === 'hearing-notice' || kind === 'hearing-moved';
  return ofHearing && hearing ? hearing.scheduledOn : decidedOn;
}

function saidThen(stated: StatedFacts, now: Count): Said {
  const listed = new Map<IsoDate, number>(stated.days);
  const left = (date: IsoDate) =>
    roundDays(now.counted.reduce((sum, day) => (day.date === date ? sum + day.fraction : sum), 0));
  return {
    asOf: stated.asOf,
    days: roundDays([...listed.values()].reduce((sum, fraction) => sum + fraction, 0)),
    changes: [...listed]
      .map(([date, said]) => ({ date, said, now: left(date) }))
      .filter((one) => one.now < roundDays(one.said)),
  };
}

/** A letter about a referral goes to the State's Attorney who got it, also after the child has moved on. */
async function countyWrittenTo(
  db: Db,
  school: SchoolRecord,
  about: CaseLetter | null,
  journal: readonly JournalRow[],
): Promise<string> {
  if (about?.kind !== 'state-attorney-referral') return school.county;
  const decided = journal.findIndex(
    ({ type, data }) =>
      type === 'letter-decided' && data['kind'] === about.kind && data['sequence'] === about.sequence,
  );
  const moved = journal.slice(decided + 1).find((row) => row.type === 'transferred')?.data['from'];
  const then = typeof moved === 'string' ? await schoolByCode(db, moved) : undefined;
  return (then ?? school).county;
}

export function stateAttorneyOf(facts: LetterFacts): StateAttorney | undefined {
  return facts.profile.stateAttorneys[facts.county];
}

/** A referral to the State's Attorney, and what puts one right, goes there. */
export function goesToAttorney({ letter, about }: LetterFacts): boolean {
  return (about?.kind ?? letter.kind) === 'state-attorney-referral';
}

/**
 * Who gets this letter: the child's legal recipients, or the State's Attorney of the child's county. A letter about an earlier
 * one goes by the same rule: to everybody who got that and may still be written to.
 */
export function recipientsOf(facts: LetterFacts): Recipients {
  if (goesToAttorney(facts)) {
    const attorney = stateAttorneyOf(facts);
    if (!attorney) return { ok: false, code: 'NO_ADDRESS', leftOut: [] };
    return {
      ok: true,
      leftOut: [],
      addressees: [
        {
          key: 'state-attorney',
          kind: 'state-attorney',
          guardianIds: [],
          named: [],
          channel: attorney.email === null ? 'print' : 'email',
          alsoPrint: false,
          email: attorney.email,
          address: attorney.address,
          language: 'en',
          assumed: false,
        },
      ],
    };
  }
  return chooseRecipients(
    { birthDate: facts.student.birthDate },
    facts.guardians.map(asRecipient),
    facts.today,
    facts.state.policy.notices.channel,
  );
}

/**
 * The evidence compared once more before anything leaves: a notice needs its new unexcused absences still on record, a
 * hearing its count as of the day it was scheduled, a correction something to correct. True when the basis still holds.
 */
export function basisHolds(facts: LetterFacts): boolean {
  return leavesAsApproved(facts) && evidenceHolds(facts);
}

/** Where approval was asked, what leaves is what was approved: the same dated absences. */
function leavesAsApproved(facts: LetterFacts): boolean {
  const approval = named(facts.state, facts.letter)?.approval ?? null;
  if (approval === null) return true;
  return approval.status === 'approved' && changedSinceApproval(facts).length === 0;
}

function changedSinceApproval({ state, letter, count }: LetterFacts): IsoDate[] {
  const listed = named(state, letter)?.approval?.listed;
  if (!listed) return [];
  const now = count.counted.map(({ date, fraction }) => [date, fraction] as const);
  return listedChanges(listed.days, now).map(({ date }) => date);
}

/** What changed where the evidence no longer holds: the days the step rests on, or the letter was approved with, that do not count so now. */
export function changedDays(facts: LetterFacts): IsoDate[] {
  const { state, letter, count } = facts;
  const n = ['first-notice', 'second-notice', 'third-notice'].indexOf(letter.kind) + 1;
  const rests = state.referrals.find((one) => one.n === n)?.newUnexcused ?? [];
  const gone = rests.filter((date) => !count.counted.some((day) => day.date === date));
  return [...new Set([...gone, ...changedSinceApproval(facts)])].sort();
}

function evidenceHolds(facts: LetterFacts): boolean {
  const { letter, state, count, journal } = facts;
  switch (letter.kind) {
    case 'hearing-notice':
    case 'hearing-moved':
      return hearingHolds(facts);
    case 'correction':
      return facts.said !== null && facts.said.changes.length > 0;
    default: {
      const n = ['first-notice', 'second-notice', 'third-notice'].indexOf(letter.kind) + 1;
      if (n === 0) return stepStandsNow(facts);
      const referral = journal.findLast((row) => row.type === 'referral-accepted' && row.data['n'] === n);
      const basis = referral?.data as { newUnexcused?: string[]; override?: string | null } | undefined;
      if (!basis?.newUnexcused || basis.override) return true;
      const still = basis.newUnexcused.filter((date) => count.counted.some((day) => day.date === date));
      return still.length >= state.policy.referrals.newUnexcusedAbsences;
    }
  }
}

/** The order, or the referral to the State's Attorney, by what the case was last told. */
function stepStandsNow({ state, letter, cal }: LetterFacts): boolean {
  const decided = named(state, letter);
  return decided === undefined || stepStands(state, decided, cal);
}

/** By its count as of the day it was scheduled, or a person's judgement of it. */
function hearingHolds({ state, count }: LetterFacts): boolean {
  return hearingFromPaper(state) || countSuffices(state, count.unexcusedDays);
}

/** What a letter says of absences and of the hearing: two readings of the records that differ here make two letters. */
export function inShort({ count, said, state }: LetterFacts): string {
  return JSON.stringify([
    count.counted.map(({ date, fraction }) => [date, fraction]),
    count.notes,
    said?.changes,
    state.hearing && [state.hearing.date, state.hearing.time, state.hearing.place],
  ]);
}

export type { Addressee };
