/** Days that letters name, where a Saturday is made up: school that day, and nobody at the office's desk. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDeliveryActivities } from '../../activities/delivery-activities.ts';
import type { OutgoingMail } from '../../activities/smtp.ts';
import { addMakeUpDay, closeDay } from '../../domain/calendar-changes.ts';
import type { Database } from '../../db/connect.ts';
import { saveCalendar } from '../../db/stores/calendars.ts';
import { caseOnRecord, officeOfLetters } from '../support/case-on-record.ts';
import { CLERK, guardian } from '../support/office-records.ts';
import { TWO_YEARS } from '../support/paper-case.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  await officeOfLetters(db);
  // Five school days after Wed 15 January, and seven after the referral of Tue 14, are Sat 25 January.
  const calendar = ['2025-01-21', '2025-01-22'].reduce(closeDay, addMakeUpDay(TWO_YEARS, '2025-01-25'));
  await saveCalendar(db, { kind: 'school', code: 'NORTH-HS' }, calendar, {
    ...CLERK,
    source: 'test',
    reason: 'snow, made up on a Saturday',
  });
}, 180_000);
afterAll(() => postgres.stop());

it('a notice asks for an answer on a weekday, though the fifth school day is a Saturday', async () => {
  const mails: OutgoingMail[] = [];
  const letter = await caseOnRecord(db, {
    student: { sisId: '1' },
    guardians: [guardian('G1', '1', { email: 'one@family.example' })],
  });
  const activities = createDeliveryActivities({
    db,
    mailIsCaught: true,
    mailer: {
      async send(mail, onData) {
        await onData();
        mails.push(mail);
        return { kind: 'accepted', response: '250 ok' };
      },
    },
  });
  const run = <T>(work: () => Promise<T>) => new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  const plan = await run(() => activities.planLetter(letter));
  if (plan.status !== 'leaving') throw new Error(plan.status);
  for (const { addressee } of plan.notices) await run(() => activities.sendNotice(letter, addressee));
  const text = mails[0]!.text.replaceAll(/\s+/g, ' ');
  expect(text).toContain('Monday, January 27, 2025');
  expect(text).not.toContain('Saturday');
});
