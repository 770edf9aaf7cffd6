/** The board that stays in place on a terminal and draws itself again; a server that is away for a while is said, not died of. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Board } from '../services/call-board.ts';
import { boardText } from './board-text.ts';
import { CliError, EXIT } from './frame.ts';

export interface Watching {
  readonly read: () => Promise<Board>;
  readonly draw: (text: string) => void;
  /** Lines of the terminal, asked anew each time: windows are resized. */
  readonly lines: () => number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Until the signal; throws only what waiting does not mend. */
export async function watchBoard({ read, draw, lines, everyMs, signal }: Watching): Promise<void> {
  let last: Board | undefined;
  while (!signal.aborted) {
    let away = '';
    try {
      last = await read();
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== EXIT.outOfReach || last === undefined) throw error;
      away = `The server does not answer: this is as of ${last.time}.`;
    }
    const foot = away === '' ? 'Ctrl-C leaves.' : `${away} Ctrl-C leaves.`;
    // One line is the cursor's own.
    draw(`${boardText(last, lines() - 3)}\n\n${foot}`);
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
