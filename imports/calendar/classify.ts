/** What one event of a calendar file means for school days, and why. */
import { isWeekend } from '../../domain/dates.ts';
import type { CalendarEvent } from './event.ts';
import * as words from './words.ts';

/**
 * `open`: explicitly a school day (half day, e-learning, an A day); `make-up`: school on a day that otherwise has none;
 * `info`: says nothing about school days; `unsettled`: cannot tell, a person must.
 */
export const EVENT_CLASSES = [
  'first-day',
  'last-day',
  'closed',
  'open',
  'make-up',
  'info',
  'unsettled',
] as const;
export type EventClass = (typeof EVENT_CLASSES)[number];

/**
 * The two ways calendars are written. *closures*: every weekday from the first to the last day of school is a school
 * day unless an event closes it. *school-days*: only the days named by an event (A day, B day) are.
 */
export type CalendarMode = 'closures' | 'school-days';

export interface Reading {
  readonly class: EventClass;
  readonly why: string;
  /** E-learning: stays an attendance day even where another event closes the building. */
  readonly remote?: boolean;
}

export interface Wording {
  readonly mode: CalendarMode;
  /** The office's own patterns, in place of the defaults. */
  readonly closed?: RegExp | undefined;
  readonly open?: RegExp | undefined;
  /** The file says "no school" wherever it means it, so a bare "Institute Day" in it is suspicious. */
  readonly explicit: boolean;
}

export function classify(event: CalendarEvent, wording: Wording): Reading {
  if (event.impossible !== undefined) return unsettled(event.impossible);
  if (event.cancelled) return info('cancelled by its publisher');
  const text = words.plainText(event.summary);
  const labels = event.labels.map(words.plainLabel);
  const own = ownPatterns(event, wording);
  if (wording.mode === 'school-days') return own ?? inSchoolDaysFeed(event, text, labels, wording);
  return yearEnds(text, labels) ?? own ?? byDefaults(event, text, labels, wording);
}

function info(why: string): Reading {
  return { class: 'info', why };
}

function unsettled(why: string): Reading {
  return { class: 'unsettled', why };
}

function closed(why: string): Reading {
  return { class: 'closed', why };
}

/** The words themselves, for the reason given. */
function quote(pattern: RegExp, text: string): string {
  return `"${pattern.exec(text)?.[0].trim() ?? text}"`;
}

/** Title and types each for itself, so that an office may write `^No School$`. */
function matches(event: CalendarEvent, pattern: RegExp | undefined): boolean {
  return pattern !== undefined && [event.summary, ...event.labels].some((text) => pattern.test(text));
}

function ownPatterns(event: CalendarEvent, wording: Wording): Reading | undefined {
  const closes = matches(event, wording.closed);
  const opens = matches(event, wording.open);
  if (closes && opens) return unsettled('matches both --closed and --open');
  if (closes) return closed('matches --closed');
  if (opens) return { class: 'open', why: 'matches --open' };
  return undefined;
}

/** Whether an event names a school day in a calendar that names each of them. */
export function namesSchoolDay(event: CalendarEvent, open: RegExp | undefined): boolean {
  if (event.cancelled || event.impossible !== undefined) return false;
  if (open) return matches(event, open);
  return (
    words.CYCLE_DAY.test(words.plainText(event.summary)) ||
    event.labels.some((l) => /^(?:school|instructional) days?$|^make ?up days?$/.test(words.plainLabel(l)))
  );
}

function inSchoolDaysFeed(
  event: CalendarEvent,
  text: string,
  labels: readonly string[],
  wording: Wording,
): Reading {
  const names = wording.open === undefined && namesSchoolDay(event, undefined);
  const closes =
    wording.closed === undefined &&
    (words.NO_SCHOOL.test(text) ||
      words.EMERGENCY.test(text) ||
      labels.some((l) => words.CLOSING_LABEL.test(l)));
  if (names && closes) return unsettled('names a school day and says there is no school');
  if (names) return { class: 'open', why: 'names a school day' };
  if (closes) return closed(`says there is no school`);
  return info('names no school day; days without such an event have no school');
}

