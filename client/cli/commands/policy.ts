/** `policy`: rule packs, from files alone. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { listPolicies, loadPolicy, readPolicy } from '../../../policies/load.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { cell, noun, verb } from '../verb.ts';

export function register(program: Command): void {
  const policy = noun(program, 'policy', 'Rule packs: numbers and names an office can change.');
  verb(policy, {
    name: 'list',
    description: 'Policies that come with the program.',
    example: 'policy list',
    run: async (_options, { out }) => {
      const all = await Promise.all(
        (await listPolicies()).map(async (name) => ({ name, file: (await loadPolicy(name)).file })),
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
      const { file } = await loadPolicy(name ?? '');
      out.result(file, stringify(file));
    },
  });
  verb(policy, {
    name: 'check <file>',
    description: 'Whether a policy file can be used; names line, field and mend.',
    example: 'policy check my-office.yaml',
    run: async (_options, { out }, [file]) => {
      let text: string;
      try {
        text = readFileSync(file ?? '', 'utf8');
      } catch {
        throw new CliError('POLICY_UNKNOWN', `${file ?? ''} cannot be read; check the path`, EXIT.badInput);
      }
      const reading = readPolicy(text);
      if (reading.ok) {
        out.result(
          { ok: true, policy: reading.policy.name, version: reading.policy.version, faults: [] },
          `${reading.policy.name} ${reading.policy.version}: can be used.`,
        );
        return;
      }
      if (out.json) out.result({ ok: false, faults: reading.faults }, '');
      const lines = reading.faults.map(
        (one) => `${file ?? ''}:${one.line ?? '?'} ${one.field}: ${one.message}`,
      );
      throw new CliError('POLICY_FAULTY', lines.join('\n  '), EXIT.badInput);
    },
  });
}
