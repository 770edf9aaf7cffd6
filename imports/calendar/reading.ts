/** What came out of reading a calendar file: the calendar, and for each event how it was read and why. */
import type { SchoolCalendar } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { CalendarMode, EventClass } from './classify.ts';
import type { CalendarEvent } from './event.ts';

export interface ReadEvent {
  readonly event: CalendarEvent;
  class: EventClass;
  why: string;
  /** E-learning: an attendance day even where the building is closed. */
  readonly remote: boolean;
  /** Would matter for school days, but is not applied (outside the terms, cancelled): the reason stands in `why`. */
  ignored: boolean;
}

export interface CalendarReading {
  readonly calendar: SchoolCalendar;
  readonly mode: CalendarMode;
  readonly modeWhy: string;
  /** The zone times were turned into dates with. */
  readonly zone: string;
  /** Every event of the file, by date. */
  readonly events: readonly ReadEvent[];
  /** Held back until a person settles them; they close and open nothing meanwhile. */
  readonly unsettled: readonly ReadEvent[];
  /** Not applied, and would have mattered: outside the first to last day of school, cancelled. */
  readonly ignored: readonly ReadEvent[];
  /** What could not be read, each with its place. */
  readonly faults: readonly string[];
  /** Worth a look: a first day that is a holiday, a year with very few days. */
  readonly notes: readonly string[];
}

/** A person's word on a date: `--settle "2025-10-16=open"`, or a range `2025-12-22..2026-01-02=closed`. */
export interface Settlement {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly class: 'closed' | 'open' | 'info';
}
