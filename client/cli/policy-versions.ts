/** Versions of the office's policy: what differs, which open cases a version would affect, and moving them on purpose. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { shortDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import { loadOfficePolicy, readPolicy } from '../../policies/load.ts';
import type { OfficePolicyFile } from '../../policies/schema.ts';
import { policyDifferences, type PolicyDifference } from '../../policies/versions.ts';
import type { CaseShown } from '../services/cases.ts';
import type {
  AffectedCase,
  CaseMoved,
  EffectsPage,
  OfficePolicySet,
  VersionShown,
} from '../services/policies.ts';
import { part, type ApiSource } from './api-source.ts';
import { CliError, EXIT, fit, table } from './frame.ts';
import { cell, idOf, noun, verb, withId, type Doing } from './verb.ts';

/** As the server takes it: a file's text, or a name it knows itself. */
interface Wish {
  readonly text?: string;
  readonly name?: string;
}

/** A file where there is one of that name, else a policy known to the server: `roe53`, `roe53@2`. */
function wishFor(nameOrFile: string): Wish {
  if (!/[/\\]|\.ya?ml$/.test(nameOrFile)) return { name: nameOrFile };
  try {
    return { text: readFileSync(nameOrFile, 'utf8') };
  } catch {
    throw new CliError('POLICY_UNKNOWN', `${nameOrFile} cannot be read; check the path`, EXIT.badInput);
  }
}

// ---------------------------------------------------------------- what would change

export interface Checked {
  readonly text: string;
  readonly file: OfficePolicyFile;
}

interface Affected {
  readonly looked: number;
  readonly reused: boolean;
  readonly affected: readonly AffectedCase[];
}

/** The fields that differ; and, where a server can be asked, what the version would change for open cases. */
export async function saysAgainst(doing: Doing, checked: Checked, against: string): Promise<void> {
  const { out } = doing;
  const other = await otherPolicy(doing, against);
  const differences = policyDifferences(other, checked.file);
  const cases = await affectedCases(doing, checked.text);
  const { policy: name, version } = checked.file;
  out.result(
    { policy: name, version, against: `${other.policy} ${other.version}`, differences, cases },
    [
      differences.length === 0
        ? `${name} ${version} says the same as ${other.policy} ${other.version}.`
        : differencesText(differences),
      ...(cases === null ? [] : ['', affectedText(cases, version)]),
    ].join('\n'),
  );
}

async function otherPolicy({ api }: Doing, against: string): Promise<OfficePolicyFile> {
  const [name, version] = against.split('@');
  const isFile = /[/\\]|\.ya?ml$/.test(against);
  if (isFile || version === undefined) return (await loadOfficePolicy(against)).file;
  const kept = await api.get<{ name: string; text: string }>(`policies/${part(version)}`);
  const reading = readPolicy(kept.text);
  if (!reading.ok || kept.name !== name) {
    throw new CliError(
      'POLICY_UNKNOWN',
      `no version ${version} of ${name ?? ''} is on record`,
      EXIT.badInput,
    );
  }
  return reading.file;
}

/** Reasons for which the differences alone are worth their while. */
const ALONE = ['NOT_SIGNED_IN', 'OUT_OF_REACH', 'POLICY_OF_ANOTHER_OFFICE'];

async function affectedCases(doing: Doing, text: string): Promise<Affected | null> {
  const { out } = doing;
  const affected: AffectedCase[] = [];
  let looked = 0;
  try {
    for (let after: string | undefined; ;) {
      const page: EffectsPage = await doing.api.post('policies/effects', { text, after });
      affected.push(...page.affected);
      looked += page.looked;
      if (page.next === null) return { looked, reused: page.reused, affected };
      out.note(`${looked} open cases looked at …`);
      after = page.next;
    }
  } catch (error) {
    if (!(error instanceof CliError) || !ALONE.includes(error.code)) throw error;
    out.note(`Open cases were not looked at: ${error.message}`);
    return null;
  }
}

function differencesText(differences: readonly PolicyDifference[]): string {
  const rows = differences.map(({ field, from, to }) => [
    cell(field, 38),
    cell(shown(from), 18),
    cell(shown(to), 18),
  ]);
  return table(['Field', 'From', 'To'], rows);
}

function shown(value: unknown): string {
  return value === null ? '(not there)' : typeof value === 'string' ? value : JSON.stringify(value);
}

function affectedText({ looked, reused, affected }: Affected, version: string): string {
  const rows = affected.flatMap((one) =>
    one.lines
      .flatMap(folded)
      .map((line, i) => [
        i === 0 ? one.caseNumber : '',
        i === 0 ? cell(one.school, 10) : '',
        i === 0 ? cell(one.version, 8) : '',
        line,
      ]),
  );
  return [
    affected.length === 0
      ? `Nothing would change for any of the ${looked} open cases.`
      : `${affected.length} of ${looked} open cases would be affected, if they were moved:`,
    ...(affected.length === 0 ? [] : [table(['Case', 'School', 'Goes by', 'What would change'], rows)]),
    ...(reused
      ? [`Version ${version} is on record with other content: give this file a new version before using it.`]
      : []),
  ].join('\n');
}

