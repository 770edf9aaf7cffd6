/** Contact attempts out of a school's Attendance Notes, as CSV: one row a call made. */
import { ATTEMPT_RESULTS, sameNumber, type AttemptResult } from '../domain/calls/gates.ts';
import type { IsoDate } from '../domain/dates.ts';
import { csvRows } from './csv-stream.ts';
import { DATE_FORMS, readDate } from './dates.ts';

export interface AttemptRow {
  readonly line: number;
  /** SIS number. */
  readonly student: string;
  readonly date: IsoDate;
  readonly number: string;
  readonly result: AttemptResult;
  readonly note?: string | undefined;
}

export interface RowFault {
  readonly place: string;
  readonly message: string;
}

const COLUMNS = {
  student: ['student', 'student number', 'student id', 'sis id', 'studentNumber'],
  date: ['date', 'contact date', 'call date', 'entry date'],
  number: ['number', 'phone', 'phone number', 'telephone', 'contact number'],
  result: ['result', 'outcome', 'call result', 'status'],
  note: ['note', 'notes', 'comment', 'comments'],
} as const;

/** As schools write it. */
const WORDS: Readonly<Record<string, AttemptResult>> = {
  'no answer': 'no-answer',
  na: 'no-answer',
  'left message': 'voicemail',
  lm: 'voicemail',
  'left voicemail': 'voicemail',
  vm: 'voicemail',
  'out of service': 'disconnected',
  'not in service': 'disconnected',
  'wrong number': 'wrong-number',
  'spoke with parent': 'answered-by-parent',
  'reached parent': 'answered-by-parent',
  'spoke with other': 'answered-by-other',
};

function resultOf(text: string): AttemptResult | undefined {
  const plain = text.trim().toLowerCase();
  const known = plain.replace(/\s+/g, '-');
  return ATTEMPT_RESULTS.find((one) => one === known) ?? WORDS[plain.replace(/[-_\s]+/g, ' ')];
}

/** Every row that can be read, and every fault by its line; a file with a fault is not taken in. */
export async function readContactAttempts(
  text: AsyncIterable<string>,
  file: string,
): Promise<{ readonly rows: readonly AttemptRow[]; readonly faults: readonly RowFault[] }> {
  const rows: AttemptRow[] = [];
  const faults: RowFault[] = [];
  const required = [['student'], ['date'], ['number'], ['result']] as const;
  for await (const row of csvRows(text, { columns: COLUMNS, required, file })) {
    const fault = (message: string) => faults.push({ place: `${file}:${row.line}`, message });
    const [student, number, note] = [row.get('student'), row.get('number'), row.get('note')];
    const date = readDate(row.get('date'));
    const result = resultOf(row.get('result'));
    if (student === '') fault('the student’s number is missing');
    if (date === undefined) fault(`the date cannot be read; ${DATE_FORMS}`);
    if (sameNumber(number).length < 7) fault('the telephone number is missing or too short');
    if (result === undefined) fault(`the result is none of: ${ATTEMPT_RESULTS.join(', ')}`);
    if (row.surplus > 0) fault('the row has more cells than the header; put text with commas in quotes');
    if (student !== '' && date !== undefined && result !== undefined) {
      rows.push({ line: row.line, student, date, number, result, ...(note === '' ? {} : { note }) });
    }
  }
  return { rows, faults };
}
