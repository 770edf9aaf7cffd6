/**
 * August: the new roster beside the records, as one list for one yes. Before it nothing changes; with it grades and
 * schools do, and each open case it concerns comes to the Case Manager: keep or close. No case is closed by it.
 */
import { createHash } from 'node:crypto';
import { indexCalendar, nextSchoolDay } from '../../domain/calendar.ts';
import { addDays, shortDate, type IsoDate } from '../../domain/dates.ts';
import { ladderOf } from '../../domain/office-policy.ts';
import type { StudentRecord } from '../../domain/records.ts';
import { InputFault, refusal, type Refusal } from '../../domain/refusal.ts';
import {
  compareRoster,
  countKinds,
  rosterRefusal,
  isAskedUnchanged,
  suggestionFor,
  type CaseSuggestion,
  type RolloverItem,
  type RolloverKind,
} from '../../domain/rollover.ts';
import { termBegan } from '../../domain/terms.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { once } from '../../db/stores/commands.ts';
import { ROSTER, serialise } from '../../db/stores/common.ts';
import { enqueueMany } from '../../db/stores/outbox.ts';
import { listDistricts, listSchools } from '../../db/stores/places.ts';
import {
  addRollover,
  duplicatesAmong,
  endSchooling,
  findRollover,
  lockRollover,
  lockStudents,
  openCasesOf,
  placements,
  proposedRollover,
  settleRollover,
  type RolloverRow,
} from '../../db/stores/rollovers.ts';
import { upsertStudents } from '../../db/stores/students.ts';
import { addTask } from '../../db/stores/tasks.ts';
import { Forbidden, Refused, Unknown } from '../failures.ts';
import { calendarMessages, lockOpenCases } from './calendar-facts.ts';
import { allow, audited, causeOf, officePolicyOf, todayOf, type Call } from './context.ts';
import { followRoster } from './follow-student.ts';

/** Days without school that are a summer, where the office's policy does not say. */
const SUMMER_DAYS = 21;

