export {
  DEFAULT_DAY_MINUTES,
  guessAttendanceFormat,
  isFault,
  readAttendance,
  type AttendanceFileSeen,
  type AttendanceItem,
  type ReadAttendanceOptions,
} from './read-attendance.ts';
export {
  CODE_MAPS,
  CSV_CODES,
  EDFI_CODES,
  INFINITE_CAMPUS_CODES,
  type AttendanceFormat,
} from './code-maps.ts';
