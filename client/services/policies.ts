/**
 * Versions of the office's policy. A case keeps the version it began with; new cases get the one in force. Every version
 * used is kept with its text, so that none silently changes; moving a case is a decision of its own.
 */
import { indexCalendar, window } from '../../domain/calendar.ts';
import type { CaseState } from '../../domain/case/state.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { ladderOf } from '../../domain/office-policy.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { effectLines, effectsOf, type CaseEffects } from '../../domain/policy-effects.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { caseByNumber, listCases, lockStudent, setCasePolicy } from '../../db/stores/cases.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { keepPolicy, policyVersion, policyVersions } from '../../db/stores/policies.ts';
import { describeFaults, listPolicies, loadOfficePolicy, readPolicy } from '../../policies/load.ts';
import { policyRecord, versionReused, type PolicyRecord } from '../../policies/versions.ts';
import { Refused, Unknown } from '../failures.ts';
import { asOfToday, stateOf } from './cases.ts';
import { allow, audited, caseFor, causeOf, officeOf, todayOf, type Call } from './context.ts';
import { ask, prepare, type WithId } from './decisions/asking.ts';
import { MARGIN, unexcusedDaysOf } from './opening.ts';
import { deliverNow, tellCase } from './tell-case.ts';

/** Which policy is meant: a file's text, one that comes with the program, or (neither) the one in force. */
export interface PolicyWish {
  readonly text?: string | undefined;
  /** `roe53`, or `roe53@2` for a version on record. */
  readonly name?: string | undefined;
}

async function policyMeant(db: Db, wish: PolicyWish): Promise<PolicyRecord> {
  if (wish.text !== undefined && wish.name !== undefined) {
    throw new InputFault('BAD_POLICY', 'give either the text of a policy or its name', 'name');
  }
  const meant = wish.text === undefined ? await namedPolicy(db, wish.name) : readText(wish.text);
  const office = await officeOf(db);
  if (meant.name !== office.policyName) {
    throw new Refused(
      refusal(
        'POLICY_OF_ANOTHER_OFFICE',
        `This office goes by ${office.policyName}; ${meant.name} is another policy. Give ${office.policyName} a new version instead.`,
      ),
    );
  }
  return meant;
}

function readText(text: string): PolicyRecord {
  const reading = readPolicy(text);
  if (!reading.ok) throw new InputFault('POLICY_FAULTY', describeFaults(reading.faults), 'policy');
  return policyRecord({ file: reading.file, policy: reading.policy, text });
}

async function namedPolicy(db: Db, named: string | undefined): Promise<PolicyRecord> {
  const office = await officeOf(db);
  const [name = '', version] = (named ?? `${office.policyName}@${office.policyVersion}`).split('@');
  if (version !== undefined) {
    const row = await policyVersion(db, name, version);
    if (row) return row;
    if (named !== undefined) {
      throw new InputFault(
        'POLICY_UNKNOWN',
        `there is no version "${version}" of ${name} on record; \`policy versions\` lists them`,
        'name',
      );
    }
  }
  // A name only: what a caller gives never becomes a path of the server.
  const known = await listPolicies();
  if (!known.includes(name)) {
    throw new InputFault('POLICY_UNKNOWN', `no policy "${name}"; there are: ${known.join(', ')}`, 'name');
  }
  return policyRecord(await loadOfficePolicy(name));
}

/** Cases go by a ladder: a version without one is not for them. */
function ladderIn(rules: PolicyRecord['rules']): LadderPolicy {
  const ladder = ladderOf(rules);
  if (ladder) return ladder;
  throw new Refused(
    refusal('POLICY_WITHOUT_LADDER', `${rules.name} ${rules.version} has no ladder for cases to go by.`),
  );
}

/** Keeps a version and gives it as it is on record; the same name and version with other content is refused. */
async function keepVersion(tx: Tx, call: Call, meant: PolicyRecord): Promise<PolicyRecord> {
  const { name, version, title, effectiveFrom, sha256, text, rules } = meant;
  const record = { name, version, title, effectiveFrom, sha256, text, rules };
  const { outcome, row } = await keepPolicy(tx, record, causeOf(call));
  if (outcome === 'reused') {
    throw new Refused(refusal('POLICY_VERSION_REUSED', `This ${versionReused(meant)}.`, { name, version }));
  }
  if (outcome === 'kept') await audited(tx, call, 'policy.kept', `policy ${name} ${version}`, { sha256 });
  return row;
}

