/**
 * Planned weekly duty times of an officer [ours: the page says only "if AO is available"]. They plan when duty ends, never that
 * it has begun: coming on duty is said by a person.
 */
import { addDays, weekday, type IsoDate } from './dates.ts';
import { InputFault } from './refusal.ts';

export interface DutyTime {
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  /** Local times of the office, `HH:MM`; `to` may be `24:00`. */
  readonly from: string;
  readonly to: string;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MIDNIGHT = '24:00';
const FORM = 'write days and times, e.g. "mon-fri 07:30-15:30" or "mon,wed 08:00-12:00"';

/**
 * Reads `mon-fri 07:30-15:30`, several such one after the other; in the order of the week.
 * @throws InputFault `BAD_DUTY` for what is no such text, ends before it begins, or overlaps another of them
 */
export function parseDutyTimes(texts: readonly string[], place = '--duty'): DutyTime[] {
  const times = texts.flatMap((text) => parseOne(text, `${place} "${text.slice(0, 40)}"`));
  times.sort((a, b) => a.weekday - b.weekday || (a.from < b.from ? -1 : 1));
  for (const [n, one] of times.entries()) {
    const next = times[n + 1];
    if (next?.weekday === one.weekday && next.from < one.to) {
      const two = `${dayName(one.weekday)} ${one.from}-${one.to} and ${next.from}-${next.to}`;
      throw new InputFault('BAD_DUTY', `${two} overlap; give each time of a day once`, place);
    }
  }
  return times;
}

function parseOne(text: string, place: string): DutyTime[] {
  const match = /^(\S+)\s+(\S+)$/.exec(text.trim().toLowerCase());
  const times = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(match?.[2] ?? '');
  if (!match || !times) throw new InputFault('BAD_DUTY', FORM, place);
  const [, from = '', to = ''] = times;
  for (const time of [from, to]) {
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time) && !(time === MIDNIGHT && time === to)) {
      throw new InputFault('BAD_DUTY', `${time} is no time of day; write HH:MM, up to 24:00`, place);
    }
  }
  if (to <= from) {
    throw new InputFault(
      'BAD_DUTY',
      `${to} does not come after ${from}; a night is two times: "fri 22:00-24:00" and "sat 00:00-06:00"`,
      place,
    );
  }
  return daysOf(match[1] ?? '', place).map((day) => ({ weekday: day, from, to }));
}

function daysOf(text: string, place: string): number[] {
  const found = text.split(',').flatMap((part) => {
    const [first = '', last = first, ...more] = part.split('-');
    const [a, b] = [dayNumber(first), dayNumber(last)];
    if (a === 0 || b === 0 || more.length > 0) {
      throw new InputFault('BAD_DUTY', `"${part}" is no day; days are ${DAYS.join(', ')}`, place);
    }
    if (b < a) throw new InputFault('BAD_DUTY', `"${part}" runs backwards; the week begins on mon`, place);
    return Array.from({ length: b - a + 1 }, (_, n) => a + n);
  });
  if (new Set(found).size < found.length) {
    throw new InputFault('BAD_DUTY', 'a day stands there twice; give each once', place);
  }
  return found;
}

function dayNumber(name: string): number {
  return (DAYS as readonly string[]).indexOf(name) + 1;
}

function dayName(day: number): string {
  return DAYS[day - 1] ?? '';
}

/** As people write them: days with the same times together, `mon-fri 07:30-15:30`; what {@link parseDutyTimes} reads again. */
export function dutyWords(times: readonly DutyTime[]): string[] {
  const byTime = new Map<string, number[]>();
  for (const { weekday: day, from, to } of times) {
    byTime.set(`${from}-${to}`, [...(byTime.get(`${from}-${to}`) ?? []), day]);
  }
  return [...byTime].map(([time, days]) => `${daysWords(days)} ${time}`);
}

/** `mon-wed,fri`: three in a row are a run. */
function daysWords(days: readonly number[]): string {
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs
    .flatMap((run) =>
      run.length > 2 ? [`${dayName(run[0] ?? 0)}-${dayName(run.at(-1) ?? 0)}`] : run.map(dayName),
    )
    .join(',');
}

export interface LocalTime {
  readonly date: IsoDate;
  /** `HH:MM`; an end may be `24:00`. */
  readonly time: string;
}

/**
 * When duty that begins now is planned to end: with the duty time it falls into, or, where none has begun, with the next one of
 * that day (officers come before their time). Times that follow on each other are one, past midnight too.
 * @returns null where none is planned, the day's are over, or duty never ends
 */
export function plannedEnd(times: readonly DutyTime[], now: LocalTime): LocalTime | null {
  const today = times.filter((one) => one.weekday === weekday(now.date) && one.to > now.time);
  const first = today.sort((a, b) => (a.from < b.from ? -1 : 1))[0];
  if (!first) return null;
  let end: LocalTime = { date: now.date, time: first.to };
  // A week of times that follow on each other has no end.
  for (let n = 0; n <= times.length; n += 1) {
    const then = end.time === MIDNIGHT ? { date: addDays(end.date, 1), time: '00:00' } : end;
    const next = times.find((one) => one.weekday === weekday(then.date) && one.from === then.time);
    if (!next) return end;
    end = { date: then.date, time: next.to };
  }
  return null;
}
