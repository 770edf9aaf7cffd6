/** Reads attendance files of any known format as a stream of rows and faults: the door of all attendance from files. */
import type { RawAttendanceRow, RowFault } from '../../domain/attendance-intake.ts';
import { inputName, openText, peekText, type TextInput } from '../text-stream.ts';
import type { AttendanceFormat } from './code-maps.ts';
import { readCsvAttendance } from './read-csv.ts';
import { readEdfiAttendance } from './read-edfi.ts';

export type AttendanceItem = RawAttendanceRow | RowFault;

/** What a reader noticed about a file as a whole; filled while it is read. */
export interface AttendanceFileSeen {
  readonly notes: string[];
}

export interface ReadAttendanceOptions {
  readonly format: AttendanceFormat;
  /** How reports name the input; by default the file's own name. */
  readonly source?: string | undefined;
  readonly seen?: AttendanceFileSeen | undefined;
}

/** Minutes of a school day where nobody says (6.5 hours); `--day-minutes` and policies set their own. */
export const DEFAULT_DAY_MINUTES = 390;

/**
 * Streams a file (or upload) row by row; memory does not grow with it. A row that cannot be read comes as a fault and the
 * file goes on; a file that cannot be read throws an InputFault with its line.
 */
export function readAttendance(
  input: TextInput,
  options: ReadAttendanceOptions,
): AsyncGenerator<AttendanceItem> {
  const name = inputName(input, options.source);
  const text = openText(input, name);
  return options.format === 'edfi'
    ? readEdfiAttendance(text, name, options.seen ?? { notes: [] })
    : readCsvAttendance(text, name);
}

export function isFault(item: AttendanceItem): item is RowFault {
  return 'message' in item;
}

/** `edfi` for anything that begins like XML, else `csv`; `infinite-campus` has to be named. */
export async function guessAttendanceFormat(path: string): Promise<AttendanceFormat> {
  const start = await peekText(path, inputName(path));
  return start.trimStart().startsWith('<') ? 'edfi' : 'csv';
}
