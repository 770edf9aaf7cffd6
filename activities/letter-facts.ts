/** Reads from the records everything one letter of a case rests on, at one moment. */
import { countUnexcused, type Count } from '../domain/attendance.ts';
import { composeCalendars, indexCalendar, type CalendarIndex } from '../domain/calendar.ts';
import type { CaseState } from '../domain/case/state.ts';
import { knownUpTo, type Coverage } from '../domain/coverage.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { OfficeProfile, StateAttorney } from '../domain/office-profile.ts';
import { chooseRecipients, type Addressee, type Recipients } from '../domain/recipients.ts';
import type { SchoolRecord } from '../domain/records.ts';
import type { Db } from '../db/connect.ts';
import { caseByNumber, journalOf, type JournalRow } from '../db/stores/cases.ts';
import { coverageOfStudent } from '../db/stores/coverage.ts';
import { asRecipient, guardiansOf, type GuardianOfStudent } from '../db/stores/guardians.ts';
import { getOffice, officeToday, type Office } from '../db/stores/office.ts';
import { marksOfStudent } from '../db/stores/attendance.ts';
import { schoolByCode } from '../db/stores/places.ts';
import { getStudent, studentCalendarSegments, type Student } from '../db/stores/students.ts';
import type { LetterRef } from './ports.ts';

export interface LetterFacts {
  readonly letter: LetterRef;
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
}

/** Null when the case is not in the records (yet). */
export async function readLetterFacts(db: Db, letter: LetterRef): Promise<LetterFacts | null> {
  const row = await caseByNumber(db, letter.caseNumber);
  const office = await getOffice(db);
  if (!row?.projection || !office?.profile) return null;
  const { state } = row.projection as unknown as { state: CaseState };
  const decided = state.letters.find((one) => one.kind === letter.kind && one.sequence === letter.sequence);
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
  return {
    letter,
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
    count: countUnexcused(marks, cal, decided.decidedOn, state.policy.counting, knownUpTo(coverage)),
  };
}

export function stateAttorneyOf(facts: LetterFacts): StateAttorney | undefined {
  return facts.profile.stateAttorneys[facts.school.county];
}

/** Who gets this letter: the child's legal recipients, or the State's Attorney of the child's county. */
export function recipientsOf(facts: LetterFacts): Recipients {
  if (facts.letter.kind === 'state-attorney-referral') {
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
          channel: attorney.email === null ? 'print' : 'email',
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
  );
}

/**
 * The evidence compared once more before anything leaves: a notice needs its new unexcused absences still on record, a
 * hearing its count as of the day it was scheduled. True when the basis still holds.
 */
export function basisHolds(facts: LetterFacts): boolean {
  const { letter, state, count, journal } = facts;
  const { threshold } = state.policy.counting;
  // A hearing set again after nobody came was judged when it was first scheduled.
  if (letter.kind === 'hearing-notice') return count.unexcusedDays >= threshold || letter.sequence > 1;
  const n = ['first-notice', 'second-notice', 'third-notice'].indexOf(letter.kind) + 1;
  if (n === 0) return true;
  const referral = journal.findLast((row) => row.type === 'referral-accepted' && row.data['n'] === n);
  const basis = referral?.data as { newUnexcused?: string[]; override?: string | null } | undefined;
  if (!basis?.newUnexcused || basis.override) return true;
  const still = basis.newUnexcused.filter((date) => count.counted.some((day) => day.date === date));
  return still.length >= state.policy.referrals.newUnexcusedAbsences;
}

export type { Addressee };
