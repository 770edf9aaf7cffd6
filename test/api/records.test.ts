/** Records through the API, up to the messages for the cases: codes, coverage, corrections, calendars, access. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS, ROLES, mayDo } from '../../domain/access.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { readAudit } from '../../db/stores/audit.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let office: TestOffice;

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
  await office.ask('POST', '/v1/interventions', call('2025-10-01'));
});
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

const rows = (...list: [student: string, date: string, code: string][]) =>
  list.map(([student, date, code]) => ({ student, school: '17', date, code, fraction: 1 }));

/** The facts the case has been told, after its start and first intervention. */
async function told(caseNumber = 'C-000001') {
  return (await outboxOf(office.db, caseNumber))
    .slice(2)
    .map((row) => row.payload as Record<string, unknown>);
}

describe('an attendance import', () => {
  it('tells each open case once, with the days that changed and nothing else', async () => {
    const { body } = await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: rows(['1001', '2025-10-06', 'UNX'], ['1001', '2025-10-07', 'UNX'], ['1002', '2025-10-07', 'UNX']),
      covers: { from: '2025-10-01', to: '2025-10-10' },
    });
    expect(body).toMatchObject({ marks: { new: 3 }, told: ['C-000001'] });
    expect(await told()).toMatchObject([
      {
        type: 'attendance',
        officeDate: '2025-10-15',
        coverage: [{ from: '2025-10-01', to: '2025-10-10' }],
        days: [
          { date: '2025-10-06', fraction: 1, code: 'UNX', school: 'PEKIN-HS' },
          { date: '2025-10-07', fraction: 1 },
        ],
      },
    ]);
  });

  it('again, shuffled, changes nothing and tells nobody', async () => {
    const { body } = await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: rows(['1002', '2025-10-07', 'UNX'], ['1001', '2025-10-07', 'UNX'], ['1001', '2025-10-06', 'UNX']),
    });
    expect(body).toMatchObject({ marks: { new: 0, changed: 0, unchanged: 3 }, told: [] });
  });

  it('lists what it leaves out, with lines: unknown students and schools, days that have not come', async () => {
    const { body } = await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: [
        ...rows(['9999', '2025-10-06', 'UNX'], ['1001', '2025-10-20', 'UNX']),
        { student: '1001', school: 'NOWHERE', date: '2025-10-08', code: 'UNX', fraction: 1 },
      ],
    });
    expect(body).toMatchObject({
      marks: { new: 0 },
      refused: [
        { line: 2, reason: 'future-date' },
        { line: 3, reason: 'unknown-school' },
      ],
      report: { issues: [{ kind: 'unknown-student', line: 1 }] },
    });
  });

  it('looked at only, stores nothing', async () => {
    const before = await told();
    const { body } = await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: rows(['1001', '2025-10-09', 'UNX']),
      dryRun: true,
    });
    expect(body).toMatchObject({ dryRun: true, importId: null, marks: { new: 1 } });
    expect(await told()).toEqual(before);
    expect((await office.ask('GET', '/v1/attendance/explain?student=1001')).body).toMatchObject({
      count: { unexcusedDays: 2 },
    });
  });

  it('with one bad field is refused whole, naming it', async () => {
    const { status, body } = await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: rows(['1001', '2025-10-09', 'UNX'], ['1001', 'yesterday', 'UNX']),
    });
    expect([status, body['code']]).toEqual([400, 'BAD_INPUT']);
    expect(body['errors']).toMatchObject([{ place: 'body.rows.1.date' }]);
  });

  it('takes nothing of another school from somebody kept to one', async () => {
    const east = await office.person('school', ['EAST-HS']);
    const { body } = await office.ask(
      'POST',
      '/v1/attendance/imports',
      { source: 'PEKIN-303/sis', rows: rows(['1001', '2025-10-09', 'UNX']) },
      east,
    );
    expect(body).toMatchObject({ marks: { new: 0 }, refused: [{ reason: 'unknown-school' }] });
  });
});

describe('a code nobody has mapped', () => {
  it('does not count; once mapped, its marks do, and the case is told', async () => {
    const imported = await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: rows(['1001', '2025-10-08', 'ZZ9']),
    });
    expect(imported.body).toMatchObject({ told: [], report: { counts: { 'unknown-code': 1 } } });
    const mapped = await office.ask('PUT', '/v1/attendance/codes', {
      source: 'PEKIN-303/sis',
      code: 'zz9',
      category: 'unexcused',
    });
    expect(mapped.body).toMatchObject({ changed: true, students: 1, told: ['C-000001'] });
    expect((await office.ask('GET', '/v1/attendance/explain?student=1001')).body).toMatchObject({
      count: { unexcusedDays: 3 },
    });
  });
});

