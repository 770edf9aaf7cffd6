/** An officer who does not come back: tried on a server of its own, as other tests leave its time where they got to. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messagesOfCall } from '../../db/stores/call-messages.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { station, type Station, type TestCall } from '../support/call-story.ts';

let harness: Harness;
let here: Station;
beforeAll(async () => {
  harness = await startHarness();
  here = await station(harness);
});
afterAll(() => harness.stop());
beforeEach(() => here.morning());
afterEach(() => here.empty());

const tasksOf = async (one: TestCall) =>
  (await listTasks(harness.db, { caseNumber: one.number })).map((task) => `${task.role} ${task.textCode}`);

describe('an officer who is out', () => {
  it('and does not come back is overdue: dispatcher and colleagues are alarmed', async () => {
    const [officer, colleague] = [
      await here.officer({ phone: '309-555-0177' }),
      await here.officer({ channel: 'email', reach: 'ao2@department.example' }),
    ];
    await here.onDuty(officer);
    const one = await here.open('true-refusal');
    await one.untilStage('offered');
    await here.onDuty(colleague);
    await one.ask({ type: 'accept-offer', officer });
    await one.ask({ type: 'start-visit', officer, expectedMinutes: 20 });
    await harness.env.sleep('36m');
    await one.until('visit-overdue');
    expect(await tasksOf(one)).toContain('dispatcher OFFICER_IS_OVERDUE');
    await expect
      .poll(async () =>
        (await messagesOfCall(harness.db, one.number)).map((row) => [
          row.kind,
          row.officer ?? row.function,
          row.status,
        ]),
      )
      .toContainEqual(['overdue', colleague, 'sent']);
    // Both can ring at once. The number stands in no message that is kept, the student in none at all.
    const alarms = async () => {
      const about = `Officer overdue at call ${one.number}`;
      const { store } = harness.mail;
      const mails = store.list().filter((mail) => mail.subject === about);
      return Promise.all(
        mails.map(async ({ id, to }) => [to[0], ((await store.parsed(id))?.text ?? '').replace(/\s+/g, ' ')]),
      );
    };
    const words = `Officer ${officer} is overdue from call ${one.number}. Ring 309-555-0177 now`;
    const text = expect.stringContaining(words) as string;
    await expect.poll(alarms).toEqual(
      expect.arrayContaining([
        ['ao2@department.example', text],
        ['casey@roe53.example', text],
      ]),
    );
    expect(JSON.stringify(await messagesOfCall(harness.db, one.number))).not.toContain('555-0177');
    expect(JSON.stringify(await alarms())).not.toMatch(new RegExp(`Testchild|${one.student ?? 'nobody'}\\b`));
    await one.ask({ type: 'arrive', officer });
    await one.ask({ type: 'leave', officer });
    await expect.poll(() => tasksOf(one)).not.toContain('dispatcher OFFICER_IS_OVERDUE');
    await one.ask({ type: 'cancel-call', by: 'school', reason: 'the student came by bus' });
  });
});
