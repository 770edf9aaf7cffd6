/**
 * Papers an officer takes along, drawn from the records when asked for: the 20-Day Monitor contract to be signed, and the note
 * for a door. One copy for each home that may have it; nobody under a no-contact order is named or gets one.
 */
import { addSchoolDays, indexCalendar } from '../../domain/calendar.ts';
import type { CallState } from '../../domain/calls/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { localOf } from '../../domain/office-clock.ts';
import { chooseRecipients, type Addressee } from '../../domain/recipients.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { asRecipient } from '../../db/stores/guardians.ts';
import { departmentFacts } from '../../letters/department-letter.ts';
import {
  doorNoteLetter,
  monitorContractLetter,
  type DepartmentFacts,
} from '../../letters/department-letters.ts';
import { renderPdf, type RenderedLetter } from '../../templates/index.ts';
import { letterhead } from '../../letters/logo.ts';
import { mergeKept } from '../../templates/pdf/kept-pages.ts';
import { Refused } from '../failures.ts';
import { officeClock } from '../office-clock.ts';
import { callFor } from './calls.ts';
import { allow, audited, callPolicyOf, officeOf, type Call } from './context.ts';
import { monitorFor } from './monitors.ts';
import { calendarOfStudent } from './opening.ts';

/** School days a family has to answer a note at the door. */
const ANSWER_WITHIN = 2;

export async function monitorContractPdf(call: Call, number: string): Promise<Uint8Array> {
  allow(call, 'monitor.read');
  const { row, student } = await monitorFor(call, call.db, number);
  const { monitor } = await callPolicyOf(call, call.db);
  const { startsOn, stopsOn } = row;
  if (startsOn === null || stopsOn === null) {
    throw new Refused(
      refusal('STOP_DATE_UNKNOWN', 'The contract states its stop date, and the calendar does not reach it.'),
    );
  }
  const facts = await factsOf(call, {
    number,
    studentId: student.id,
    school: row.school,
    officer: row.officer,
  });
  const terms = {
    ...{ madeOn: row.contractOn, from: startsOn, to: stopsOn, schoolDays: monitor.schoolDays },
    unexplainedDays: monitor.unexplainedAukAfterSchoolDays,
  };
  await audited(call.db, call, 'letter.drawn', `monitor ${number}`, { kind: 'monitor-contract' });
  return allCopies(call.db, facts, (addressee) => monitorContractLetter(facts, addressee, terms));
}

export async function doorNotePdf(
  call: Call,
  number: string,
  given: { readonly date?: IsoDate | undefined; readonly time?: string | undefined } = {},
): Promise<Uint8Array> {
  allow(call, 'call.work');
  const row = await callFor(call, call.db, number);
  if (row.studentId === null || row.school === null) {
    throw new Refused(refusal('STUDENT_NOT_KNOWN', 'Nobody has said yet who the student of this call is.'));
  }
  const facts = await factsOf(call, {
    ...{ number, studentId: row.studentId, school: row.school, officer: row.officer },
  });
  const came = (row.projection as CallState | null)?.visits.findLast((one) => one.arrivedAt !== null);
  const office = await officeOf(call.db);
  const clock = officeClock(office, facts.today);
  // Before the visit it is drawn for now: the officer takes it along.
  const at = localOf(clock, came?.arrivedAt ? Date.parse(came.arrivedAt) : Date.now());
  const visit = { date: given.date ?? at.date, time: given.time ?? at.time };
  const { calendar } = await calendarOfStudent(call.db, row.studentId, row.school);
  const respondBy = addSchoolDays(indexCalendar(calendar), visit.date, ANSWER_WITHIN);
  if (respondBy === undefined) {
    throw new Refused(
      refusal(
        'CALENDAR_ENDS',
        'The school’s calendar ends before the day by which the family is asked to call.',
      ),
    );
  }
  await audited(call.db, call, 'letter.drawn', `call ${number}`, { kind: 'door-note' });
  return allCopies(call.db, facts, (addressee) => doorNoteLetter(facts, addressee, visit, respondBy));
}

async function factsOf(
  call: Call,
  of: {
    readonly number: string;
    readonly studentId: number;
    readonly school: string;
    readonly officer: string | null;
  },
): Promise<DepartmentFacts> {
  const facts = await departmentFacts(call.db, of);
  if (facts) return facts;
  throw new Refused(
    refusal('OFFICE_NOT_READY', 'The office has no letterhead yet; an administrator sets it.'),
  );
}

async function allCopies(
  db: Db,
  facts: DepartmentFacts,
  letterFor: (addressee: Addressee) => RenderedLetter,
): Promise<Uint8Array> {
  const { student, guardians, today } = facts;
  const recipients = chooseRecipients(
    { birthDate: student.birthDate },
    guardians.map(asRecipient),
    today,
    'print',
  );
  if (!recipients.ok) {
    throw new Refused(
      refusal(
        recipients.code,
        'The records know nobody who may get this letter; set the contacts right first.',
      ),
    );
  }
  const print = await letterhead(db);
  const copies: Uint8Array[] = [];
  for (const addressee of recipients.addressees) {
    copies.push(await renderPdf(letterFor(addressee), print));
  }
  return (await mergeKept(copies, { duplex: true })).pdf;
}
