/** Reads policy files: YAML to checked rules. A fault names the line, the field, and what would be right. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { CountingRules } from '../domain/attendance.ts';
import type { OfficePolicy } from '../domain/office-policy.ts';
import type { LadderPolicy } from '../domain/policy.ts';
import { InputFault } from '../domain/refusal.ts';
import { departmentSchema, policySchema, type OfficePolicyFile, type PolicyFile } from './schema.ts';

const FOLDER = import.meta.dirname;

export interface PolicyFault {
  readonly line: number | null;
  readonly field: string;
  readonly message: string;
}

export type PolicyReading =
  | { readonly ok: true; readonly file: OfficePolicyFile; readonly policy: OfficePolicy }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/** Checks the text of a policy file; never throws on what a person may have typed. */
export function readPolicy(text: string): PolicyReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      ok: false,
      faults: document.errors.map((error) => ({
        line: error.linePos?.[0].line ?? null,
        field: '',
        message: `not YAML: ${error.message.split('\n')[0]}`,
      })),
    };
  }
  const given: unknown = document.toJS();
  const parsed = isDepartment(given) ? departmentSchema.safeParse(given) : policySchema.safeParse(given);
  if (parsed.success) return { ok: true, file: parsed.data, policy: officePolicy(parsed.data) };
  return {
    ok: false,
    faults: parsed.error.issues.map((issue) => ({
      line: lineOf(document, lines, issue.path),
      field: issue.path.join('.'),
      message: issue.message,
    })),
  };
}

/** Takes service calls and says nothing of a ladder; whoever says anything of one has to say all of it. */
function isDepartment(given: unknown): boolean {
  if (typeof given !== 'object' || given === null || !('serviceCalls' in given)) return false;
  return LADDER_SECTIONS.every((section) => !(section in given));
}

const LADDER_SECTIONS = ['counting', 'interventions', 'referrals', 'notices', 'hearing', 'closing'];

/** The line of a field, or of the nearest parent that is there when the field itself is missing. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  fieldPath: readonly PropertyKey[],
): number | null {
  for (let length = fieldPath.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(fieldPath.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

/** The rules' view of a policy file. */
export function officePolicy(file: OfficePolicyFile): OfficePolicy {
  if (!hasLadder(file)) {
    const { policy: name, version, serviceCalls, coverage, compulsoryAge, holidays } = file;
    return { name, version, serviceCalls, coverage, compulsoryAge, holidays };
  }
  const { serviceCalls } = file;
  return { ...ladderPolicy(file), ...(serviceCalls === undefined ? {} : { serviceCalls }) };
}

function hasLadder(file: OfficePolicyFile): file is PolicyFile {
  return 'referrals' in file;
}

/** Its ladder alone. */
export function ladderPolicy(file: PolicyFile): LadderPolicy {
  return {
    name: file.policy,
    version: file.version,
    counting: countingRules(file),
    words: {
      truantAbove: file.counting.truantAboveFraction * file.counting.windowAttendanceDays,
      chronicFrom: file.counting.chronicFromFraction * file.counting.windowAttendanceDays,
    },
    interventions: file.interventions,
    referrals: file.referrals,
    notices: file.notices,
    caseload: file.caseload,
    hearing: file.hearing,
    progress: file.progress,
    contacts: file.contacts,
    corrections: file.corrections,
    holds: file.holds,
    court: file.court,
    returnedMail: file.returnedMail,
    closing: file.closing,
    coverage: file.coverage,
    compulsoryAge: file.compulsoryAge,
    holidays: file.holidays,
  };
}

export function countingRules(file: PolicyFile): CountingRules {
  return {
    windowDays: file.counting.windowAttendanceDays,
    threshold: file.counting.hearingThresholdDays,
    countedCategories: file.counting.countedCategories,
    graceSchoolDays: file.counting.graceSchoolDays,
  };
}

export async function listPolicies(): Promise<string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

export interface LoadedOfficePolicy {
  readonly file: OfficePolicyFile;
  readonly policy: OfficePolicy;
  /** As it stands in the file. */
  readonly text: string;
}

/** One with a ladder. */
export interface LoadedPolicy extends LoadedOfficePolicy {
  readonly file: PolicyFile;
  readonly policy: LadderPolicy;
}

/**
 * Loads an office's policy by name (`roe53`) or by path (`my-office.yaml`).
 * Throws `POLICY_UNKNOWN` or `POLICY_FAULTY` ({@link InputFault}), the latter with the first faults and their lines.
 */
export async function loadOfficePolicy(nameOrPath: string): Promise<LoadedOfficePolicy> {
  const isPath = /[/\\]|\.ya?ml$/.test(nameOrPath);
  const known = await listPolicies();
  if (!isPath && !known.includes(nameOrPath)) {
    throw new InputFault(
      'POLICY_UNKNOWN',
      `no policy "${nameOrPath}"; there are: ${known.join(', ')}`,
      '--policy',
    );
  }
  const file = isPath ? nameOrPath : path.join(FOLDER, `${nameOrPath}.yaml`);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InputFault('POLICY_UNKNOWN', 'the file cannot be read; check the path', file);
  });
  const reading = readPolicy(text);
  if (reading.ok) return { file: reading.file, policy: reading.policy, text };
  throw new InputFault('POLICY_FAULTY', describeFaults(reading.faults), path.basename(file));
}

/** The same for whoever needs the ladder's rules (a count, a rehearsal, the demo of a year): `POLICY_WITHOUT_LADDER` else. */
export async function loadPolicy(nameOrPath: string): Promise<LoadedPolicy> {
  const { file, text } = await loadOfficePolicy(nameOrPath);
  if (hasLadder(file)) return { file, policy: ladderPolicy(file), text };
  throw new InputFault(
    'POLICY_WITHOUT_LADDER',
    `${file.policy} takes service calls and has no ladder of referrals; name a policy that has one`,
    '--policy',
  );
}

export function describeFaults(faults: readonly PolicyFault[]): string {
  return faults
    .map((fault) => `${fault.line === null ? '' : `line ${fault.line}, `}${fault.field}: ${fault.message}`)
    .join('; ');
}
