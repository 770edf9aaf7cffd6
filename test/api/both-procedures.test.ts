/**
 * One office that does both: its policy holds ladder and service calls. An officer's visit counts as an intervention and a
 * letter that came back opens an address verification where the policy says so; nothing else crosses.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { cases, guardians } from '../../db/schema/index.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { keepPolicy } from '../../db/stores/policies.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { loadOfficePolicy, readPolicy } from '../../policies/load.ts';
import { policyRecord } from '../../policies/versions.ts';
import { callAtTheDesk, startDepartment, type Department } from '../support/department.ts';
import { CLERK } from '../support/office-records.ts';
import { queuedPrint } from '../support/queued-print.ts';

let dept: Department;
beforeAll(async () => {
  dept = await startDepartment({ policy: 'roe53', prepare: (db) => uses(db, 'both', true) });
}, 180_000);
afterAll(() => dept.stop(), 60_000);
beforeEach(() => dept.empty());

/** The ladder of one office and the service calls of the other in one policy, its two crossings on or off. */
async function uses(db: Database, version: string, crosses: boolean): Promise<void> {
  const [ladder, calls] = [
    await loadOfficePolicy('roe53'),
    await loadOfficePolicy('intervention-department'),
  ];
  const section = calls.text.slice(calls.text.indexOf('serviceCalls:'), calls.text.indexOf('\ncoverage:'));
  const text = `${ladder.text}\n${section}\n`
    .replace(/^version: .*$/m, `version: '${version}'`)
    .replace('asksAddressVerification: false', `asksAddressVerification: ${crosses}`)
    .replace('countsAsIntervention: false', `countsAsIntervention: ${crosses}`);
  const reading = readPolicy(text);
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  const { file, policy } = reading;
  await keepPolicy(db, policyRecord({ file, policy, text }), CLERK);
  await updateOffice(db, { policyName: policy.name, policyVersion: policy.version });
}

const refusal = (student: string) => ({
  ...{ kind: 'true-refusal', caller: 'school', student },
  ...{ parentCalled: { time: '08:05' }, parentHome: true },
});
const interventions = async (student: string) =>
  (await dept.get(`/v1/interventions?student=${student}`))['interventions'];

/** A letter to the student's home that went by post. */
async function posted(student: string): Promise<string> {
  const address = {
    ...{ lines: [`${student} Court Street`], city: 'Pekin', state: 'IL', postalCode: '61554' },
  };
  const key = await queuedPrint(dept.db, student, 'Mara Testchild', address);
  const office = (await dept.get('/v1/office'))['policyVersion'];
  await dept.db.update(cases).set({ policyVersion: String(office) });
  await dept.post(`/v1/notices/${encodeURIComponent(key)}/posted`, { on: '2025-10-15' });
  return key;
}

describe('an officer’s home visit', () => {
  it('counts as an intervention of the day it was made, once', async () => {
    await dept.onDuty();
    const call = callAtTheDesk(dept, await dept.open(refusal('1001')));
    await call.untilStage('offered');
    await call.done('accept');
    await call.done('start');
    await call.done('arrive');
    const visit = { step: 'home-visit', note: 'Spoke with the mother at the door.', id: 'visit-1' };
    const answer = await call.done('steps', visit);
    expect(answer['intervention']).toMatch(/^C-\d{6}$/);
    expect((await call.done('steps', visit))['intervention']).toBe(answer['intervention']);
    await call.done('leave');
    for (const step of ['ask-ct', 'log-note', 'consider-monitor', 'connect-counselor']) {
      await call.done('waive', { step, reason: 'a story of something else' });
    }
    await call.done('close', { outcome: 'refused' });
    expect(await interventions('1001')).toMatchObject([
      {
        ...{ kind: 'home-visit', date: '2025-10-15', by: `Attendance Officer ${dept.officer}` },
        ...{ outcome: 'Spoke with the mother at the door.', proof: `service call ${call.number}` },
      },
    ]);
  });

  it('that only looks at an address does not; nor does any where the policy does not say so', async () => {
    await dept.onDuty();
    const look = { kind: 'address-verification', caller: 'school', student: '1002', reason: 'audit' };
    const looked = callAtTheDesk(dept, await dept.open(look));
    await dept.day('2025-10-16');
    await looked.goThere('home-visit', 'The name is on the bell.');
    await uses(dept.db, 'both-apart', false);
    const call = callAtTheDesk(dept, await dept.open({ ...refusal('1002') }));
    await call.goThere('home-visit', 'The student went along.');
    expect(await interventions('1002')).toEqual([]);
    await uses(dept.db, 'both', true);
  });
});

describe('a letter that came back as undeliverable', () => {
  const back = { outcome: 'undeliverable', on: '2025-10-15' };
  it('opens an address verification, once, and marks the address', async () => {
    const key = await posted('1002');
    const done = await dept.post(`/v1/notices/${encodeURIComponent(key)}/proof`, back);
    expect(done).toMatchObject({ addressMarked: true, verification: true });
    const call = callAtTheDesk(dept, String(done['call']));
    await call.untilStage('planned');
    expect(await call.shown()).toMatchObject({
      ...{ kind: 'address-verification', student: '1002', school: 'PEKIN-HS' },
      address: { lines: ['1002 Court Street'] },
      intake: { reason: 'returned-mail', letter: key },
      conditions: [{ code: 'reason', standing: 'shown' }, { code: 'address' }],
    });
    const kinds = (await listTasks(dept.db, { caseNumber: key.split('/')[0] ?? '' })).map((one) => one.kind);
    expect(kinds).toEqual(['returned-mail']);
  });
});

describe('an address that is not confirmed', () => {
  it('is marked: no letter goes there until it changes', async () => {
    await dept.onDuty();
    const call = callAtTheDesk(
      dept,
      await dept.open({
        ...{ kind: 'address-verification', caller: 'school', student: '1001', reason: 'audit' },
      }),
    );
    await dept.day('2025-10-17');
    await call.goThere('home-visit', 'Nobody of that name lives there.');
    await call.done('steps', { step: 'report-findings', result: 'address-not-confirmed' });
    const marked = async () => {
      const all = await dept.db.select().from(guardians);
      return all.filter((one) => one.addressBadSince !== null).map((one) => one.sourceId);
    };
    // The mother who lives there by the records; nobody of another address.
    await expect.poll(marked).toContain('g-1');
    expect(await marked()).not.toContain('g-3');
  });
});
