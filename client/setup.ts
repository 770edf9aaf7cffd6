/** First set-up of an installation: the office, its administrator, and the first key. Safe to run at every start. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IsoDate } from '../domain/dates.ts';
import type { OfficeClock } from '../domain/office-clock.ts';
import type { OfficeProfile } from '../domain/office-profile.ts';
import { ladderOf } from '../domain/office-policy.ts';
import { InputFault } from '../domain/refusal.ts';
import { connect, type Database } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { appendAudit } from '../db/stores/audit.ts';
import { getOffice, saveOffice, updateOffice, type Office } from '../db/stores/office.ts';
import { createUser, issueKey, userById, verifyKey } from '../db/stores/users.ts';
import { keepPolicy, policyVersion } from '../db/stores/policies.ts';
import { loadOfficePolicy } from '../policies/load.ts';
import { policyRecord, versionReused } from '../policies/versions.ts';
import { adminKeyFile, scriptKeyFile } from './key-files.ts';
import { PRACTICE_DEPARTMENT, PRACTICE_PROFILE } from './office-profile.ts';
import { isZone } from './zones.ts';

export interface OfficeFacts {
  /** `roe53` or `intervention`; stands in search attributes. */
  readonly code: string;
  readonly name: string;
  /** IANA zone of the office's own day. */
  readonly zone: string;
  readonly practiceMailbox?: string | undefined;
}

export interface SetUp {
  /** By name or file; without it an office that exists keeps the one it has. */
  readonly policy?: string | undefined;
  readonly office: OfficeFacts;
  /** The office on its letters; an invented one to practise with where none has been given yet. */
  readonly profile?: OfficeProfile | undefined;
  /** A demo or test office: its day is set by a driver, which gets a key of its own (`script`). */
  readonly driven?:
    { readonly today: IsoDate; readonly msPerDay: number; readonly startMs?: number } | undefined;
  /** Where the installation lives; keys are kept under its run folder, closed to other accounts. */
  readonly home: string;
  readonly say?: ((line: string) => void) | undefined;
}

export interface Installation {
  readonly office: Office;
  readonly keyFile: string;
  /** The administrator's key. */
  readonly key: string;
  /** The driver's key, for a driven office. */
  readonly scriptKey: string | null;
}

/**
 * What `up` does before worker and API start: the schema, and at the first start office and administrator. Which office it
 * is to be is said then, by the name of its policy; one that exists stays what it is.
 */
export async function prepareStack(
  url: string,
  home: string,
  say: (line: string) => void,
  wished?: string,
): Promise<void> {
  await migrate(url);
  const db = connect(url, { max: 2, name: 'truancy set-up' });
  try {
    const office = await getOffice(db);
    if (office && wished !== undefined && wished !== office.policyName) {
      throw new InputFault(
        'OFFICE_EXISTS',
        `this installation goes by ${office.policyName}; another office needs a folder of its own (TRUANCY_HOME)`,
        '--office',
      );
    }
    const policy = wished ?? DEFAULT_POLICY;
    await prepareInstallation(db, {
      policy: office ? undefined : policy,
      office: office ? { code: office.code, name: office.name, zone: office.zone } : officeFacts(policy),
      home,
      say,
    });
  } finally {
    await db.close();
  }
}

export const DEFAULT_OFFICE: OfficeFacts = {
  code: 'roe53',
  name: 'Regional Office of Education #53',
  zone: 'America/Chicago',
};

export const DEPARTMENT_OFFICE: OfficeFacts = {
  code: 'intervention',
  name: 'Intervention Department',
  zone: 'America/Chicago',
};

const DEFAULT_POLICY = 'roe53';

/** The office a set-up is about, where it does not say otherwise: the one that is here, or the one the policy is of. */
export async function usualFacts(db: Database, policy: string | undefined): Promise<OfficeFacts> {
  const here = await getOffice(db);
  const ofAnother = policy === 'roe53' || policy === 'intervention-department';
  return here && !ofAnother ? { code: here.code, name: here.name, zone: here.zone } : officeFacts(policy);
}

