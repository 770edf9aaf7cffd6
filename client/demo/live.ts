/** What a demo shows while it runs: a table that stays in place on a terminal, a line now and then elsewhere. */
import { createLogUpdate } from 'log-update';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import type { Stage } from '../../domain/case/state.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { DayDone } from './driver.ts';

export interface Live {
  day(done: DayDone, mails: number): void;
  note(line: string): void;
  stop(): void;
}

const STAGES: readonly (readonly [Stage, string])[] = [
  ['interventions', 'interventions'],
  ['first-referral', 'first referral'],
  ['second-referral', 'second referral'],
  ['third-referral', 'third referral'],
  ['hearing-scheduled', 'hearing scheduled'],
  ['hearing-held', 'hearing held'],
  ['order', 'order'],
  ['court', 'State’s Attorney'],
  ['closed', 'closed'],
];

/** Without a terminal, a line every so many days. */
const LINE_EVERY = 20;

export function startLive(total: number, from: IsoDate, stageOf: (state: CaseState) => Stage): Live {
  const stream = process.stderr;
  const update = stream.isTTY ? createLogUpdate(stream) : null;
  let days = 0;
  let notes: string[] = [];
  let shown = `${shortDate(from)}: about to begin`;
  const draw = () => update?.([shown, ...notes.slice(-3)].join('\n'));
  draw();
  return {
    day({ date, cases, letters }, mails) {
      days += 1;
      const count = new Map<Stage, number>();
      for (const { state } of cases.values()) {
        const stage = state ? stageOf(state) : 'interventions';
        count.set(stage, (count.get(stage) ?? 0) + 1);
      }
      if (!update) {
        if (days % LINE_EVERY === 0 || days === total) {
          const stages = STAGES.filter(([stage]) => count.has(stage)).map(
            ([stage, name]) => `${name} ${count.get(stage)!}`,
          );
          stream.write(
            `${date}  day ${days}/${total}  ${stages.join(', ')}; ${mails} mails, ${letters.posted} prints\n`,
          );
        }
        return;
      }
      const width = Math.max(1, ...count.values());
      const rows = STAGES.map(([stage, name]) => {
        const n = count.get(stage) ?? 0;
        return `  ${name.padEnd(18)} ${String(n).padStart(4)} ${'▇'.repeat(Math.round((n / width) * 40))}`;
      });
      shown = [
        `${shortDate(date)}   day ${days} of ${total}   ${cases.size} cases   ${mails} mails, ${letters.posted} prints posted`,
        ...rows,
      ].join('\n');
      notes = [];
      draw();
    },
    note(line) {
      if (update) {
        notes.push(line);
        draw();
      } else stream.write(`${line}\n`);
    },
    stop() {
      update?.done();
    },
  };
}
