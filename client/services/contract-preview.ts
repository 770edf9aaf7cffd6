/** What a 20-Day Monitor contract would say and whom it would reach, before it leaves: so that a person can stop. */
import { indexCalendar } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { spanOf, type MonitorState } from '../../domain/monitor/state.ts';
import { chooseRecipients } from '../../domain/recipients.ts';
import { asRecipient, guardiansOf } from '../../db/stores/guardians.ts';
import type { Student } from '../../db/stores/students.ts';
import { allow, audited, callPolicyOf, officeOf, studentFor, todayOf, type Call } from './context.ts';
import { monitorFor, monitorRules } from './monitors.ts';
import { calendarOfStudent } from './opening.ts';
import type { Preview } from './preview.ts';

export interface ContractPreview {
  readonly student: string;
  readonly name: string;
  readonly birthDate: IsoDate | null;
  readonly startsOn: IsoDate | null;
  readonly stopsOn: IsoDate | null;
  /** Whether the office mails contracts at all; else the officer hands it over. */
  readonly mails: boolean;
  readonly to: Preview['to'];
  /** Nobody may get it, or nobody can: it would wait for a person. */
  readonly blocked: string | null;
  readonly practice: boolean;
}

/** Of a student whose monitor is about to begin, or of a monitor that runs. */
export async function contractPreview(
  call: Call,
  of: { readonly student: string } | { readonly monitor: string },
): Promise<ContractPreview> {
  allow(call, 'monitor.start');
  const { db } = call;
  const [today, office] = [await todayOf(db), await officeOf(db)];
  let student: Student;
  let span: Pick<ContractPreview, 'startsOn' | 'stopsOn'>;
  let rules = monitorRules(await callPolicyOf(call, db));
  if ('monitor' in of) {
    const found = await monitorFor(call, db, of.monitor);
    ({ student } = found);
    rules = (found.row.projection as unknown as { state: MonitorState } | null)?.state.rules ?? rules;
    span = { startsOn: found.row.startsOn, stopsOn: found.row.stopsOn };
  } else {
    student = await studentFor(call, db, of.student);
    const { calendar } = await calendarOfStudent(db, student.id, student.schools[0]);
    const { from, to } = spanOf({ contractOn: today, rules }, indexCalendar(calendar));
    span = { startsOn: from, stopsOn: to };
  }
  const adults = await guardiansOf(db, student.id);
  const recipients = chooseRecipients(
    { birthDate: student.birthDate },
    adults.map(asRecipient),
    today,
    rules.mailsContract ?? 'email-else-print',
  );
  await audited(db, call, 'letter.previewed', `student ${student.id}`, { letter: 'monitor-contract' });
  return {
    ...{ student: student.sisId, name: `${student.firstName} ${student.lastName}` },
    ...{ birthDate: student.birthDate, ...span, mails: rules.mailsContract !== undefined },
    to: !recipients.ok
      ? []
      : recipients.addressees.map(({ guardianIds, channel, language, assumed }) => {
          const readers = adults.filter((one) => guardianIds.includes(one.id));
          return {
            name: readers.map((one) => `${one.firstName} ${one.lastName}`).join(' and ') || 'the student',
            relation: readers.map((one) => one.relation).join(', ') || 'student of 18',
            ...{ channel, language, assumed },
          };
        }),
    blocked: recipients.ok ? null : recipients.code,
    practice: office.practice,
  };
}
