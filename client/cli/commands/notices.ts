/** `notice`: letters as they left, and those that wait for somebody's hands. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import { PARKED_WORDS } from '../../../domain/case/rules.ts';
import { shortDate } from '../../../domain/dates.ts';
import type { ShownNotice, ShownStep } from '../../services/cases.ts';
import type { ShownApproval } from '../../services/decisions.ts';
import { queueText } from '../approval-text.ts';
import type { NoticeDone } from '../../services/notices.ts';
import { spelledArticleNumber } from '../../../domain/certified-mail.ts';
import { proofWords } from '../../../domain/mail-proof.ts';
import { part } from '../api-source.ts';
import { heldBackText, isOfDepartment } from '../department-leaving.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { noun, verb } from '../verb.ts';
import { registerPost } from './post.ts';

export function register(program: Command): void {
  const notice = noun(program, 'notice', 'Letters to families, and to the State’s Attorney.');
  verb<{ case?: string; awaitingApproval?: boolean; mine?: boolean; text?: boolean }>(notice, {
    name: 'list',
    description:
      'Letters of a case, a monitor or a call; or those that wait for approval, with their evidence.',
    example: 'notice list --case C-000017\nnotice list --awaiting-approval --mine --text',
    options: (c) =>
      c
        .option('--case <number>', 'the case, monitor or call: C-000017, M-000017, S-000017')
        .option('--awaiting-approval', 'letters that wait for approval, of one case or all')
        .option('--mine', 'only those you may decide on')
        .option('--text', 'with each copy as it would read'),
    run: async (options, { api, out }) => {
      if (options.awaitingApproval === true) {
        const { case: number, mine, text } = options;
        const query = { case: number, mine, text };
        const { letters } = await api.get<{ letters: ShownApproval[] }>('approvals', query);
        out.result(letters, queueText(letters));
        return;
      }
      if (options.case === undefined) {
        throw new InputFault('WHICH_LETTERS', 'give --case, or --awaiting-approval', 'notice list');
      }
      const { case: number } = options;
      const { notices, inHouse } = await api.get<{ notices: ShownNotice[]; inHouse: ShownStep[] }>(
        'notices',
        {
          case: number,
        },
      );
      const waiting = inHouse.map((one) => inHouseText(number, one));
      const left = notices.length > 0 || waiting.length === 0 ? [listText(notices)] : [];
      out.result(notices, [...left, ...waiting].join('\n'));
    },
  });
  verb<{ notice: string; pdf?: string; text?: boolean }>(notice, {
    name: 'show',
    description: 'One letter as it was rendered.',
    example: 'notice show --notice C-000017/first-notice/1/g12 --pdf letter.pdf',
    options: (c) =>
      c
        .requiredOption('--notice <key>', 'its key (notice list)')
        .option('--pdf <file>', 'write its PDF there')
        .option('--text', 'print its text'),
    run: async ({ notice: key, pdf, text }, { api, out }) => {
      const route = `notices/${part(key)}`;
      if (pdf !== undefined) {
        const bytes = await api.bytes(route, { format: 'pdf' });
        writePrivately(pdf, bytes);
        out.result({ notice: key, pdf, bytes: bytes.length }, `Written to ${pdf}.`);
        return;
      }
      if (text === true) {
        const words = new TextDecoder().decode(await api.bytes(route, { format: 'text' }));
        out.result({ notice: key, text: words }, words);
        return;
      }
      const shown = await api.get<ShownNotice & { to: { name: string | null } }>(route);
      const { beforeSystem } = shown;
      if (beforeSystem) {
        out.result(
          shown,
          [
            `${shown.kind} by ${shown.channel}, sent on ${shown.outOn ?? '?'} before this system; there is no text of it here.`,
            `Proof    ${beforeSystem.proof}`,
            `Entered  by ${beforeSystem.by} on ${beforeSystem.at.slice(0, 10)}`,
          ].join('\n'),
        );
        return;
      }
      out.result(
        shown,
        [
          `${shown.kind} to ${shown.to.name ?? '?'}, ${shown.channel} in ${shown.language}: ${shown.status}${shown.outOn ? ` on ${shown.outOn}` : ''}`,
          ...mailLines(shown.mail),
        ].join('\n'),
      );
    },
  });
  registerPost(notice);
  verb<{ notice: string; as: string; reason: string }>(notice, {
    name: 'settle',
    description: 'Say what became of an e-mail nobody knows about.',
    example: 'notice settle --notice C-000017/first-notice/1/g12 --as print --reason "mother has not had it"',
    options: (c) =>
      c
        .requiredOption('--notice <key>', 'its key')
        .requiredOption('--as <sent|print>', 'it counts as sent, or is printed in its place')
        .requiredOption('--reason <text>', 'how you know'),
    run: async ({ notice: key, as, reason }, { api, out }) => {
      const done = await api.post<NoticeDone>(`notices/${part(key)}/settle`, { as, reason });
      out.result(done, doneText(done));
    },
  });
}

/** `C-000017/first-notice/1 leaves on Thu 16 Oct 2025`, or why it does not. */
function inHouseText(number: string, { key, sendOn, parked, blockedReason }: ShownStep): string {
  if (blockedReason !== null && isOfDepartment(number)) return heldBackText(number, key, blockedReason);
  if (blockedReason !== null) return `${key} is held back (${blockedReason})`;
  if (parked !== null) return `${key} ${PARKED_WORDS[parked].replace(/^it /, '')}`;
  return sendOn === null ? `${key} is being made ready` : `${key} leaves on ${shortDate(sendOn)}`;
}

function mailLines({ batch, certified, proof }: ShownNotice['mail']): string[] {
  return [
    ...(batch === null ? [] : [`Batch    ${batch}`]),
    ...(certified === null ? [] : [`Number   ${spelledArticleNumber(certified)}`]),
    ...(proof === null ? [] : [`Proof    ${proofWords(proof)}`]),
  ];
}

export function listText(notices: readonly ShownNotice[]): string {
  if (notices.length === 0) return 'No letter yet.';
  return table(
    ['Letter', 'How', 'State'],
    // A key is never cut: the next command needs all of it.
    notices.map((one) => [
      one.key,
      `${one.channel} ${one.language}`.trimEnd(),
      one.mail.proof === null
        ? [one.status, one.outOn ?? ''].join(' ').trimEnd()
        : `${one.mail.proof.outcome} ${one.mail.proof.on}`,
    ]),
  );
}

export function writePrivately(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes, { mode: 0o600 });
  } catch {
    throw new CliError('CANNOT_WRITE', `${file} cannot be written; check the folder`, EXIT.badInput);
  }
}

export function doneText(done: NoticeDone): string {
  return [
    done.changed
      ? `It is ${done.notice.status}${done.notice.settledAs ? `, settled as ${done.notice.settledAs}` : ''}.`
      : 'That had been said already.',
    ...(done.stepOut ? ['With it the notice counts as out.'] : []),
    ...(done.waits ? ['The case is told as soon as Temporal is back.'] : []),
  ].join('\n');
}
