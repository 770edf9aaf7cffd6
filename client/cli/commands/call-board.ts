/** `call board`: what waits, who is where, what is overdue; it stays and draws itself again on a terminal. */
import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import { InputFault } from '../../../domain/refusal.ts';
import type { Board } from '../../services/call-board.ts';
import { boardText } from '../board-text.ts';
import { noun, verb } from '../verb.ts';
import { watchBoard } from '../watch-board.ts';

const USUAL_LINES = 24;

export function register(program: Command): void {
  const call = noun(program, 'call', 'Service calls: who is asked, who goes, what was done.');
  verb<{ once?: boolean; every: number }>(call, {
    name: 'board',
    description: 'What waits by class and age, who is where, what is overdue; until Ctrl-C.',
    example: 'call board --every 10',
    options: (c) =>
      c
        .option('--once', 'print it once (so it is without a terminal and with --json)')
        .option('--every <seconds>', 'draw it again after so many seconds', secondsOf, 5),
    run: async ({ once, every }, { api, out }) => {
      const read = () => api.get<Board>('calls/board');
      if (once === true || out.json || !process.stdout.isTTY) {
        const board = await read();
        out.result(board, boardText(board));
        return;
      }
      const update = createLogUpdate(process.stdout);
      const left = new AbortController();
      const leave = () => left.abort();
      process.once('SIGINT', leave);
      try {
        await watchBoard({
          read,
          draw: update,
          lines: () => process.stdout.rows ?? USUAL_LINES,
          everyMs: every * 1_000,
          signal: left.signal,
        });
      } finally {
        process.removeListener('SIGINT', leave);
        update.done();
      }
    },
  });
}

function secondsOf(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1) {
    throw new InputFault('BAD_SECONDS', 'give seconds, e.g. 10', '--every');
  }
  return Number(text);
}