/** First and last day of school; undefined when the event is about neither. */
function yearEnds(text: string, labels: readonly string[]): Reading | undefined {
  const first = words.FIRST_DAY.test(text) || labels.some((l) => words.FIRST_LABEL.test(l));
  const last = words.LAST_DAY.test(text) || labels.some((l) => words.LAST_LABEL.test(l));
  if (!first && !last) return undefined;
  if (words.OF_A_BREAK.test(text)) return { class: 'open', why: 'a school day next to a break' };
  if (words.NOT_THE_YEARS.test(text)) return info('the first or last day of something else');
  const some = words.SOME_GRADES.test(text) && !words.ALL_GRADES.test(text);
  if (first) {
    if (words.LATER_TERM_FIRST.test(text)) return { class: 'open', why: 'school goes on with a new term' };
    return { class: 'first-day', why: some ? 'first day of school, for some grades' : 'first day of school' };
  }
  if (words.EARLIER_TERM_LAST.test(text)) return info('the last day of an earlier term');
  if (words.IF_EMERGENCY_DAYS.test(text)) return info('holds only if emergency days are used');
  if (/\bseniors?\b/.test(text)) return info('the last day of seniors, not of school');
  const tentative = /\btentative\b/.test(text) ? ', tentative' : '';
  return {
    class: 'last-day',
    why: (some ? 'last day of school, for some grades' : 'last day of school') + tentative,
  };
}

function byDefaults(
  event: CalendarEvent,
  text: string,
  labels: readonly string[],
  wording: Wording,
): Reading {
  const defaultsClose = wording.closed === undefined;
  const reading = defaultReading(event, text, labels, wording.explicit);
  // An office that says itself what closes is not asked about what does not match.
  if (!defaultsClose && (reading.class === 'closed' || reading.class === 'unsettled')) {
    return info('does not match --closed');
  }
  if (wording.open !== undefined && reading.class === 'open') return info('does not match --open');
  return reading;
}

function defaultReading(
  event: CalendarEvent,
  text: string,
  labels: readonly string[],
  explicit: boolean,
): Reading {
  const closingLabel = labels.find((l) => words.CLOSING_LABEL.test(l));
  const openingLabel = labels.find((l) => words.OPENING_LABEL.test(l));
  const vagueLabel = labels.find((l) => words.VAGUE_LABEL.test(l));
  if (text === '' && closingLabel === undefined && openingLabel === undefined) {
    return unsettled('a date without a word about it');
  }
  const someGrades = words.SOME_GRADES.test(text) && !words.ALL_GRADES.test(text);
  const remote = words.REMOTE_LEARNING.test(text);
  const held = remote || words.SCHOOL_HELD.test(text);

  const makeUp = madeUp(text, labels);
  if (makeUp) return makeUp;
  if (words.NO_SCHOOL.test(text)) {
    const says = quote(words.NO_SCHOOL, text);
    if (held)
      return unsettled(`says ${says} and ${quote(remote ? words.REMOTE_LEARNING : words.SCHOOL_HELD, text)}`);
    if (words.NO_SCHOOL_PART_OF_DAY.test(text)) return unsettled(`says ${says}, for part of the day`);
    if (someGrades)
      return unsettled(`says ${says}, but for some grades only (${quote(words.SOME_GRADES, text)})`);
    if (openingLabel !== undefined) return unsettled(`says ${says}, but its type is "${openingLabel}"`);
    if (/\b(?:camp|club|movie|care|trip|drop-in)s?\b/.test(text))
      return unsettled(`an activity on a day with ${says}?`);
    return closed(`says ${says}`);
  }
  if (held) {
    const says = quote(remote ? words.REMOTE_LEARNING : words.SCHOOL_HELD, text);
    if (closingLabel !== undefined) return unsettled(`says ${says}, but its type is "${closingLabel}"`);
    return { class: 'open', why: `says ${says}: a school day`, remote };
  }
  if (closingLabel !== undefined) {
    if (words.HAPPENING.test(text)) return unsettled(`its type is "${closingLabel}", but it names an event`);
    if (someGrades) return unsettled(`its type is "${closingLabel}", but for some grades only`);
    return closed(`its type is "${closingLabel}"`);
  }
  if (openingLabel !== undefined) {
    return { class: 'open', why: `its type is "${openingLabel}"`, remote: openingLabel.includes('learning') };
  }
  if (words.EMERGENCY.test(text) && !words.HAPPENING.test(text)) {
    const says = quote(words.EMERGENCY, text);
    return words.TENTATIVE.test(text)
      ? unsettled(`${says}, but it is not known whether it is used`)
      : closed(says);
  }
  if (vagueLabel !== undefined)
    return unsettled(`its type is "${vagueLabel}", which says neither school nor no school`);
  if (isPartOfDay(event)) return info(`an event from ${event.startTime} to ${event.endTime}`);
  return byName(text, event, explicit) ?? byDescription(event) ?? info('says nothing about school days');
}

