/** What a monitor waits for: an unexplained absence that becomes a breach, and its stop date. One timer stands for the earliest. */
import type { CalendarLike } from '../calendar.ts';
import { addDays, shortDate, type IsoDate } from '../dates.ts';
import { unexplained } from './judge.ts';
import { spanOf, type MonitorState } from './state.ts';

export interface MonitorDeadline {
  readonly kind: 'unexplained' | 'stop';
  /** The day it is about: it is judged once attendance is known up to it. An import that reaches it tells the monitor. */
  readonly date: IsoDate;
  /** The day after: if nothing has arrived by then, the monitor looks for itself and says what it waits for. */
  readonly wakeOn: IsoDate;
  /** What a person reads on the timer; at most 200 characters. */
  readonly summary: string;
}

/** Every deadline whose day is known, earliest first; also those whose day has come and that wait for attendance. */
export function deadlines(state: MonitorState, cal: CalendarLike): MonitorDeadline[] {
  if (state.ended) return [];
  const { to } = spanOf(state, cal);
  const ahead: MonitorDeadline[] = unexplained(state, cal).flatMap(({ date, breachOn }) =>
    breachOn === null
      ? []
      : [
          {
            kind: 'unexplained' as const,
            date: breachOn,
            wakeOn: addDays(breachOn, 1),
            summary: `absence of ${shortDate(date)} is a breach from ${shortDate(breachOn)}, if unexplained`,
          },
        ],
  );
  if (to !== null)
    ahead.push({
      kind: 'stop',
      date: to,
      wakeOn: addDays(to, 1),
      summary: `monitor runs to ${shortDate(to)}`,
    });
  return ahead.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}
