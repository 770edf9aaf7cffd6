/**
 * Cases already on paper: a whole file is looked at first, and taken in one go or not at all. What an office did before
 * this system stands as it was; nothing of it is sent, and the proof of its letters is kept.
 */
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { paperFaults, paperNotes, type PaperRemark } from '../../domain/case/paper.ts';
import type { PaperHistory, PaperLetter } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { interventionRefusal } from '../../domain/interventions.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { NOTICE_KINDS } from '../../domain/case/rules.ts';
import type { Tx } from '../../db/connect.ts';
import { openCaseOfStudent } from '../../db/stores/cases.ts';
import { asInts } from '../../db/stores/common.ts';
import { addIntervention } from '../../db/stores/interventions.ts';
import { keepPaperCase, paperCaseOf, type NewPaperCase } from '../../db/stores/paper.ts';
import type { Student } from '../../db/stores/students.ts';
import type { PaperEntry } from '../../imports/paper-cases.ts';
import { ManyFaults, Unknown } from '../failures.ts';
import { allow, audited, causeOf, isInvented, policyOf, studentFor, todayOf, type Call } from './context.ts';
import { bringEarlierInterventions, calendarOfStudent, openOrGetCase } from './opening.ts';
import { deliverNow } from './tell-case.ts';

export interface PaperImport {
  readonly cases: readonly PaperEntry[];
  /** Looks and says, and changes nothing. */
  readonly dryRun: boolean;
}

export interface PaperOutcome {
  /** Its place in the file, from 0. */
  readonly entry: number;
  readonly student: string;
  /** `refused`: a case of this student is open already. */
  readonly outcome: 'opened' | 'would-open' | 'unchanged' | 'refused';
  /** Null where none is open, and where it would only be opened. */
  readonly caseNumber: string | null;
  readonly message: string;
  /** Where the history did not keep to the policy: the office's past decisions. */
  readonly notes: readonly PaperRemark[];
}

export interface PaperImported {
  readonly dryRun: boolean;
  readonly opened: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly cases: readonly PaperOutcome[];
  /** Kept, but the cases begin when Temporal is back. */
  readonly waits: boolean;
}

/** An entry with what the records know of its student. */
interface Looked {
  readonly entry: number;
  readonly given: PaperEntry;
  /** As it is taken: what stands there twice, once. */
  readonly distinct: PaperEntry;
  readonly student: Student;
  readonly notes: readonly PaperRemark[];
}