// ---------------------------------------------------------------- the office's own

export interface VersionShown {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly effectiveFrom: IsoDate;
  /** New cases begin with it. */
  readonly inForce: boolean;
  readonly since: string;
  readonly by: string;
}

export async function versionsFor(call: Call): Promise<VersionShown[]> {
  allow(call, 'office.read');
  const office = await officeOf(call.db);
  return (await policyVersions(call.db, office.policyName)).map((row) => ({
    name: row.name,
    version: row.version,
    title: row.title,
    effectiveFrom: row.effectiveFrom,
    inForce: row.version === office.policyVersion,
    since: row.at,
    by: `${row.role} ${row.actor}`,
  }));
}

/** One version with its text, as it was read when it was kept. */
export async function readVersion(
  call: Call,
  version: string,
): Promise<{ readonly name: string; readonly version: string; readonly text: string }> {
  allow(call, 'office.read');
  const office = await officeOf(call.db);
  const row = await policyVersion(call.db, office.policyName, version);
  if (!row) {
    throw new Unknown(
      'UNKNOWN_POLICY_VERSION',
      `There is no version ${version.slice(0, 40)} of ${office.policyName} on record; \`policy versions\` lists them.`,
    );
  }
  return { name: row.name, version: row.version, text: row.text };
}

export interface OfficePolicySet {
  readonly policy: string;
  readonly version: string;
  /** The version before; the same where nothing changed. */
  readonly before: string;
  readonly changed: boolean;
}

/** New cases begin with this version from now on; open ones keep theirs. */
export async function setOfficePolicy(call: Call, wish: PolicyWish): Promise<OfficePolicySet> {
  allow(call, 'policy.move');
  return call.db.transaction(async (tx) => {
    const office = await officeOf(tx);
    const meant = await policyMeant(tx, wish);
    const { name, version } = meant;
    const today = await todayOf(tx);
    if (meant.effectiveFrom > today) {
      throw new Refused(
        refusal(
          'POLICY_NOT_YET',
          `Version ${version} holds from ${shortDate(meant.effectiveFrom)} on; set it then.`,
          { effectiveFrom: meant.effectiveFrom },
        ),
      );
    }
    await keepVersion(tx, call, meant);
    const changed = office.policyVersion !== version;
    if (changed) {
      await updateOffice(tx, { policyVersion: version });
      await audited(tx, call, 'office.policy-set', `office ${office.code}`, {
        from: office.policyVersion,
        to: version,
      });
    }
    return { policy: name, version, before: office.policyVersion, changed };
  });
}

// ---------------------------------------------------------------- what a version would change

export interface AffectedCase {
  readonly caseNumber: string;
  readonly school: string;
  readonly stage: string;
  /** The version it goes by. */
  readonly version: string;
  readonly effects: CaseEffects;
  readonly lines: readonly string[];
}

export interface EffectsPage {
  readonly policy: string;
  readonly version: string;
  /** This version is on record with other content: it cannot be used under this number. */
  readonly reused: boolean;
  /** Open cases looked at on this page. */
  readonly looked: number;
  readonly affected: readonly AffectedCase[];
  /** Page on: cases after this number; null at the end. */
  readonly next: string | null;
}

/** What a version would change, case by case; nothing is kept and nothing is done. */
export async function effectsFor(
  call: Call,
  wish: PolicyWish & { readonly after?: string | undefined; readonly limit?: number | undefined },
): Promise<EffectsPage> {
  allow(call, 'case.read');
  const { db } = call;
  const { text, name } = wish;
  const { rules, sha256 } = await policyMeant(db, { text, name });
  const policy = ladderIn(rules);
  const kept = await policyVersion(db, policy.name, policy.version);
  const limit = wish.limit ?? 50;
  const rows = await listCases(db, {
    schools: call.caller.schools,
    limit: limit + 1,
    ...(wish.after === undefined ? {} : { after: wish.after }),
  });
  const page = rows.slice(0, limit);
  const affected: AffectedCase[] = [];
  for (const { number } of page) {
    const one = await effectsOn(db, number, policy);
    if (one) affected.push(one);
  }
  await audited(db, call, 'policy.effects-read', `policy ${policy.name} ${policy.version}`, {
    cases: page.length,
  });
  return {
    policy: policy.name,
    version: policy.version,
    reused: kept !== undefined && kept.sha256 !== sha256,
    looked: page.length,
    affected,
    next: rows.length > limit ? (page.at(-1)?.number ?? null) : null,
  };
}