export interface RosterInput {
  readonly students: readonly StudentRecord[];
  /** The roster is of this district alone. */
  readonly district?: string | undefined;
  /** First day at the new school. */
  readonly startsOn?: IsoDate | undefined;
  /** So many are expected not to be back. */
  readonly expectMissing?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface RolloverCase extends CaseSuggestion {
  readonly caseNumber: string;
  readonly student: string;
  readonly school: string;
  readonly stage: string;
  readonly kind: RolloverKind;
}

export interface RolloverShown {
  /** Null for a dry run: nothing was kept. */
  readonly rollover: number | null;
  readonly status: 'proposed' | 'applied' | 'dropped' | 'dry-run';
  readonly district: string | null;
  readonly startsOn: IsoDate;
  readonly proposedOn: IsoDate;
  readonly settledBy: string | null;
  readonly counts: Readonly<Record<RolloverKind, number>>;
  /** Everybody for whom something changes. */
  readonly items: readonly RolloverItem[];
  /** Open cases it concerns, and what is proposed for each. */
  readonly cases: readonly RolloverCase[];
  /** Schools on the roster of whose calendar no day from then on is known: nothing can be counted there until it is. */
  readonly withoutCalendar: readonly string[];
  /** The year's first school day, where it lies before the list's own day: the days between stay with the old school. */
  readonly schoolBegan: IsoDate | null;
}

/** Compares a roster with the records and keeps the list; the same roster again gives the same list. */
export async function proposeRollover(call: Call, input: RosterInput): Promise<RolloverShown> {
  permit(call);
  return call.db.transaction(async (tx) => {
    await serialise(tx, ROSTER);
    const [today, gapDays] = [await todayOf(tx), await gapDaysOf(call, tx)];
    const district = await districtOf(tx, input.district);
    const roster = await readRoster(tx, input.students);
    const startsOn = input.startsOn ?? today;
    if (startsOn > today) throw new Refused(aheadOfTime(startsOn, today));
    const items = await compared(tx, district, roster);
    const no = rosterRefusal(items, input.expectMissing ?? 0);
    if (no) throw new Refused(no);
    const list = {
      rosterHash: hashOf({ roster, district }),
      district,
      startsOn,
      proposedOn: today,
      items,
      roster,
    };
    if (input.dryRun === true) {
      return shown(tx, { ...list, id: null, status: 'dry-run', settledBy: null }, gapDays);
    }
    const waiting = await proposedRollover(tx, district);
    const repeated = waiting?.rosterHash === list.rosterHash && same(waiting.items, items);
    if (repeated && (input.startsOn ?? waiting.startsOn) === waiting.startsOn)
      return shown(tx, waiting, gapDays);
    // A list is of one state of the records: a newer one takes its place.
    if (waiting) await settleRollover(tx, waiting.id, 'dropped', call.caller.id);
    const row = await addRollover(tx, list, causeOf(call));
    await audited(tx, call, 'rollover.proposed', `rollover ${row.id}`, countKinds(items));
    return shown(tx, row, gapDays);
  });
}

export async function showRollover(call: Call, id?: number): Promise<RolloverShown> {
  permit(call);
  return shown(call.db, await rolloverFor(call.db, id), await gapDaysOf(call, call.db));
}

export interface RolloverDone {
  readonly rollover: number;
  readonly startsOn: IsoDate;
  readonly counts: Readonly<Record<RolloverKind, number>>;
  /** Cases that go on at another school. */
  readonly moved: number;
  /** Open cases put on the Case Manager's worklist. */
  readonly asked: readonly string[];
}

/** The yes: the roster is written into the records, all of it or nothing. Said twice it does nothing twice. */
export async function applyRollover(
  call: Call,
  id: number,
  commandId = `rollover/${id}/apply`,
): Promise<RolloverDone> {
  permit(call);
  const command = { id: commandId, door: 'rollover.apply', requestHash: hashOf({ id }) };
  const answer = await once(call.db, command, causeOf(call), async (tx) => ({
    ...(await writeRollover(tx, call, id)),
  }));
  if (answer.outcome === 'id-reused') {
    throw new Refused(refusal('ID_REUSED', 'This id was used for something else; choose a new one.'));
  }
  return answer.response;
}

async function writeRollover(tx: Tx, call: Call, id: number): Promise<RolloverDone> {
  await serialise(tx, ROSTER);
  const row = await lockRollover(tx, id);
  if (!row) throw unknownRollover(id);
  if (row.status === 'applied' && row.done) return row.done as unknown as RolloverDone;
  if (row.status !== 'proposed' || row.roster === null) {
    throw new Refused(
      refusal('ROLLOVER_DROPPED', `List ${id} was dropped; bring the roster in again for a new one.`),
    );
  }
  const { items, roster, district, startsOn } = row;
  if (!same(await compared(tx, district, roster), items)) {
    throw new Refused(
      refusal(
        'ROLLOVER_OUTDATED',
        `The records have changed since list ${id} of ${shortDate(row.proposedOn)}; bring the roster in again and look at the new list.`,
      ),
    );
  }
  const today = await todayOf(tx);
  const cause = causeOf(call);
  const concerned = items.filter((one) => one.kind !== 'unchanged').map((one) => one.sisId);
  await lockStudents(
    tx,
    items.map((one) => one.sisId),
  );
  const cases = await casesIn(tx, row, await gapDaysOf(call, tx));
  await lockOpenCases(
    tx,
    (await openCasesOf(tx, concerned)).map((one) => one.caseNumber),
  );
  const written = await upsertStudents(tx, roster, cause, startsOn);
  const sisIds = roster.map((one) => one.sisId);
  await followRoster(tx, call, { sisIds, moved: written.moved, asOf: startsOn }, today);
  const left = items.filter((one) => one.after === null).map((one) => one.sisId);
  await endSchooling(tx, left, addDays(startsOn, -1), cause);
  const leftCases = (await openCasesOf(tx, left)).map((one) => one.caseNumber);
  const because = `not on the roster from ${shortDate(startsOn)} on`;
  await enqueueMany(tx, await calendarMessages(tx, call, leftCases, because, today));
  for (const one of cases) await ask(tx, id, one, today);
  const done: RolloverDone = {
    rollover: id,
    startsOn,
    counts: countKinds(items),
    moved: written.moved.length,
    asked: cases.map((one) => one.caseNumber),
  };
  await settleRollover(tx, id, 'applied', call.caller.id, { ...done });
  await audited(tx, call, 'rollover.applied', `rollover ${id}`, { ...done.counts, cases: done.asked.length });
  return done;
}

const ASKS: Readonly<Record<RolloverKind, string>> = {
  graduated: 'GRADUATED_KEEP_OR_CLOSE',
  'not-returned': 'NOT_BACK_KEEP_OR_CLOSE',
  promoted: 'PROMOTED_KEEP_OR_CLOSE',
  new: 'BACK_AT_SCHOOL_KEEP_OR_CLOSE',
  unchanged: 'STILL_OPEN_KEEP_OR_CLOSE',
};

/** Keep: the task is done. Close: `case close` with the reason, which takes it off the worklist. */
async function ask(tx: Tx, id: number, one: RolloverCase, today: IsoDate): Promise<void> {
  const textCode = ASKS[one.kind];
  await addTask(tx, {
    key: `rollover/${id}/${one.caseNumber}`,
    kind: 'rollover',
    caseNumber: one.caseNumber,
    school: one.school,
    role: 'case-manager',
    textCode,
    details: { suggest: one.suggest, ...(one.reason === null ? {} : { reason: one.reason }) },
    createdOn: today,
  });
}

/** Takes a list back: nothing was changed by it, and nothing will be. */
export async function dropRollover(call: Call, id: number): Promise<RolloverShown> {
  permit(call);
  await call.db.transaction(async (tx) => {
    const row = await lockRollover(tx, id);
    if (!row) throw unknownRollover(id);
    if (row.status === 'applied') {
      throw new Refused(
        refusal(
          'ROLLOVER_APPLIED',
          `List ${id} has been said yes to; what is wrong in it is corrected one student at a time, or with another roster.`,
        ),
      );
    }
    if (row.status === 'dropped') return;
    await settleRollover(tx, id, 'dropped', call.caller.id);
    await audited(tx, call, 'rollover.dropped', `rollover ${id}`);
  });
  return showRollover(call, id);
}

// ---------------------------------------------------------------- what it is made from

function permit(call: Call): void {
  allow(call, 'rollover.apply');
  if (call.caller.schools !== null)
    throw new Forbidden('The year’s roster is brought in by somebody responsible for all schools.');
}

function unknownRollover(id: number): Unknown {
  return new Unknown('UNKNOWN_ROLLOVER', `There is no list ${id}; \`rollover show\` gives the latest.`);
}

async function rolloverFor(db: Db, id: number | undefined): Promise<RolloverRow> {
  const row = await findRollover(db, id);
  if (row) return row;
  if (id !== undefined) throw unknownRollover(id);
  throw new Unknown(
    'UNKNOWN_ROLLOVER',
    'There is no list yet; `rollover import --file F` makes one of the new roster.',
  );
}

async function districtOf(tx: Tx, code: string | undefined): Promise<string | null> {
  if (code === undefined) return null;
  if ((await listDistricts(tx)).some((one) => one.code === code)) return code;
  throw new Unknown('UNKNOWN_DISTRICT', `There is no district ${code.slice(0, 40)}.`);
}

/** The rows that hold, each under the number that answers; refused where a school is not known. */
async function readRoster(tx: Tx, rows: readonly StudentRecord[]): Promise<StudentRecord[]> {
  const known = new Set((await listSchools(tx)).map((one) => one.code));
  const unknown = [...new Set(rows.flatMap(({ school }) => (school === undefined ? [] : [school])))]
    .filter((school) => !known.has(school))
    .sort();
  if (unknown.length > 0) {
    throw new InputFault(
      'UNKNOWN_SCHOOL',
      `schools on the roster that are not on record: ${unknown.slice(0, 10).join(', ')}; add them first (\`school add\`), or leave their rows out`,
      'students',
    );
  }
  const duplicates = await duplicatesAmong(
    tx,
    rows.map((one) => one.sisId),
  );
  const held = new Map(rows.map((one) => [one.sisId, one]));
  for (const [duplicate, stays] of duplicates) {
    const row = held.get(duplicate);
    held.delete(duplicate);
    if (row && !held.has(stays)) held.set(stays, { ...row, sisId: stays });
  }
  return [...held.values()].sort((a, b) => (a.sisId < b.sisId ? -1 : 1));
}

async function compared(
  tx: Tx,
  district: string | null,
  roster: readonly StudentRecord[],
): Promise<RolloverItem[]> {
  const sisIds = roster.map((one) => one.sisId);
  return compareRoster(await placements(tx, district, sisIds), roster);
}

/** Days without school that part two terms, as the office's policy has it. */
async function gapDaysOf(call: Call, db: Db): Promise<number> {
  return ladderOf(await officePolicyOf(call, db))?.notices.betweenTermsGapDays ?? SUMMER_DAYS;
}

function aheadOfTime(startsOn: IsoDate, today: IsoDate): Refusal {
  return refusal(
    'DATE_IN_FUTURE',
    `${shortDate(startsOn)} is after today, ${shortDate(today)}. A list holds from a day that has come; in summer, when no school day lies between, today will do.`,
  );
}

// ---------------------------------------------------------------- what it says

type Listed = Pick<RolloverRow, 'district' | 'startsOn' | 'proposedOn' | 'items' | 'settledBy'> & {
  readonly id: number | null;
  readonly status: RolloverShown['status'];
};

async function shown(db: Db, row: Listed, gapDays: number): Promise<RolloverShown> {
  return {
    rollover: row.id,
    status: row.status,
    district: row.district,
    startsOn: row.startsOn,
    proposedOn: row.proposedOn,
    settledBy: row.settledBy,
    counts: countKinds(row.items),
    items: row.items.filter((one) => one.kind !== 'unchanged'),
    cases: await casesIn(db, row, gapDays),
    ...(await calendarsOf(db, row, gapDays)),
  };
}

/** Open cases the Case Manager is asked about; a case goes by the school it will be at. */
async function casesIn(db: Db, { id, items, startsOn }: Listed, gapDays: number): Promise<RolloverCase[]> {
  const byStudent = new Map(items.map((one) => [one.sisId, one]));
  const asked: RolloverCase[] = [];
  for (const row of await openCasesOf(db, [...byStudent.keys()], id)) {
    const item = byStudent.get(row.sisId);
    if (!item) continue;
    const school = item.after?.school ?? row.school;
    if (item.kind === 'unchanged') {
      const cal = (await calendarFor(db, school))?.value ?? { terms: [], closed: [], open: [] };
      if (!isAskedUnchanged(row, cal, startsOn, gapDays)) continue;
    }
    const { caseNumber, sisId: student, stage } = row;
    asked.push({ caseNumber, student, school, stage, kind: item.kind, ...suggestionFor(item.kind) });
  }
  return asked;
}

/** What the calendars of the roster's schools know of the year it begins. */
async function calendarsOf(
  db: Db,
  { items, startsOn }: Listed,
  gapDays: number,
): Promise<Pick<RolloverShown, 'withoutCalendar' | 'schoolBegan'>> {
  const withoutCalendar: string[] = [];
  let schoolBegan: IsoDate | null = null;
  for (const school of schoolsOf(items)) {
    const kept = await calendarFor(db, school);
    const calendar = indexCalendar(kept?.value ?? { terms: [], closed: [], open: [] });
    if (nextSchoolDay(calendar, addDays(startsOn, -1)) === undefined) withoutCalendar.push(school);
    const began = termBegan(calendar, startsOn, gapDays);
    if (began !== null && began < startsOn && (schoolBegan === null || began < schoolBegan))
      schoolBegan = began;
  }
  return { withoutCalendar, schoolBegan };
}

function schoolsOf(items: readonly RolloverItem[]): string[] {
  return [...new Set(items.flatMap(({ after }) => after?.school ?? []))].sort();
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Key by key: what came back from the records has its keys in another order. */
function same(a: readonly RolloverItem[], b: readonly RolloverItem[]): boolean {
  const plain = (items: readonly RolloverItem[]) =>
    JSON.stringify(
      items.map(({ sisId, kind, before, after }) => [
        sisId,
        kind,
        before && [before.grade, before.school],
        after && [after.grade, after.school],
      ]),
    );
  return plain(a) === plain(b);
}