/** A sentence over several rows of a table's last column. */
function folded(sentence: string): string[] {
  const [first = '', ...more] = fit(sentence, 44).split('\n');
  return [first, ...more.map((line) => `  ${line}`)];
}

// ---------------------------------------------------------------- versions, and moving to them

interface MoveOptions {
  readonly case?: string;
  readonly allOpen?: boolean;
  readonly to?: string;
  readonly reason: string;
  readonly id?: string;
}

export function registerPolicyVersions(program: Command, policy: Command): void {
  verb(policy, {
    name: 'versions',
    description: 'Versions of the office’s policy on record.',
    example: 'policy versions',
    run: async (_options, { api, out }) => {
      const { versions } = await api.get<{ versions: VersionShown[] }>('policies');
      const rows = versions.map((one) => [
        one.name,
        cell(one.version, 14),
        one.effectiveFrom,
        one.since.slice(0, 10),
        one.inForce ? 'new cases begin with it' : '',
      ]);
      out.result(versions, table(['Name', 'Version', 'From', 'Kept', ''], rows));
    },
  });
  verb<MoveOptions>(policy, {
    name: 'move',
    description: 'Move an open case, or all, to a version of the policy, on purpose.',
    example: 'policy move --all-open --to roe53@2 --reason "board decision of 12 May"',
    options: (c) =>
      withId(c)
        .option('--case <number>', 'one case')
        .option('--all-open', 'every open case')
        .option('--to <policy>', 'name (roe53, roe53@2) or file; default: the version in force')
        .requiredOption('--reason <text>', 'why'),
    run: moveCases,
  });
  const office = noun(program, 'office', 'The office: its day, its mode, its letterhead.');
  verb<{ set?: string }>(office, {
    name: 'policy',
    description: 'The policy new cases begin with; --set: another version from now on.',
    example: 'office policy --set my-office-2.yaml',
    options: (c) => c.option('--set <policy>', 'name (roe53, roe53@1) or file'),
    run: async ({ set }, { api, out }) => {
      if (set === undefined) {
        const { versions } = await api.get<{ versions: VersionShown[] }>('policies');
        const found = versions.find((one) => one.inForce) ?? null;
        out.result(
          found,
          found
            ? `New cases begin with ${found.name} ${found.version} (${found.title}), in use since ${shortDate(found.since.slice(0, 10))}.`
            : 'No version is on record yet; it is kept at the next start of the server.',
        );
        return;
      }
      const done = await api.put<OfficePolicySet>('office/policy', wishFor(set));
      out.result(
        done,
        done.changed
          ? `New cases begin with ${done.policy} ${done.version} from now on. Open cases keep theirs; \`policy move\` moves them.`
          : `New cases begin with ${done.policy} ${done.version} already.`,
      );
    },
  });
}

async function moveCases(options: MoveOptions, { api, out }: Doing): Promise<void> {
  const { case: number, allOpen, to, reason } = options;
  if ((number === undefined) === (allOpen !== true)) {
    throw new InputFault('BAD_USAGE', 'give either --case N or --all-open', '--case');
  }
  const wish = to === undefined ? {} : wishFor(to);
  if (number !== undefined) {
    const moved = await move(api, number, { ...wish, id: idOf(options), reason });
    out.result(moved, moved.done);
    return;
  }
  const all = await openCases(api);
  const moved: CaseMoved[] = [];
  const left: { caseNumber: string; code: string; message: string }[] = [];
  for (const { caseNumber } of all) {
    try {
      moved.push(await move(api, caseNumber, { ...wish, reason }));
    } catch (error) {
      // One case that has closed meanwhile does not keep the others.
      if (!(error instanceof CliError) || error.exit !== EXIT.refused) throw error;
      left.push({ caseNumber, code: error.code, message: error.message });
    }
    const at = moved.length + left.length;
    if (at % 20 === 0 || at === all.length) out.note(`${at} of ${all.length} cases`);
  }
  const changed = moved.filter((one) => one.changed).length;
  out.result(
    { looked: all.length, changed, unchanged: moved.length - changed, refused: left },
    [
      `${changed} of ${all.length} open cases moved; ${moved.length - changed} went by it already.`,
      ...left.map((one) => `${one.caseNumber} not moved: ${one.message}`),
    ].join('\n'),
  );
}

function move(api: ApiSource, number: string, body: object): Promise<CaseMoved> {
  return api.post<CaseMoved>(`cases/${part(number)}/policy`, body);
}

/** Numbers only: thousands of cases are some kilobytes. */
async function openCases(api: ApiSource): Promise<{ caseNumber: string }[]> {
  const all: { caseNumber: string }[] = [];
  let after: string | undefined;
  do {
    const page: { cases: CaseShown[]; next: string | null } = await api.get('cases', { after, limit: 500 });
    all.push(...page.cases.map(({ caseNumber }) => ({ caseNumber })));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return all;
}