describe('one mark by hand', () => {
  it('corrected, takes its part back from the count; the earlier version stays', async () => {
    const { body } = await office.ask('POST', '/v1/absences/correct', {
      student: '1001',
      date: '2025-10-08',
      code: 'unexcused',
      fraction: 0.5,
      reason: 'came at noon',
    });
    expect(body).toMatchObject({
      changed: true,
      marks: [{ fraction: 0.5, revision: 2 }],
      told: ['C-000001'],
    });
  });

  it('is not added where there is one already', async () => {
    const { status, body } = await office.ask('POST', '/v1/absences', {
      student: '1001',
      date: '2025-10-08',
      code: 'unexcused',
    });
    expect([status, body['code']]).toEqual([409, 'MARK_EXISTS']);
  });
});

describe('"no absences that day"', () => {
  it('makes the day known, joining what was known before across days without school', async () => {
    const { body } = await office.ask('POST', '/v1/attendance/none', {
      school: 'PEKIN-HS',
      date: '2025-10-14',
    });
    expect(body).toMatchObject({ knownUpTo: '2025-10-14' });
    // 11 and 12 October are a weekend, the 13th is Columbus Day.
    const school = await office.ask('GET', '/v1/schools/PEKIN-HS');
    expect(school.body['coverage']).toEqual([{ from: '2025-10-01', to: '2025-10-14' }]);
  });
});

describe('a snow day', () => {
  it('for the district closes each of its schools and tells each case the calendar of its own student', async () => {
    const { body } = await office.ask('POST', '/v1/calendar/close', {
      district: 'PEKIN-303',
      date: '2025-12-11',
      reason: 'snow',
    });
    expect(body).toMatchObject({ closed: ['2025-12-11'], told: 1 });
    expect((await told()).at(-1)).toMatchObject({
      type: 'calendar',
      version: 2,
      because: 'closed 1 day: Thu 11 Dec 2025 (snow)',
    });
    const again = await office.ask('POST', '/v1/calendar/close', {
      school: 'EAST-HS',
      date: '2025-12-11',
      reason: 'snow',
    });
    expect([again.status, again.body['code']]).toEqual([409, 'NO_SCHOOL_THAT_DAY']);
  });

  it('the same calendar file again makes no new version', async () => {
    const kept = await office.ask('GET', '/v1/schools/PEKIN-HS/calendar');
    const { body } = await office.ask('PUT', '/v1/schools/PEKIN-HS/calendar', {
      calendar: kept.body['calendar'],
      source: 'again',
    });
    expect(body).toMatchObject({ version: kept.body['version'], told: 0 });
  });
});

describe('access', () => {
  it('a revoked key, an ended access and a made-up key all look alike', async () => {
    const added = await office.ask('POST', '/v1/users', {
      name: 'Clerk',
      role: 'school',
      schools: ['PEKIN-HS'],
    });
    const { user, key } = added.body as { user: { id: string }; key: { key: string; prefix: string } };
    expect((await office.ask('GET', '/v1/whoami', undefined, key.key)).body).toMatchObject({
      role: 'school',
    });
    await office.ask('POST', `/v1/keys/${key.prefix}/revoke`);
    const revoked = await office.ask('GET', '/v1/whoami', undefined, key.key);
    const second = await office.ask('POST', `/v1/users/${user.id}/keys`, {});
    await office.ask('POST', `/v1/users/${user.id}/end`);
    const ended = await office.ask('GET', '/v1/whoami', undefined, String(second.body['key']));
    const madeUp = await office.ask('GET', '/v1/whoami', undefined, 'tc_000000000000_00');
    expect([revoked.status, ended.text, madeUp.text]).toEqual([401, revoked.text, revoked.text]);
  });

  it('each role does what its work needs and no more', () => {
    const may = (role: string) => OPERATIONS.filter((one) => mayDo(role, one));
    expect(may('school')).not.toContain('notice.settle');
    expect(may('case-manager')).toContain('court.refer');
    expect(may('case-manager')).not.toContain('order.issue');
    expect(may('regional-superintendent')).toContain('order.issue');
    expect(may('dispatcher')).toEqual(expect.arrayContaining(['officer.manage', 'officer.phone']));
    expect(may('attendance-officer')).toContain('officer.read');
    expect(may('attendance-officer').filter((one) => /officer\.(manage|phone)/.test(one))).toEqual([]);
    expect(may('school').filter((one) => one.startsWith('officer.'))).toEqual([]);
    expect(may('nobody')).toEqual([]);
    for (const role of ROLES) expect(may(role).includes('access.manage')).toBe(role === 'administrator');
  });

  it('a school clerk schedules no hearing', async () => {
    const clerk = await office.person('school', ['PEKIN-HS']);
    const { status } = await office.ask(
      'POST',
      '/v1/cases/C-000001/hearings',
      { date: '2025-11-20', time: '09:30', place: 'room 2' },
      clerk,
    );
    expect(status).toBe(403);
  });

  it('each reading of a child’s record is on the audit trail, without a name', async () => {
    await office.ask('GET', '/v1/students/1001');
    const entries = await readAudit(office.db, { limit: 500 });
    expect(entries.some((entry) => entry.action === 'student.read')).toBe(true);
    expect(JSON.stringify(entries)).not.toMatch(/Testchild|Ada|mara@/);
  });
});