/** School held to make up for a lost day. One that may not be needed is nobody's to decide here. */
function madeUp(text: string, labels: readonly string[]): Reading | undefined {
  const said = words.MAKE_UP.test(text) && !words.OTHER_MAKE_UP.test(text);
  if (!said && !labels.some((l) => words.MAKE_UP_LABEL.test(l))) return undefined;
  if (words.NO_SCHOOL.test(text)) return unsettled('says both make-up day and no school');
  if (words.TENTATIVE.test(text)) return unsettled('a make-up day in reserve: is it used?');
  return { class: 'make-up', why: 'school is held to make up a day' };
}

/** A name without a word about school: holidays, breaks, staff days, conferences. */
function byName(text: string, event: CalendarEvent, explicit: boolean): Reading | undefined {
  const isBreak = words.BREAK.test(text);
  const isHoliday = words.SURE_HOLIDAY.test(text) || words.DOUBTFUL_HOLIDAY.test(text);
  if (words.CONFERENCES.test(text)) return conferences(text);
  if (words.IMPROVEMENT_DAY.test(text))
    return unsettled('a school improvement day may be without pupils or a half day');
  if ((isBreak || isHoliday) && words.HAPPENING.test(text)) return info('an event around a holiday');
  if ((isBreak || isHoliday) && words.NEARBY.test(text)) return info('near a holiday, not on it');
  if (words.OBSERVANCE.test(text)) {
    return unsettled(`${quote(words.OBSERVANCE, text)} closes some schools and not others`);
  }
  if (isBreak) {
    if (event.from === event.to && words.BEGINS_OR_ENDS.test(text)) {
      return unsettled('is the day a school breaks up or resumes a school day?');
    }
    return closed(`names ${quote(words.BREAK, text)}`);
  }
  if (words.SURE_HOLIDAY.test(text)) return closed(`${quote(words.SURE_HOLIDAY, text)} is a holiday`);
  if (words.DOUBTFUL_HOLIDAY.test(text)) {
    const name = quote(words.DOUBTFUL_HOLIDAY, text);
    return explicit
      ? unsettled(`${name} without "no school", which this file says elsewhere`)
      : closed(`${name} is a holiday`);
  }
  if (words.STAFF_DAY.test(text) && !words.HAPPENING.test(text)) {
    if (/\b(?:a\.?m\.?|p\.?m\.?|morning|afternoon)\b/.test(text))
      return unsettled('a staff day, for part of the day?');
    const name = quote(words.STAFF_DAY, text);
    return explicit
      ? unsettled(`${name} without "no school", which this file says elsewhere`)
      : closed(`${name} is a day for staff without pupils`);
  }
  if (words.EMERGENCY_DAY.test(text)) return unsettled('an emergency day: is it used?');
  return undefined;
}

function conferences(text: string): Reading {
  const hour = words.startHourInWords(text);
  if (words.EVENING.test(text) || (hour !== undefined && hour >= 15)) return info('conferences after school');
  return unsettled('conferences, without a word whether there is school');
}

/** A description speaks of school where the title does not: worth a person's look, not a decision. */
function byDescription(event: CalendarEvent): Reading | undefined {
  const description = words.plainText(event.description ?? '');
  const found = words.NO_SCHOOL.exec(description);
  if (!found) return undefined;
  const said = description.slice(found.index, found.index + 50).replace(/[.;\n].*$/, '');
  return unsettled(`its description says "${said.trim()}", its title does not`);
}

/** A timed event shorter than a school day. */
function isPartOfDay(event: CalendarEvent): boolean {
  if (event.startTime === undefined || event.from !== event.to) return false;
  if (event.endTime === undefined || event.endTime <= event.startTime) return event.startTime !== '00:00';
  return minutes(event.endTime) - minutes(event.startTime) < 5 * 60;
}

function minutes(time: string): number {
  const [hour, minute] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}

/**
 * Whether a file says "no school" (in words or by type) wherever it means it: then a bare name in it is suspicious.
 * Judged by how its holidays and staff days on weekdays are written.
 */
export function isExplicit(events: readonly CalendarEvent[]): boolean {
  const said = new Set<string>();
  const unsaid = new Set<string>();
  for (const event of events) {
    const text = words.plainText(event.summary);
    const named =
      words.SURE_HOLIDAY.test(text) ||
      words.DOUBTFUL_HOLIDAY.test(text) ||
      words.BREAK.test(text) ||
      words.STAFF_DAY.test(text);
    if (!named || words.HAPPENING.test(text) || (event.from === event.to && isWeekend(event.from))) continue;
    const spoken =
      words.NO_SCHOOL.test(text) || event.labels.some((l) => words.CLOSING_LABEL.test(words.plainLabel(l)));
    (spoken ? said : unsaid).add(text);
  }
  return said.size >= 4 && said.size >= 2 * unsaid.size;
}