async function effectsOn(db: Db, number: string, policy: LadderPolicy): Promise<AffectedCase | null> {
  const row = await caseByNumber(db, number);
  const state = row && (await asOfToday(db, row));
  if (!row || !state) return null;
  const days = countsAlike(state.policy, policy)
    ? state.days
    : await unexcusedDaysOf(db, row.studentId, policy, windowFrom(state, policy));
  const effects = effectsOf(state, policy, indexCalendar(state.calendar), days);
  return (
    effects && {
      caseNumber: row.number,
      school: row.school,
      stage: row.stage,
      version: state.policy.version,
      effects,
      lines: effectLines(effects),
    }
  );
}

/** Whether the same marks make the same days: then what the case knows is enough. */
function countsAlike({ counting: a }: LadderPolicy, { counting: b }: LadderPolicy): boolean {
  return (
    b.windowDays <= a.windowDays &&
    [...a.countedCategories].sort().join() === [...b.countedCategories].sort().join()
  );
}

function windowFrom(state: CaseState, { counting }: LadderPolicy): IsoDate | undefined {
  return window(state.calendar, state.today, Math.ceil(counting.windowDays * MARGIN)).from;
}

// ---------------------------------------------------------------- moving a case

export interface CaseMoved {
  readonly caseNumber: string;
  readonly version: string;
  /** False where it went by this version already: nothing was done. */
  readonly changed: boolean;
  readonly done: string;
}

/** Moves one open case to a version, on purpose; the same again does nothing. */
export async function moveCase(
  call: Call,
  number: string,
  input: WithId & PolicyWish & { readonly reason: string },
): Promise<CaseMoved> {
  allow(call, 'policy.move');
  const { db } = call;
  const { id, text, name, reason } = input;
  const { row } = await caseFor(call, db, number);
  // Two moves to one version are the same, whoever's program read the file.
  const { rules } = await db.transaction(async (tx) =>
    keepVersion(tx, call, await policyMeant(tx, { text, name })),
  );
  const policy = ladderIn(rules);
  const { version } = policy;
  const unchanged = { caseNumber: number, version, changed: false, done: `It goes by ${version} already.` };
  const goesBy = stateOf(row)?.policy;
  let done = unchanged;
  if (goesBy?.name !== policy.name || goesBy.version !== version) {
    try {
      const asked = await prepare(
        call,
        'policy.move',
        number,
        { id },
        { type: 'adopt-policy', policy, reason },
      );
      const answer = await ask(asked);
      done = { caseNumber: number, version, changed: true, done: answer.done };
    } catch (error) {
      // Moved a moment ago, and the records have not caught up; what follows may still be missing.
      if (!(error instanceof Refused) || error.refusal.code !== 'POLICY_UNCHANGED') throw error;
    }
  }
  await recount(call, number, policy, done.changed);
  await deliverNow(call, db, number);
  return done;
}

/**
 * The case gets its days as its policy now counts them, and its row the version: from here on what changes is told by it.
 * Repeatable. Just moved, it is told of every marked day: what is still on its way to it was counted by the version
 * before. Lock order: student → case → outbox head.
 */
async function recount(call: Call, number: string, policy: LadderPolicy, moved: boolean): Promise<void> {
  await call.db.transaction(async (tx) => {
    const found = await caseByNumber(tx, number);
    if (!found) return;
    await lockStudent(tx, found.studentId);
    const row = await caseByNumber(tx, number);
    const state = row && stateOf(row);
    if (!row || !state || row.status === 'closed') return;
    await setCasePolicy(tx, number, policy.name, policy.version);
    const from = windowFrom(state, policy);
    const marked = (await marksOfStudent(tx, row.studentId, from)).map(({ date, code, school }) => ({
      ...{ date, code, school },
      fraction: 0,
    }));
    const counted = await unexcusedDaysOf(tx, row.studentId, policy, from);
    const now = new Map([...marked, ...counted].map((day) => [day.date, day]));
    const known = new Map(state.days.map((day) => [day.date, day.fraction]));
    const days = [...now.values()].filter((day) => moved || (known.get(day.date) ?? 0) !== day.fraction);
    if (days.length === 0) return;
    await tellCase(tx, call, row, { type: 'attendance', days }, await todayOf(tx));
  });
}
