/** `hazard`: what whoever goes to an address should know before leaving. */
import type { Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import type { HazardNoted, HazardShown } from '../../services/hazards.ts';
import { noun, verb } from '../verb.ts';
import { addressOf } from './call-intake.ts';

export function register(program: Command): void {
  const hazard = noun(program, 'hazard', 'Hazard notes on addresses, for officers and the dispatcher.');
  verb<{ call?: string; address?: string; note: string }>(hazard, {
    name: 'add',
    description: 'Note a hazard: shown to whoever goes there, before they leave.',
    example: 'hazard add --call S-000017 --note "loose dog in the yard"',
    options: (c) =>
      c
        .option('--call <number>', 'the address this call goes to')
        .option('--address <address>', 'or the address: "street; city; state; ZIP"')
        .requiredOption('--note <text>', 'what was met there; no names'),
    run: async ({ call, address, note }, { api, out }) => {
      const noted = await api.post<HazardNoted>('hazards', {
        note,
        ...(call === undefined ? {} : { call }),
        ...(address === undefined ? {} : { address: addressOf(address) }),
      });
      const calls = noted.calls.join(', ');
      out.result(
        noted,
        [
          noted.added ? `Hazard ${noted.id} is noted.` : `Hazard ${noted.id} stood there already.`,
          `Address  ${noted.address}`,
          ...(calls === '' ? [] : [`Open calls that go there: ${calls}.`]),
        ].join('\n'),
      );
    },
  });
  verb<{ call?: string; ended?: boolean }>(hazard, {
    name: 'list',
    description: 'Hazard notes that stand, of one call’s address or of all.',
    example: 'hazard list --call S-000017',
    options: (c) =>
      c.option('--call <number>', 'only of the address of this call').option('--ended', 'retired ones, too'),
    run: async ({ call, ended }, { api, out }) => {
      const query = { call, ...(ended === true ? { ended: true } : {}) };
      const { hazards } = await api.get<{ hazards: HazardShown[] }>('hazards', query);
      out.result(hazards, hazards.length === 0 ? 'No hazard is noted.' : hazards.map(hazardLines).join('\n'));
    },
  });
  verb<{ hazard: string; reason: string }>(hazard, {
    name: 'end',
    description: 'A hazard note no longer holds; it stays on record.',
    example: 'hazard end --hazard 7 --reason "the dog is gone"',
    options: (c) =>
      c
        .requiredOption('--hazard <number>', 'which, as `hazard list` numbers them')
        .requiredOption('--reason <text>', 'why'),
    run: async ({ hazard: id, reason }, { api, out }) => {
      if (!/^\d{1,9}$/.test(id)) {
        throw new InputFault('BAD_HAZARD', 'give its number, as `hazard list` has it', '--hazard');
      }
      const ended = await api.post<HazardShown>(`hazards/${id}/end`, { reason });
      out.result(ended, `Hazard ${ended.id} is retired.`);
    },
  });
}

function hazardLines({ id, address, note, since, ended }: HazardShown): string {
  const over = ended === null ? '' : ` (retired ${ended.on}: ${ended.reason})`;
  return `${id}  ${address}\n   since ${since}: ${note}${over}`;
}