/** The office a policy that comes with the program is of. */
export function officeFacts(policy: string | undefined): OfficeFacts {
  return policy === 'intervention-department' ? DEPARTMENT_OFFICE : DEFAULT_OFFICE;
}

const ADMINISTRATOR = 'U-admin';
const SCRIPT = 'U-script';

export async function prepareInstallation(db: Database, wish: SetUp): Promise<Installation> {
  if (!isZone(wish.office.zone)) {
    throw new InputFault('BAD_ZONE', 'no such time zone; give its IANA name, e.g. America/Chicago', '--zone');
  }
  const existing = await getOffice(db);
  if (existing && existing.code !== wish.office.code) {
    throw new InputFault(
      'OFFICE_EXISTS',
      `this installation is ${existing.code}'s; one installation is one office`,
      '--code',
    );
  }
  const policy = await policyFor(db, existing, wish.policy);
  const office = await saveOffice(db, {
    ...wish.office,
    policyName: policy.name,
    policyVersion: policy.version,
    profile: wish.profile ?? existing?.profile ?? (policy.hasLadder ? PRACTICE_PROFILE : PRACTICE_DEPARTMENT),
    ...(wish.driven ? { drivenToday: wish.driven.today, drivenClock: drivenClock(wish.driven) } : {}),
  });
  // A later set-up changes the office's facts; letterhead and practice mailbox only when one is given.
  if (wish.profile) await updateOffice(db, { profile: wish.profile });
  const { practiceMailbox } = wish.office;
  if (practiceMailbox !== undefined) await updateOffice(db, { practiceMailbox });
  const keyFile = adminKeyFile(wish.home);
  const key = await keyIn(
    db,
    keyFile,
    { id: ADMINISTRATOR, name: 'Administrator', role: 'administrator' },
    wish.say,
  );
  const scriptKey = wish.driven
    ? await keyIn(db, scriptKeyFile(wish.home), { id: SCRIPT, name: 'Script', role: 'script' }, wish.say)
    : null;
  return { office, keyFile, key, scriptKey };
}

/** The version in force, kept with its text: an office that exists keeps its own unless another is wished for. */
async function policyFor(
  db: Database,
  office: Office | undefined,
  wished: string | undefined,
): Promise<{ readonly name: string; readonly version: string; readonly hasLadder: boolean }> {
  const inForce = office && { name: office.policyName, version: office.policyVersion };
  if (wished === undefined && inForce) {
    const kept = await policyVersion(db, inForce.name, inForce.version);
    if (kept) return { ...inForce, hasLadder: ladderOf(kept.rules) !== null };
  }
  const record = policyRecord(await loadOfficePolicy(wished ?? inForce?.name ?? DEFAULT_POLICY));
  const kept = await keepPolicy(db, record, { actor: 'system', role: 'system' });
  if (kept.outcome === 'reused') {
    throw new InputFault('POLICY_VERSION_REUSED', versionReused(record), '--policy');
  }
  return { name: record.name, version: record.version, hasLadder: ladderOf(record.rules) !== null };
}

function drivenClock(driven: NonNullable<SetUp['driven']>): Extract<OfficeClock, { kind: 'driven' }> {
  const { today, msPerDay, startMs } = driven;
  return { kind: 'driven', startDate: today, startMs: startMs ?? Date.now(), msPerDay };
}

/** The key in the file while it is good; else a new one: whoever can read this folder can read the database's password. */
async function keyIn(
  db: Database,
  file: string,
  user: { id: string; name: string; role: string },
  say: SetUp['say'],
): Promise<string> {
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim();
    if (await verifyKey(db, kept)) return kept;
  }
  const { key } = await db.transaction(async (tx) => {
    if (!(await userById(tx, user.id))) await createUser(tx, { ...user, schools: null });
    const issued = await issueKey(tx, user.id);
    await appendAudit(tx, {
      action: 'key.issued',
      subject: `user ${user.id}`,
      details: { prefix: issued.prefix, by: 'set-up' },
      actor: 'system',
      role: 'system',
    });
    return issued;
  });
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  say?.(`Key of ${user.name}: in ${file}`);
  return key;
}
