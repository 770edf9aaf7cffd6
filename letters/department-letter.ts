/**
 * What the Intervention Department mails by itself, as its delivery looks at it: the contract to the family when a monitor
 * begins, the findings of an address verification to the school that asked. Nothing waits for their leaving: the monitor runs
 * and the call closes whether or not the mail server is there; a letter that cannot leave is a task for a person.
 */
import { callsOf } from '../domain/office-policy.ts';
import type { CallPolicy } from '../domain/calls/policy.ts';
import { stepOf, type CallState } from '../domain/calls/state.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { DepartmentLetterKind, SentLetterRef } from '../domain/department-letters.ts';
import type { MonitorState } from '../domain/monitor/state.ts';
import { localOf } from '../domain/office-clock.ts';
import { chooseRecipients, type Addressee, type Recipients } from '../domain/recipients.ts';
import type { SchoolContact, SchoolRecord } from '../domain/records.ts';
import type { Db } from '../db/connect.ts';
import { asRecipient, guardiansOf } from '../db/stores/guardians.ts';
import { monitorByNumber } from '../db/stores/monitors.ts';
import { getOffice, officeToday, type Office } from '../db/stores/office.ts';
import { officerOnRecord } from '../db/stores/officers.ts';
import { schoolByCode } from '../db/stores/places.ts';
import { policyVersion } from '../db/stores/policies.ts';
import { callByNumber } from '../db/stores/service-calls.ts';
import { getStudent } from '../db/stores/students.ts';
import type { RenderedLetter } from '../templates/index.ts';
import {
  addressFindingsLetter,
  monitorContractLetter,
  namesOn,
  type DepartmentFacts,
} from './department-letters.ts';
import type { LetterAtHand } from './letter-at-hand.ts';
import { templatesInUse } from './templates-in-use.ts';

export interface DepartmentLetterRef extends SentLetterRef {
  readonly kind: DepartmentLetterKind;
}

export async function readDepartmentLetter(
  db: Db,
  letter: DepartmentLetterRef,
): Promise<LetterAtHand | null> {
  return letter.kind === 'monitor-contract' ? contract(db, letter) : findings(db, letter);
}

/** Of whom a paper of the department is, who signs it, and what it must not print. Null where the records do not know it yet. */
export async function departmentFacts(
  db: Db,
  of: {
    readonly number: string;
    readonly studentId: number;
    readonly school: string;
    readonly officer: string | null;
  },
): Promise<(DepartmentFacts & { readonly office: Office; readonly policy: CallPolicy }) | null> {
  const office = await getOffice(db);
  const rules = office && (await policyVersion(db, office.policyName, office.policyVersion))?.rules;
  const policy = rules ? callsOf(rules) : null;
  const [student, school] = [await getStudent(db, of.studentId), await schoolByCode(db, of.school)];
  if (!office?.profile || !policy || !student || !school) return null;
  const officer = of.officer === null ? undefined : await officerOnRecord(db, of.officer);
  return {
    ...{ number: of.number, profile: office.profile, practice: office.practice, school, student },
    ...{ office, policy },
    guardians: await guardiansOf(db, student.id),
    officerName: officer?.name ?? office.profile.name,
    today: await officeToday(db),
    dispatchNumber: policy.dispatchNumber,
  };
}

async function contract(db: Db, letter: DepartmentLetterRef): Promise<LetterAtHand | null> {
  const row = await monitorByNumber(db, letter.caseNumber);
  const state = (row?.projection as unknown as { state: MonitorState } | null)?.state;
  const facts = row && (await departmentFacts(db, row));
  if (!row || !state || !facts) return null;
  const { startsOn, stopsOn } = row;
  const recipients = chooseRecipients(
    { birthDate: facts.student.birthDate },
    facts.guardians.map(asRecipient),
    facts.today,
    state.rules.mailsContract ?? 'email-else-print',
  );
  const terms =
    startsOn === null || stopsOn === null
      ? null
      : {
          ...{ madeOn: row.contractOn, from: startsOn, to: stopsOn, schoolDays: state.rules.schoolDays },
          unexplainedDays: state.rules.unexplainedAfterSchoolDays,
        };
  return atHand(db, letter, facts, {
    recipients,
    // It states its dates: one whose calendar no longer reaches them, or that is over, is not sent.
    basisLost: row.status !== 'open' ? 'MONITOR_ENDED' : terms === null ? 'STOP_DATE_UNKNOWN' : null,
    wording: [terms, row.officer],
    asks: 'attendance-officer',
    decidedOn: row.contractOn,
    write(addressee, paper) {
      if (terms === null) throw new Error('unreachable: a contract without its dates does not leave');
      return monitorContractLetter({ ...facts, ...paper }, addressee, terms);
    },
    names: (addressee) => namesOn(facts, addressee),
  });
}

