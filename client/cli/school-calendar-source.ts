/**
 * Where `--school CODE` gets its calendar from. The commands are given one by whoever knows the server; without it they
 * work on files alone and do not offer `--school`.
 */
import type { SchoolCalendar } from '../../domain/calendar.ts';
import type { CalendarReading } from '../../imports/calendar/index.ts';

export interface SchoolCalendarSource {
  /** The school's calendar in force. Throws a `CliError` when the school is unknown or the server out of reach. */
  load(schoolCode: string): Promise<SchoolCalendar>;
  /** Stores a reading without held-back events as the school's new calendar version, if a school day differs. */
  store(
    schoolCode: string,
    reading: CalendarReading,
    /** Its file’s name, kept with the version. */
    file: string,
  ): Promise<Stored>;
}

export interface Stored {
  readonly closed: readonly string[];
  readonly opened: readonly string[];
  /** False: the file says the same school days as before. */
  readonly changed: boolean;
  /** Open cases told. */
  readonly told: number;
}
