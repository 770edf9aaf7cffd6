/** `notice approve`, `withhold`, `return`, `resubmit`: what an approver decides, and what is answered. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import type { BatchOutcome, ShownApproval } from '../../services/decisions.ts';
import { queueText } from '../approval-text.ts';
import type { ApiSource } from '../api-source.ts';
import { CliError, EXIT } from '../frame.ts';
import { decide, letterOf, type OfCase } from '../leaving.ts';
import { collect, idOf, noun, verb, withCase, withId, withYes, type Doing } from '../verb.ts';

interface Item {
  readonly case: string;
  readonly letter: string;
  readonly sequence: number;
  readonly evidence: string;
}

interface Approving {
  readonly key?: readonly string[];
  readonly case?: string;
  readonly allShown?: string;
  readonly id?: string;
  readonly yes?: boolean;
}

export function register(program: Command): void {
  const notice = noun(program, 'notice', 'Letters to families, and to the State’s Attorney.');
  verb<Approving>(notice, {
    name: 'approve',
    description: 'Let letters leave that wait for your approval, as they were shown to you.',
    example: 'notice approve --key C-000017/first-notice/1@3f9a1c02be77d410',
    options: (c) =>
      withYes(withId(c))
        .option('--key <key>', 'as `notice list --awaiting-approval` shows it; may be repeated', collect)
        .option('--case <number>', 'every letter of this case that is yours; shows each and asks')
        .option('--all-shown <file>', 'all of `notice list --awaiting-approval --json`, kept in a file'),
    run: approve,
  });
  const stops = (name: 'withhold' | 'return' | 'resubmit', description: string, reason: string) =>
    verb<OfCase & { letter: string; reason: string }>(notice, {
      ...{ name, description },
      example: `notice ${name} --case C-000017 --letter first-notice --reason "${reason}"`,
      options: (c) =>
        withId(withCase(c))
          .requiredOption('--letter <kind[/number]>', 'e.g. first-notice, or first-notice/2')
          .requiredOption('--reason <text>', 'why, in a sentence'),
      run: (given, doing) =>
        decide(doing, given.case, `letters/${name}`, {
          ...{ id: idOf(given), reason: given.reason },
          ...letterOf(given.letter),
        }),
    });
  stops('withhold', 'Keep a letter in the house; it can be approved later.', 'the mother has called');
  stops('return', 'Send a letter back to whoever made the step; the step stands.', 'which calls?');
  stops('resubmit', 'Put a returned letter before its approver again.', 'three calls to the mother');
}

async function approve(given: Approving, { api, out }: Doing): Promise<void> {
  const ways = [given.key, given.case, given.allShown].filter((one) => one !== undefined);
  if (ways.length !== 1) {
    throw new InputFault('WHICH_LETTERS', 'give one of --key, --case, --all-shown', 'notice approve');
  }
  const letters =
    given.case !== undefined
      ? await shownAndAsked(api, given.case, given.yes, (text) => out.note(text))
      : given.allShown !== undefined
        ? itemsIn(given.allShown)
        : given.key!.map(itemOf);
  if (letters.length === 0) {
    out.result({ letters: [] }, 'No letter waits for your approval.');
    return;
  }
  const answer = await api.post<{ letters: BatchOutcome[] }>('approvals', { id: idOf(given), letters });
  const refused = answer.letters.filter((one) => one.outcome === 'refused');
  // A single letter refused is the command refused; of several each is said.
  if (answer.letters.length === 1 && refused[0]) {
    throw new CliError(refused[0].code ?? 'REFUSED', refused[0].words, EXIT.refused);
  }
  out.result(
    answer,
    answer.letters
      .map((one) => {
        const key = `${one.case}/${one.letter}/${one.sequence}`;
        return `${key}\n  ${one.code === null ? '' : `NOT APPROVED (${one.code}): `}${one.words}`;
      })
      .join('\n'),
  );
  if (refused.length > 0) process.exitCode = EXIT.refused;
}

/** The letters of a case that the caller may approve, shown with their evidence, after a yes. */
async function shownAndAsked(
  api: ApiSource,
  number: string,
  yes: boolean | undefined,
  note: (text: string) => void,
): Promise<Item[]> {
  const query = { case: number, mine: true, text: true };
  const all = (await api.get<{ letters: ShownApproval[] }>('approvals', query)).letters;
  if (all.length === 0) return [];
  note(queueText(all));
  if (yes !== true) {
    if (!process.stdin.isTTY || !process.stderr.isTTY) {
      throw new CliError(
        'CONFIRMATION_NEEDED',
        'this lets letters leave; name them by --key, or add --yes to approve what was shown',
        EXIT.badInput,
      );
    }
    const ask = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await ask.question('Approve? [y/N] ');
      if (!/^y(es)?$/i.test(answer.trim()))
        throw new CliError('NOT_CONFIRMED', 'nothing was approved', EXIT.other);
    } finally {
      ask.close();
    }
  }
  return all.map(({ case: of, letter, sequence, evidence }) => ({ case: of, letter, sequence, evidence }));
}

/** `C-000017/first-notice/1@3f9a1c02be77d410`: the letter, and what was shown of it. */
function itemOf(key: string): Item {
  const parts = /^(C-\d{6,12})\/([a-z-]{1,40})\/([1-9]\d{0,3})@([0-9a-f]{16})$/.exec(key);
  if (!parts) {
    throw new InputFault(
      'BAD_KEY',
      'is no letter awaiting approval; copy it from `notice list --awaiting-approval`',
      '--key',
    );
  }
  const [, of, letter, sequence, evidence] = parts as unknown as [string, string, string, string, string];
  return { case: of, letter, sequence: Number(sequence), evidence };
}

function itemsIn(file: string): Item[] {
  const bad = (why: string) => new InputFault('BAD_LIST', why, '--all-shown');
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw bad('cannot be read as JSON; keep what `notice list --awaiting-approval --json` prints');
  }
  if (!Array.isArray(list)) throw bad('is no list of letters awaiting approval');
  return (list as Partial<ShownApproval>[])
    .filter((one) => one.yours === true && one.status === 'asked')
    .map((one) => itemOf(`${one.case}/${one.letter}/${one.sequence}@${one.evidence}`));
}