async function findings(db: Db, letter: DepartmentLetterRef): Promise<LetterAtHand | null> {
  const row = await callByNumber(db, letter.caseNumber);
  const state = row?.projection as unknown as CallState | null | undefined;
  if (!row || !state || row.studentId === null || row.school === null) return null;
  const [visited, reported] = [stepOf(state, 'home-visit'), stepOf(state, 'report-findings')];
  const { studentId, school } = row;
  const facts = await departmentFacts(db, {
    ...{ number: row.number, studentId, school },
    officer: reported?.officer ?? state.officer,
  });
  if (!facts) return null;
  const came = state.visits.findLast((one) => one.arrivedAt !== null)?.arrivedAt;
  const at = came ?? visited?.happenedAt ?? reported?.happenedAt ?? null;
  const noted = [visited?.note, reported?.note].filter((one) => one !== null && one !== undefined);
  const reason = (row.intake as { reason?: unknown }).reason;
  const clerk = clerkOf(facts.school);
  return atHand(db, letter, facts, {
    recipients: schoolThatAsked(facts.school, clerk),
    basisLost: row.address === null ? 'NO_ADDRESS_TO_REPORT_ON' : at === null ? 'NO_VISIT_TO_REPORT' : null,
    wording: [at, noted, reported?.result, row.address],
    asks: 'dispatcher',
    decidedOn: state.today,
    write(addressee, paper) {
      if (at === null || row.address === null) throw new Error('unreachable: no visit, no findings');
      return addressFindingsLetter({ ...facts, ...paper }, addressee, {
        visit: localOf(state.clock, Date.parse(at)),
        address: row.address,
        reason: isReason(reason) ? reason : 'other',
        finding: reported?.result === 'address-confirmed' ? 'confirmed' : 'not-confirmed',
        observations: noted.length > 0 ? noted : ['The officer wrote down nothing more.'],
      });
    },
    names: () => [clerk?.name ?? facts.school.name],
  });
}

const REASONS = ['audit', 'zoning', 'returned-mail', 'other'] as const;
function isReason(reason: unknown): reason is (typeof REASONS)[number] {
  return (REASONS as readonly unknown[]).includes(reason);
}

function clerkOf({ contacts }: SchoolRecord): SchoolContact | undefined {
  const withMail = contacts.filter((one) => (one.email ?? '') !== '');
  return (
    withMail.find((one) => one.function === 'attendance-clerk') ??
    withMail.find((one) => one.function === 'principal')
  );
}

/** The clerk's mailbox, else the principal's, else the school's postal address. */
function schoolThatAsked(school: SchoolRecord, clerk: SchoolContact | undefined): Recipients {
  const { address = null } = school;
  const email = clerk?.email ?? null;
  if (email === null && address === null) return { ok: false, code: 'NO_ADDRESS', leftOut: [] };
  return {
    ok: true,
    leftOut: [],
    addressees: [
      {
        ...{ key: 'asking-school', kind: 'asking-school', guardianIds: [], named: [], alsoPrint: false },
        ...{ channel: email === null ? 'print' : 'email', email, address, language: 'en', assumed: false },
      },
    ],
  };
}

interface Given {
  readonly recipients: Recipients;
  readonly basisLost: string | null;
  readonly wording: unknown;
  readonly asks: LetterAtHand['asks'];
  readonly decidedOn: IsoDate;
  readonly write: (
    addressee: Addressee,
    paper: Pick<DepartmentFacts, 'templates' | 'dress'>,
  ) => RenderedLetter;
  readonly names: (addressee: Addressee) => readonly string[];
}

async function atHand(
  db: Db,
  letter: DepartmentLetterRef,
  facts: DepartmentFacts & { readonly office: Office },
  given: Given,
): Promise<LetterAtHand> {
  const { office, profile, school, guardians, today } = facts;
  const { recipients, basisLost, asks, decidedOn, names } = given;
  const templates = await templatesInUse(db, letter.kind, office.practice);
  return {
    ...{ letter, office, profile, school, guardians, today, templates },
    ...{ recipients, basisLost, asks, names },
    wording: JSON.stringify([given.wording, recipients]),
    // At once, at any hour: day 1 is the next school day. The holidays of a policy hold up no word to a school or family.
    rules: { name: office.policyName, version: office.policyVersion, holidays: [], notices: {} },
    schoolCopy: 'none',
    write: (addressee, dress) => given.write(addressee, { templates, dress }),
    evidence: ({ assumed }) => ({ decidedOn, assumedRecipient: assumed }),
    whenBlocked: () => null,
    whenOut: () => null,
  };
}
