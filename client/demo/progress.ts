/** A bar of days on standard error, on a terminal only, and only when the work takes long enough to be waited for. */
import { Presets, SingleBar } from 'cli-progress';
import { daysBetween, type IsoDate } from '../../domain/dates.ts';

/** A shorter rehearsal is over before a bar could be read. */
const SHOW_AFTER_MS = 500;

export interface DayProgress {
  reached(date: IsoDate): void;
  stop(): void;
}

export function dayProgress(from: IsoDate, to: IsoDate): DayProgress {
  if (!process.stderr.isTTY) return { reached: () => undefined, stop: () => undefined };
  const began = performance.now();
  let bar: SingleBar | undefined;
  return {
    reached(date) {
      if (!bar && performance.now() - began < SHOW_AFTER_MS) return;
      if (!bar) {
        bar = new SingleBar(
          { stream: process.stderr, format: '{bar} {date}', clearOnComplete: true, hideCursor: true },
          Presets.shades_classic,
        );
        bar.start(daysBetween(from, to) + 1, 0, { date });
      }
      bar.update(daysBetween(from, date) + 1, { date });
    },
    stop: () => bar?.stop(),
  };
}
