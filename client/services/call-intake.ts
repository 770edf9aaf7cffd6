/**
 * A service call comes in: who may call, what must hold before an officer goes, and who the student is. What the gate found
 * stays with the call; a refusal opens nothing and is kept in the audit.
 */
import {
  addressGate,
  toVerify,
  trueRefusalGate,
  type AttemptResult,
  type Finding,
  type Gate,
} from '../../domain/calls/gates.ts';
import {
  channelRefusal,
  gateRefusal,
  heardName,
  whoIsMeant,
  type CallCaller,
  type Candidate,
  type SaidByPolice,
} from '../../domain/calls/intake.ts';
import type { CallKind, CallPolicy } from '../../domain/calls/policy.ts';
import { indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { mayDo } from '../../domain/access.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { localOf } from '../../domain/office-clock.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { addAttempts } from '../../db/stores/attendance-notes.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { openCallOfStudent } from '../../db/stores/call-intake.ts';
import { guardiansOf, type GuardianOfStudent } from '../../db/stores/guardians.ts';
import { callByNumber } from '../../db/stores/service-calls.ts';
import { getStudentBySis, studentsHeard, type Student } from '../../db/stores/students.ts';
import { addTask } from '../../db/stores/tasks.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { Refused } from '../failures.ts';
import { attemptRows, type AttemptSaid } from './attendance-notes.ts';
import { miaFindings } from './call-findings.ts';
import {
  allow,
  audited,
  callPolicyOf,
  causeOf,
  officeOf,
  schoolFor,
  studentFor,
  todayOf,
  type Call,
} from './context.ts';
import { officeClock } from '../office-clock.ts';
import { doneOnce } from './once.ts';
import { calendarOfStudent } from './opening.ts';
import { startCall, type CallStart } from './start-call.ts';
import { deliverNow } from './tell-case.ts';

/** What an officer gives by radio; a place at least. */
export interface PoliceSaid extends SaidByPolice {
  readonly place: string;
  readonly description?: string | undefined;
  /** Agency and unit, so that they can be called back. */
  readonly unit?: string | undefined;
}

export interface CallOpening {
  readonly id?: string | undefined;
  readonly kind: CallKind;
  readonly caller: CallCaller;
  /** SIS number; police may not know it. */
  readonly student?: string | undefined;
  readonly school?: string | undefined;
  readonly police?: PoliceSaid | undefined;
  /** True refusal. Date default: today. */
  readonly parentCalled?: { readonly date?: IsoDate | undefined; readonly time: string } | undefined;
  readonly parentHome?: boolean | undefined;
  /** MIA: for how many school days in a row, as the school says. */
  readonly aukDays?: number | undefined;
  readonly attempts?:
    readonly (Omit<AttemptSaid, 'result'> & { readonly result: AttemptResult })[] | undefined;
  /** Address verification. */
  readonly reason?: string | undefined;
  readonly reasonWords?: string | undefined;
  readonly address?: PostalAddress | undefined;
  readonly note?: string | undefined;
}

export interface CallOpened {
  readonly callNumber: string;
  /** False for a repeat of the same command. */
  readonly opened: boolean;
  readonly kind: CallKind;
  readonly priority: number | null;
  readonly school: string | null;
  readonly student: string | null;
  readonly goesFrom: IsoDate;
  readonly findings: readonly {
    readonly condition: string;
    readonly standing: string;
    readonly words: string;
  }[];
  /** Only stated: the officer looks at these first. */
  readonly verify: readonly string[];
  /** Several students may be meant: say which. */
  readonly candidates: readonly {
    readonly student: string;
    readonly schools: readonly string[];
    readonly birthDate: IsoDate | null;
  }[];
  readonly waits: boolean;
}

export async function openCall(call: Call, wish: CallOpening): Promise<CallOpened> {
  allow(call, 'call.open');
  const { id, ...bare } = wish;
  const { response, repeated } = await doneOnce(call, { id, door: 'call.open', wish: bare }, (tx) =>
    take(tx, call, bare),
  ).catch(async (error: unknown) => {
    if (error instanceof Refused) {
      await audited(call.db, call, 'call.refused', `call ${wish.kind}`, { code: error.refusal.code });
    }
    throw error;
  });
  const waits = await deliverNow(call, call.db, response.callNumber);
  return opened(call.db, response, !repeated, waits);
}

interface Taken extends JsonObject {
  readonly callNumber: string;
  readonly student: string | null;
  readonly candidates: readonly string[];
  readonly findings: CallOpened['findings'];
  readonly verify: readonly string[];
}

async function take(tx: Tx, call: Call, wish: Omit<CallOpening, 'id'>): Promise<Taken> {
  const rules = await callPolicyOf(call, tx);
  const against = channelRefusal(rules, wish.kind, wish.caller, mayDo(call.caller.role, 'call.dispatch'));
  if (against) throw new Refused(against);
  return wish.kind === 'police-transport' ? takePolice(tx, call, wish) : takeSchool(tx, call, wish, rules);
}

// ---------------------------------------------------------------- a school calls

async function takeSchool(
  tx: Tx,
  call: Call,
  wish: Omit<CallOpening, 'id'>,
  rules: CallPolicy,
): Promise<Taken> {
  if (wish.student === undefined) {
    throw new InputFault('STUDENT_MISSING', 'say which student, by number in the student system', 'student');
  }
  const student = await studentFor(call, tx, wish.student);
  const school = wish.school ?? student.schools[0];
  if (school === undefined) {
    throw new Refused(
      refusal('NO_SCHOOL', 'The records do not say which school the student attends; name it with the call.'),
    );
  }
  await schoolFor(call, tx, school);
  const running = await openCallOfStudent(tx, student.id, wish.kind);
  if (running !== null) {
    throw new Refused(
      refusal('CALL_OPEN_ALREADY', `Call ${running} of this kind is open for this student.`, {
        call: running,
      }),
    );
  }
  const today = await todayOf(tx);
  const adults = await guardiansOf(tx, student.id);
  const { calendar } = await calendarOfStudent(tx, student.id, school);
  const address = wish.address ?? homeOf(adults);
  const gate = await gateFor(tx, wish, rules, {
    student,
    adults,
    calendar,
    today,
    onRecord: homeOf(adults) !== null,
  });
  if (!gate.open) throw new Refused(gateRefusal(gate));
  const row = await startCall(tx, call, {
    ...{ kind: wish.kind, school, student: { id: student.id, sisId: student.sisId }, calendar, address },
    conditions: conditionsOf(gate.findings),
    intake: intakeOf(wish),
  });
  if (wish.attempts !== undefined && wish.attempts.length > 0) {
    const about = { today, source: 'intake', callNumber: row.number };
    await addAttempts(tx, await attemptRows(tx, call, student, wish.attempts, about), causeOf(call));
  }
  await audited(tx, call, 'call.opened', `call ${row.number}`, { kind: wish.kind, school });
  const verify = toVerify(gate).map((one) => one.words);
  const findings = gate.findings.map(({ condition, standing, words }) => ({ condition, standing, words }));
  return { callNumber: row.number, student: student.sisId, candidates: [], findings, verify };
}

async function gateFor(
  tx: Tx,
  wish: Omit<CallOpening, 'id'>,
  rules: CallPolicy,
  of: {
    readonly student: Student;
    readonly adults: readonly GuardianOfStudent[];
    readonly calendar: SchoolCalendar;
    readonly today: IsoDate;
    readonly onRecord: boolean;
  },
): Promise<Gate> {
  const { student, adults, today, onRecord } = of;
  const calendar = indexCalendar(of.calendar);
  if (wish.kind === 'true-refusal') {
    const { parentCalled, parentHome } = wish;
    const called = parentCalled && { date: parentCalled.date ?? today, time: parentCalled.time };
    const office = await officeOf(tx);
    // The minutes of a driven office are nobody's.
    const now =
      office.drivenToday === null ? localOf(officeClock(office, today), Date.now()).time : undefined;
    return trueRefusalGate({ parentCalled: called, parentHome }, today, calendar, now);
  }
  if (wish.kind === 'address-verification') {
    const { reason, reasonWords, address } = wish;
    return addressGate(
      { reason, reasonWords, address: address && address.lines.join(', ') },
      onRecord,
      rules.gates.addressReasons,
    );
  }
  return miaFindings(tx, rules, {
    ...{ studentId: student.id, adults, calendar: of.calendar, today },
    ...{ aukDays: wish.aukDays, stated: wish.attempts ?? [] },
  });
}

/** Where the student lives, as far as the records know; never the address of a person under a no-contact order. */
function homeOf(adults: readonly GuardianOfStudent[]): PostalAddress | null {
  const may = adults.filter((one) => !one.noContact && one.address !== null);
  const home =
    may.find((one) => one.livesWith && one.primary) ??
    may.find((one) => one.livesWith) ??
    may.find((one) => one.primary);
  return home?.address ?? null;
}

// ---------------------------------------------------------------- police call

/** Never held up by a question: with several students meant, or none found, the call is open and the officer goes. */
async function takePolice(tx: Tx, call: Call, wish: Omit<CallOpening, 'id'>): Promise<Taken> {
  const { police } = wish;
  if (police === undefined) {
    throw new InputFault('PLACE_MISSING', 'say where the officer is with the student', 'place');
  }
  const said = await knownSchool(tx, call, police, wish.school);
  const found =
    wish.student === undefined ? await heard(tx, said) : [await studentFor(call, tx, wish.student)];
  const one = found.length === 1 ? found[0] : undefined;
  const whoItIs = policeFinding(found, said);
  const school = one?.schools[0] ?? said.school ?? null;
  const kept = school === null ? undefined : await calendarFor(tx, school);
  const row = await startCall(tx, call, {
    ...{ kind: wish.kind, school, student: one ? { id: one.id, sisId: one.sisId } : null },
    ...{ calendar: kept?.value ?? null, address: null, area: police.place },
    conditions: [whoItIs],
    intake: intakeOf(wish),
  });
  if (found.length > 1) {
    await addTask(tx, {
      key: `${row.number}/which-student`,
      ...{ kind: 'call', caseNumber: row.number, school, role: 'dispatcher' },
      textCode: 'SAY_WHICH_STUDENT_POLICE_MEAN',
      details: { call: row.number, students: found.map((other) => other.sisId) },
    });
  }
  await audited(tx, call, 'call.opened', `call ${row.number}`, {
    kind: wish.kind,
    school,
    found: found.length,
  });
  return {
    ...{ callNumber: row.number, student: one?.sisId ?? null, verify: [] },
    findings: [{ condition: whoItIs.code, standing: whoItIs.standing, words: whoItIs.words }],
    candidates: found.length > 1 ? found.map((other) => other.sisId) : [],
  };
}

/** How sure it is who the student is; what was misheard is said, and not what the records have instead. */
function policeFinding(found: readonly Student[], said: SaidByPolice): CallStart['conditions'][number] {
  const [one, ...others] = found;
  if (!one) {
    const words = 'The records know no student as police say; the officer asks.';
    return { code: 'student', standing: 'stated', words };
  }
  if (others.length > 0) {
    const words = `The records know ${found.length} students who may be meant; the officer or the dispatcher says which.`;
    return { code: 'student', standing: 'stated', words };
  }
  const other = [
    ...(said.birthDate !== undefined && one.birthDate !== said.birthDate ? ['the date of birth'] : []),
    ...(said.school !== undefined && !one.schools.includes(said.school) ? ['the school'] : []),
  ];
  const but = other.length === 0 ? '' : ` They have another entry for ${other.join(' and ')}.`;
  const words = `The records know one student as police say; the officer makes sure it is them.${but}`;
  return { code: 'student', standing: other.length === 0 ? 'shown' : 'stated', words };
}

/** A school that nobody here knows by that code is part of what was said, and no reason to hold the call up. */
async function knownSchool(
  tx: Tx,
  call: Call,
  police: PoliceSaid,
  school = police.school,
): Promise<SaidByPolice> {
  const known = school === undefined ? undefined : await schoolFor(call, tx, school).catch(() => undefined);
  return { ...police, school: known?.code };
}

async function heard(tx: Tx, said: SaidByPolice): Promise<Student[]> {
  const { firstName, lastName, birthDate } = said;
  const all = await studentsHeard(tx, {
    first: firstName && heardName(firstName),
    last: lastName && heardName(lastName),
    birthDate,
  });
  const meant: readonly Candidate[] = whoIsMeant(all, said);
  return all.filter((one) => meant.some((other) => other.sisId === one.sisId)).slice(0, 20);
}

// ---------------------------------------------------------------- what is kept and answered

function conditionsOf(findings: readonly Finding[]): CallStart['conditions'] {
  return findings.flatMap(({ condition, standing, words }) =>
    standing === 'shown' || standing === 'stated' ? [{ code: condition, standing, words }] : [],
  );
}

/** As it was said, for whoever looks at the call: attempts stand in the log. */
function intakeOf({ attempts, ...said }: Omit<CallOpening, 'id'>): JsonObject {
  return JSON.parse(JSON.stringify({ ...said, attempts: attempts?.length })) as JsonObject;
}

async function opened(db: Db, taken: Taken, first: boolean, waits: boolean): Promise<CallOpened> {
  const row = await callByNumber(db, taken.callNumber);
  if (!row) throw new Error(`call ${taken.callNumber} was opened and is not there`);
  const candidates = [];
  for (const sisId of taken.candidates) {
    const one = await getStudentBySis(db, sisId);
    candidates.push({ student: sisId, schools: one?.schools ?? [], birthDate: one?.birthDate ?? null });
  }
  return {
    ...{ callNumber: row.number, opened: first, kind: row.kind, priority: row.priority, school: row.school },
    ...{
      student: taken.student,
      goesFrom: row.goesFrom,
      findings: taken.findings,
      verify: taken.verify,
      candidates,
      waits,
    },
  };
}
