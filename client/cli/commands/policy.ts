/** `policy`: rule packs, from files alone; with a server, what a version would change, and moving cases to it. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { listPolicies, loadOfficePolicy, readPolicy, type PolicyFault } from '../../../policies/load.ts';
import { CliError, EXIT, table, type Output } from '../frame.ts';
import { registerPolicyVersions, saysAgainst } from '../policy-versions.ts';
import { cell, noun, verb } from '../verb.ts';

export function register(program: Command): void {
  const policy = noun(program, 'policy', 'Rule packs: numbers and names an office can change.');
  verb(policy, {
    name: 'list',
    description: 'Policies that come with the program.',
    example: 'policy list',
    run: async (_options, { out }) => {
      const all = await Promise.all(
        (await listPolicies()).map(async (name) => ({ name, file: (await loadOfficePolicy(name)).file })),
      );
      const rows = all.map(({ name, file }) => [
        name,
        file.version,
        file.effectiveFrom,
        cell(file.title, 44),
      ]);
      out.result(
        all.map(({ name, file }) => ({
          name,
          version: file.version,
          effectiveFrom: file.effectiveFrom,
          title: file.title,
        })),
        table(['Name', 'Version', 'From', 'Title'], rows),
      );
    },
  });
  verb(policy, {
    name: 'show <name>',
    description: 'A policy, by name or file, as it was read.',
    example: 'policy show roe53',
    run: async (_options, { out }, [name]) => {
      const { file } = await loadOfficePolicy(name ?? '');
      out.result(file, stringify(file));
    },
  });
  verb<{ against?: string }>(policy, {
    name: 'check <file>',
    description:
      'Whether a policy can be used (names line, field and mend); --against: which fields differ, and which open cases it would affect.',
    example: 'policy check my-office.yaml --against roe53',
    options: (c) => c.option('--against <name>', 'another policy, by name (roe53, roe53@1) or file'),
    run: async ({ against }, doing, [file = '']) => {
      const { out } = doing;
      const text = await textOf(file);
      const reading = readPolicy(text);
      if (!reading.ok) throw faulty(file, reading.faults, out);
      if (against === undefined) {
        out.result(
          { ok: true, policy: reading.policy.name, version: reading.policy.version, faults: [] },
          `${reading.policy.name} ${reading.policy.version}: can be used.`,
        );
        return;
      }
      await saysAgainst(doing, { text, file: reading.file }, against);
    },
  });
  registerPolicyVersions(program, policy);
}

async function textOf(nameOrFile: string): Promise<string> {
  if ((await listPolicies()).includes(nameOrFile)) return (await loadOfficePolicy(nameOrFile)).text;
  try {
    return readFileSync(nameOrFile, 'utf8');
  } catch {
    throw new CliError('POLICY_UNKNOWN', `${nameOrFile} cannot be read; check the path`, EXIT.badInput);
  }
}

function faulty(file: string, faults: readonly PolicyFault[], out: Output): CliError {
  if (out.json) out.result({ ok: false, faults }, '');
  const lines = faults.map((one) => `${file}:${one.line ?? '?'} ${one.field}: ${one.message}`);
  return new CliError('POLICY_FAULTY', lines.join('\n  '), EXIT.badInput);
}
