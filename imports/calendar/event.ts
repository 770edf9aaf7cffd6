/** What a calendar file says, before anybody has decided what it means: one event, whatever the file's format. */
import type { IsoDate } from '../../domain/dates.ts';

export interface CalendarEvent {
  readonly uid?: string | undefined;
  /** First and last local date, both inclusive. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly summary: string;
  readonly description?: string | undefined;
  /** The file's own kinds for it: a CSV's `type`, an iCalendar's CATEGORIES. */
  readonly labels: readonly string[];
  /** Local time of day, `HH:MM`, where the event has one; all-day events have none. */
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  /** Where it stands: `calendar.ics:42`. */
  readonly place: string;
  /** Called off by whoever published it (STATUS:CANCELLED). */
  readonly cancelled?: boolean | undefined;
  /** Set when the event can never be used as it stands, in words (it ends before it starts). */
  readonly impossible?: string | undefined;
}

/** What a format reader hands over. */
export interface EventFile {
  readonly events: readonly CalendarEvent[];
  /** Rows or events left out because they could not be read, and why, each with its place. */
  readonly faults: readonly string[];
  /** The zone the file names for itself (X-WR-TIMEZONE). */
  readonly zone?: string | undefined;
}
