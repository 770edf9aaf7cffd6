/** Ed-Fi XML, InterchangeStudentAttendance: one StudentSchoolAttendanceEvent is one row. Any version of the standard. */
import type { RawAttendanceRow, RowFault } from '../../domain/attendance-intake.ts';
import { normalCode } from '../../domain/attendance-codes.ts';
import { InputFault } from '../../domain/refusal.ts';
import { DATE_FORMS, readDate } from '../dates.ts';
import {
  descriptorOf,
  findNode,
  referenced,
  xmlRecords,
  xmlSeen,
  child,
  type XmlNode,
} from '../xml-stream.ts';
import { readFraction, readMinutes, RowError } from './row-values.ts';
import type { AttendanceItem, AttendanceFileSeen } from './read-attendance.ts';

const EVENTS = new Set(['StudentSchoolAttendanceEvent']);
/** Attendance of class periods: many rows a day, no statement about the day; counted and left out. */
const SECTION_EVENT = 'StudentSectionAttendanceEvent';
/** Categories that mean nothing without their reason. */
const NEEDS_REASON = new Set(['partial', 'absence', 'absent']);

export async function* readEdfiAttendance(
  text: AsyncIterable<string>,
  file: string,
  seen: AttendanceFileSeen,
): AsyncGenerator<AttendanceItem> {
  const xml = xmlSeen();
  let events = 0;
  for await (const event of xmlRecords(text, EVENTS, file, xml)) {
    events += 1;
    yield readEvent(event, file);
  }
  const sections = xml.others.get(SECTION_EVENT) ?? 0;
  if (sections > 0) {
    seen.notes.push(
      `${file}: ${sections} attendance events of class periods are left out: only events of the whole school day are read`,
    );
  }
  if (events === 0 && sections === 0 && xml.root !== 'InterchangeStudentAttendance') {
    throw new InputFault(
      'BAD_FORMAT',
      `holds no StudentSchoolAttendanceEvent (its root is ${xml.root?.slice(0, 60) ?? 'missing'}); give the file of Ed-Fi's InterchangeStudentAttendance`,
      file,
    );
  }
}

function readEvent(event: XmlNode, file: string): RawAttendanceRow | RowFault {
  const { line } = event;
  try {
    const student = referenced(child(event, 'StudentReference'), 'StudentUniqueId');
    if (!student) throw new RowError('NO_STUDENT', 'no StudentUniqueId: the event names no student');
    const date = readDate(findNode(event, 'EventDate')?.text ?? '');
    if (!date) throw new RowError('BAD_DATE', `EventDate is missing or no date; ${DATE_FORMS}`);
    const code = codeOf(event);
    if (!code)
      throw new RowError('NO_CODE', 'no AttendanceEventCategory: the event does not say what happened');
    const reason = descriptorOf(findNode(event, 'AttendanceEventReason'));
    const duration = findNode(event, 'EventDuration')?.text;
    const minutes = findNode(event, 'SchoolAttendanceDuration')?.text;
    return {
      student,
      school:
        referenced(child(event, 'SchoolReference'), 'SchoolId') ?? findNode(event, 'SchoolId')?.text ?? '',
      date,
      code,
      ...(reason === undefined ? {} : { reason }),
      fraction: duration ? readFraction(duration, 'EventDuration') : null,
      ...(minutes ? { minutes: readMinutes(minutes, 'SchoolAttendanceDuration') } : {}),
      file,
      line,
    };
  } catch (error) {
    if (error instanceof RowError) return { file, line, code: error.code, message: error.message };
    throw error;
  }
}

/** The category's value, with the reason where the category alone says too little: `Partial: Absent excused`. */
function codeOf(event: XmlNode): string | undefined {
  const category = descriptorOf(findNode(event, 'AttendanceEventCategory'));
  if (!category || !NEEDS_REASON.has(normalCode(category))) return category;
  const reason = descriptorOf(findNode(event, 'AttendanceEventReason'));
  return reason === undefined ? category : `${category}: ${reason}`;
}
