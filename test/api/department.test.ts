/** An installation of the Intervention Department: shared doors work there, those of the ladder do not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsOf, ladderOf } from '../../domain/office-policy.ts';
import { outbox } from '../../db/schema/index.ts';
import { loadOfficePolicy, loadPolicy, readPolicy } from '../../policies/load.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let department: TestOffice;
beforeAll(async () => {
  postgres = await startPostgres();
  department = await testOffice(await postgres.freshDatabase(), { policy: 'intervention-department' });
  await settle(department);
});
afterAll(async () => {
  await department.close();
  await postgres.stop();
});

describe('the Intervention Department', () => {
  it('is an office of its own, with its own letterhead and nothing of Illinois', async () => {
    const { body, text } = await department.ask('GET', '/v1/office');
    expect(body).toMatchObject({
      code: 'intervention',
      policy: 'intervention-department',
      profile: { name: 'Intervention Department (practice)', stateAttorneys: {} },
    });
    expect(text).not.toMatch(/Regional Office|Illinois|ILCS|, IL /);
  });

  it('takes places, people, calendars and attendance, and opens and tells no case', async () => {
    const answer = await department.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/ic',
      format: 'infinite-campus',
      rows: [
        { line: 2, student: '1001', school: 'PEKIN-HS', date: '2025-10-14', code: 'AUK' },
        { line: 3, student: '1001', school: 'PEKIN-HS', date: '2025-10-15', code: 'CT' },
      ],
      covers: { from: '2025-10-14', to: '2025-10-15' },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ marks: { new: 2 }, told: [] });
    expect(await department.db.select().from(outbox)).toEqual([]);
    expect((await department.ask('GET', '/v1/students/1001')).status).toBe(200);
  });

  it('has no ladder: each of its doors says so, with one code', async () => {
    const doors = ['/v1/cases', '/v1/cases/C-000001', '/v1/caseloads', '/v1/interventions?student=1001'];
    for (const url of doors) {
      const { body } = await department.ask('GET', url);
      expect(body, url).toMatchObject({ status: 409, code: 'OFFICE_HAS_NO_LADDER' });
    }
    const counted = await department.ask('GET', '/v1/attendance/explain?student=1001&asOf=2025-10-15');
    expect(counted.body).toMatchObject({ status: 409, code: 'OFFICE_HAS_NO_LADDER' });
  });
});

describe('a policy of service calls', () => {
  it('is read from its file, with the page’s checklists and no ladder', async () => {
    const { policy } = await loadOfficePolicy('intervention-department');
    expect(ladderOf(policy)).toBeNull();
    const steps = (kind: 'mia-visit' | 'address-verification' | 'police-transport') =>
      callsOf(policy)?.kinds[kind].checklist.map((step) => step.code);
    expect(steps('police-transport')).toEqual([
      'transport',
      'ask-ct',
      'log-note',
      'consider-monitor',
      'connect-counselor',
    ]);
    expect(steps('mia-visit')).toEqual([
      'verify-auk',
      'verify-attempts',
      'home-visit',
      'log-note',
      'consider-monitor',
      'connect-counselor',
    ]);
    expect(steps('address-verification')).toEqual(['home-visit', 'report-findings', 'log-note']);
  });

  it('is none for a count or a rehearsal of the ladder', async () => {
    await expect(loadPolicy('intervention-department')).rejects.toThrow(/has no ladder/);
  });

  it('may stand beside a ladder, where one office does both', async () => {
    const [both, calls] = [await loadPolicy('roe53'), await loadOfficePolicy('intervention-department')];
    const section = calls.text.slice(calls.text.indexOf('serviceCalls:'), calls.text.indexOf('\ncoverage:'));
    const reading = readPolicy(`${both.text}\n${section}\n`);
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    expect(callsOf(reading.policy)).toEqual(callsOf(calls.policy));
    expect(ladderOf(reading.policy)).toEqual(both.policy);
  });

  it('with a fault names line and field', async () => {
    const { text } = await loadOfficePolicy('intervention-department');
    const reading = readPolicy(text.replace('consecutiveDays: 5', 'consecutiveDays: none'));
    expect(reading).toMatchObject({
      ok: false,
      faults: [{ field: 'serviceCalls.gates.mia.consecutiveDays' }],
    });
    if (!reading.ok) expect(reading.faults[0]?.line).toBeGreaterThan(50);
  });
});
