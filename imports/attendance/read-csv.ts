/** Attendance as CSV, one row a mark (or one a class period), under the column names student systems use. */
import type { RawAttendanceRow, RowFault } from '../../domain/attendance-intake.ts';
import { csvRows, type CsvColumns, type CsvRow } from '../csv-stream.ts';
import { DATE_FORMS, readDate } from '../dates.ts';
import { readFraction, readMinutes, readNumber, RowError, shown } from './row-values.ts';

type Field =
  | 'student'
  | 'school'
  | 'date'
  | 'code'
  | 'status'
  | 'excuse'
  | 'reason'
  | 'fraction'
  | 'minutes'
  | 'dayMinutes'
  | 'periodsMissed'
  | 'periodsTotal'
  | 'period';

/** Aliases in order of preference, compared without case, blanks and punctuation. */
const COLUMNS: CsvColumns<Field> = {
  student: [
    'student',
    'student_id',
    'studentNumber',
    'sis_id',
    'student_number',
    'stu_id',
    'student_unique_id',
    'userSourcedId',
    'studentSourcedId',
    'person_id',
    'local_student_id',
    'pupil_id',
  ],
  school: [
    'school',
    'school_id',
    'school_code',
    'schoolNumber',
    'school_sis_id',
    'orgSourcedId',
    'building',
    'campus',
    'school_name',
  ],
  date: ['date', 'attendance_date', 'event_date', 'absence_date', 'day', 'att_date', 'calendar_date'],
  code: [
    'code',
    'attendance_code',
    'att_code',
    'absence_code',
    'category',
    'attendance_category',
    'attendance_type',
    'type',
    'mark',
    'event',
  ],
  status: ['status', 'attendance_status'],
  excuse: ['excuse', 'excuse_code', 'excuse_type'],
  reason: ['reason', 'absence_reason', 'comment', 'comments', 'description', 'note'],
  fraction: [
    'fraction',
    'days',
    'duration',
    'day_fraction',
    'days_absent',
    'absence_value',
    'day_value',
    'portion',
    'event_duration',
    'amount',
  ],
  minutes: ['minutes', 'minutes_missed', 'minutes_absent', 'absent_minutes', 'mins'],
  dayMinutes: ['day_minutes', 'minutes_total', 'minutes_possible', 'total_minutes', 'scheduled_minutes'],
  periodsMissed: ['periods_missed', 'periods_absent', 'absent_periods'],
  periodsTotal: [
    'periods_total',
    'total_periods',
    'periods_possible',
    'periods_scheduled',
    'periods_enrolled',
  ],
  period: ['period', 'period_name', 'period_number'],
};

const REQUIRED: readonly (readonly Field[])[] = [['student'], ['date'], ['code', 'status']];

export async function* readCsvAttendance(
  text: AsyncIterable<string>,
  file: string,
): AsyncGenerator<RawAttendanceRow | RowFault> {
  for await (const row of csvRows(text, { columns: COLUMNS, required: REQUIRED, file })) {
    yield readRow(row, file);
  }
}

function readRow(row: CsvRow<Field>, file: string): RawAttendanceRow | RowFault {
  const { line } = row;
  try {
    if (row.surplus > 0) {
      throw new RowError(
        'BAD_ROW',
        'more cells than columns: put a cell that holds the separator between quotation marks',
      );
    }
    const student = row.get('student');
    if (!student) throw new RowError('NO_STUDENT', 'no student number');
    const date = readDate(row.get('date'));
    if (!date) throw new RowError('BAD_DATE', `date: ${shown(row.get('date'))} is no date; ${DATE_FORMS}`);
    const code = codeOf(row);
    if (!code) throw new RowError('NO_CODE', 'no attendance code');
    const reason = row.get('reason');
    const period = row.get('period');
    return {
      student,
      school: row.get('school'),
      date,
      code,
      ...(reason ? { reason } : {}),
      ...missed(row),
      ...(period ? { period } : {}),
      file,
      line,
    };
  } catch (error) {
    if (error instanceof RowError) return { file, line, code: error.code, message: error.message };
    throw error;
  }
}

/** The code column; where there is none, status and excuse as Infinite Campus writes them: `A/U`. */
function codeOf(row: CsvRow<Field>): string {
  const code = row.get('code');
  if (code) return code;
  const status = row.get('status');
  const excuse = row.get('excuse');
  return status && excuse ? `${status}/${excuse}` : status;
}

function missed(row: CsvRow<Field>): Pick<RawAttendanceRow, 'fraction' | 'minutes' | 'dayMinutes'> {
  const fraction = row.get('fraction');
  if (fraction) return { fraction: readFraction(fraction, 'fraction') };
  const periodsMissed = row.get('periodsMissed');
  if (periodsMissed) {
    const total = readNumber(row.get('periodsTotal') || '0', 'periods_total');
    if (!(total > 0))
      throw new RowError('BAD_FRACTION', 'periods missed without periods_total: of how many?');
    return {
      fraction: readFraction(
        `${readNumber(periodsMissed, 'periods_missed') / total}`,
        'periods_missed over periods_total',
      ),
    };
  }
  const minutes = row.get('minutes');
  if (!minutes) return { fraction: null };
  const dayMinutes = row.get('dayMinutes');
  return {
    fraction: null,
    minutes: readMinutes(minutes, 'minutes'),
    ...(dayMinutes ? { dayMinutes: readMinutes(dayMinutes, 'day_minutes') } : {}),
  };
}