/** Throws {@link ManyFaults} with the faults of every entry. Lock order: students by id → cases → outbox heads. */
export async function importPaperCases(call: Call, input: PaperImport): Promise<PaperImported> {
  allow(call, 'case.import');
  const { db } = call;
  const cases = await db.transaction(async (tx) => {
    const today = await todayOf(tx);
    const policy = await policyOf(call, tx);
    const looked = await lookAtAll(tx, call, input.cases, { policy, today });
    const ids = looked.map(({ student }) => student.id);
    await tx.execute(
      sql`select 1 from students where id = any(${asInts(ids)}) order by id for no key update`,
    );
    const outcomes: PaperOutcome[] = [];
    for (const one of looked) outcomes.push(await takeOne(tx, call, one, today, input.dryRun));
    return outcomes;
  });
  const some = (outcome: PaperOutcome['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  const opened = some('opened');
  return {
    dryRun: input.dryRun,
    opened,
    unchanged: some('unchanged'),
    refused: some('refused'),
    cases,
    waits: await deliverAll(call, cases),
  };
}

async function lookAtAll(
  tx: Tx,
  call: Call,
  given: readonly PaperEntry[],
  around: { policy: LadderPolicy; today: IsoDate },
): Promise<Looked[]> {
  const faults: { place: string; message: string }[] = [];
  const looked: Looked[] = [];
  const seen = new Map<string, number>();
  for (const [entry, one] of given.entries()) {
    const say = ({ field, message }: PaperRemark) =>
      faults.push({ place: field === '' ? `cases.${entry}` : `cases.${entry}.${field}`, message });
    const before = seen.get(one.student);
    seen.set(one.student, entry);
    if (before !== undefined) {
      say({
        field: 'student',
        message: `this student stands in entry ${before + 1} already; put both in one`,
      });
      continue;
    }
    const student = await studentFor(call, tx, one.student).catch((error: unknown) => {
      if (!(error instanceof Unknown)) throw error;
      return null;
    });
    if (student?.schools[0] === undefined) {
      say({
        field: 'student',
        message: student
          ? 'the records do not say which school the student attends; import the roster first'
          : 'there is no student of this number here; import the roster first, or correct the number',
      });
      continue;
    }
    const { calendar } = await calendarOfStudent(tx, student.id);
    const surroundings = { openedOn: around.today, calendar, policy: around.policy };
    const history = historyOf(one, call, 'entry');
    const found = [...doorFaults(one, around), ...paperFaults(history, surroundings)];
    found.map(asGiven).forEach(say);
    const { distinct, repeats } = withoutRepeats(one);
    const notes =
      found.length === 0
        ? [...repeats, ...paperNotes(historyOf(distinct, call, 'entry'), surroundings).map(asGiven)]
        : [];
    looked.push({ entry, given: one, distinct, student, notes });
  }
  if (faults.length > 0) throw new ManyFaults('PAPER_CASES_FAULTY', faults);
  return looked;
}

/** What the door asks of any intervention; how long ago it was is no matter on paper. */
function doorFaults(
  one: PaperEntry,
  { policy, today }: { policy: LadderPolicy; today: IsoDate },
): PaperRemark[] {
  const noCalendar = { terms: [], closed: [], open: [] };
  return one.interventions.flatMap(({ kind, by, outcome, description }, i) => {
    const report = { kind, date: today, by, outcome: outcome ?? '', description };
    const no = interventionRefusal(report, policy, today, noCalendar);
    // Kinds are judged with the rest of the history.
    const fromWords =
      no?.code === 'DESCRIPTION_MISSING' || (no?.code === 'NOT_AN_INTERVENTION' && kind === 'other');
    return no && fromWords ? [{ field: `interventions.${i}`, message: no.message }] : [];
  });
}

/** The same intervention written down twice is one, as at any door; two of a kind on one day are only pointed out. */
function withoutRepeats(one: PaperEntry): { distinct: PaperEntry; repeats: PaperRemark[] } {
  const repeats: PaperRemark[] = [];
  const interventions = one.interventions.filter((given, i) => {
    const before = one.interventions.slice(0, i);
    const same = before.findIndex((other) => JSON.stringify(other) === JSON.stringify(given));
    const field = `interventions.${i}`;
    if (same >= 0) {
      repeats.push({ field, message: `it stands there twice (interventions.${same}): it counts once` });
    } else if (before.some((other) => other.kind === given.kind && other.date === given.date)) {
      repeats.push({
        field,
        message: 'another of this kind on this day stands there: look whether it is one',
      });
    }
    return same < 0;
  });
  return { distinct: { ...one, interventions }, repeats };
}

/** The history calls a day `on`, a file calls it `date`. */
function asGiven({ field, message }: PaperRemark): PaperRemark {
  return { field: field.replace(/(^|\.)on$/, '$1date'), message };
}

async function takeOne(
  tx: Tx,
  call: Call,
  { entry, given, distinct, student, notes }: Looked,
  today: IsoDate,
  dryRun: boolean,
): Promise<PaperOutcome> {
  const said = (
    outcome: PaperOutcome['outcome'],
    caseNumber: string | null,
    message: string,
  ): PaperOutcome => ({ entry, student: given.student, outcome, caseNumber, message, notes });
  const sha256 = createHash('sha256').update(JSON.stringify(given)).digest('hex');
  const before = await paperCaseOf(tx, student.id, sha256);
  if (before)
    return said('unchanged', before.caseNumber, `It was brought in as ${before.caseNumber} before.`);
  const open = await openCaseOfStudent(tx, student.id);
  if (open) {
    return said(
      'refused',
      open.number,
      `Case ${open.number} of this student is open already; nothing was added to it. Bring a case in from paper before anything is logged here.`,
    );
  }
  if (dryRun) return said('would-open', null, 'It would be opened.');
  const { case: row } = await openOrGetCase(tx, call, student, today, (number) =>
    historyOf(distinct, call, number),
  );
  for (const [i, one] of distinct.interventions.entries()) {
    const { kind, date, by, outcome, description, proof } = one;
    await addIntervention(
      tx,
      {
        ...{ id: interventionId(row.number, i), studentId: student.id, caseNumber: row.number },
        ...{ kind, date, byWhom: by, outcome, description, proof },
        loggedOn: today,
        invented: isInvented(call),
      },
      causeOf(call),
    );
  }
  await bringEarlierInterventions(tx, call, row, today);
  await keepPaperCase(
    tx,
    {
      ...{ caseNumber: row.number, studentId: student.id, sha256 },
      note: given.note ?? null,
      letters: lettersOf(given),
    },
    causeOf(call),
  );
  await audited(tx, call, 'case.imported', `case ${row.number}`, {
    referrals: given.referrals.length,
    interventions: distinct.interventions.length,
  });
  return said('opened', row.number, `Opened as ${row.number}.`);
}

function interventionId(caseNumber: string, i: number): string {
  return `${caseNumber}/paper-${i + 1}`;
}

/** As the case is told. */
function historyOf(given: PaperEntry, call: Call, caseNumber: string): PaperHistory {
  const { interventions, referrals, caseload, hearing, order } = given;
  return {
    enteredBy: call.caller.id,
    role: call.caller.role,
    interventions: interventions.map(({ kind, date }, i) => ({
      id: interventionId(caseNumber, i),
      kind,
      date,
    })),
    referrals: referrals.map(({ date, notice }) => ({ on: date, notice: letterOf(notice) })),
    caseload: caseload ? { on: caseload.date, reason: caseload.reason } : null,
    hearing: hearing
      ? {
          date: hearing.date,
          time: hearing.time,
          place: hearing.place,
          scheduledOn: hearing.scheduledOn,
          notice: letterOf(hearing.notice),
          outcome: hearing.outcome ?? null,
        }
      : null,
    order: order
      ? {
          on: order.date,
          returnDate: order.returnDate,
          findings: order.findings,
          services: order.services,
          letter: letterOf(order.letter),
        }
      : null,
  };
}

type GivenLetter = NonNullable<PaperEntry['referrals'][number]['notice']>;

function letterOf(given: GivenLetter | undefined): PaperLetter | null {
  return given ? { on: given.date, channel: given.channel, proof: given.proof } : null;
}

function lettersOf(given: PaperEntry): NewPaperCase['letters'] {
  const row = (kind: string, letter: GivenLetter | undefined) =>
    letter ? [{ kind, sentOn: letter.date, channel: letter.channel, proof: letter.proof }] : [];
  return [
    ...given.referrals.flatMap(({ notice }, i) => row(NOTICE_KINDS[i] ?? '', notice)),
    ...row('hearing-notice', given.hearing?.notice),
    ...row('order', given.order?.letter),
  ];
}

/** How long the door waits for the cases to begin before it says "kept, and waiting". */
const PATIENCE_MS = 5_000;

/** Tries to begin them at once, never failing; true when some still wait (Temporal is away). */
async function deliverAll(call: Call, cases: readonly PaperOutcome[]): Promise<boolean> {
  const numbers = cases.flatMap((one) =>
    one.outcome === 'opened' && one.caseNumber ? [one.caseNumber] : [],
  );
  const end = Date.now() + PATIENCE_MS;
  for (const number of numbers) {
    while (await deliverNow(call, call.db, number)) {
      // The office's own relay may be carrying them this very moment.
      if (Date.now() > end || !(await call.caseClient.isReachable())) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return false;
}
