/** Hazard notes and the roster of officers through their doors: who writes and who reads them, and what a change sets off. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../db/stores/audit.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { insertCall, offersOf, reserveFor } from '../../db/stores/service-calls.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { settle, testOffice, TODAY, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let department: TestOffice;
let dispatcher: string;
let officer: string;
beforeAll(async () => {
  postgres = await startPostgres();
  department = await testOffice(await postgres.freshDatabase(), { policy: 'intervention-department' });
  await settle(department);
  dispatcher = await department.person('dispatcher', null);
  officer = await department.person('attendance-officer', null);
}, 120_000);
afterAll(async () => {
  await department.close();
  await postgres.stop();
});

const address = { lines: ['9 Elm Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
const note = 'loose dog in the yard';
const ask = (method: 'GET' | 'POST', url: string, body?: object, key = officer) =>
  department.ask(method, url, body, key);

describe('hazard notes', () => {
  it('are added once, listed, and retired with a reason; all of it stays on record', async () => {
    const added = await ask('POST', '/v1/hazards', { address, note });
    expect([added.status, added.body['calls']]).toEqual([201, []]);
    const again = await ask('POST', '/v1/hazards', { address, note });
    expect([again.status, again.body['added']]).toEqual([200, false]);
    const { id } = added.body;
    expect((await ask('GET', '/v1/hazards')).body).toMatchObject({
      hazards: [{ id, address: '9 Elm Street, Pekin, IL 61554', note, ended: null }],
    });
    const end = { reason: 'the dog is gone' };
    expect((await ask('POST', `/v1/hazards/${String(id)}/end`, end, dispatcher)).status).toBe(200);
    expect((await ask('GET', '/v1/hazards')).body).toEqual({ hazards: [] });
    expect((await ask('GET', '/v1/hazards?ended=true')).body).toMatchObject({ hazards: [{ ended: end }] });
    const gone = await ask('POST', `/v1/hazards/${String(id)}/end`, end);
    expect([gone.status, gone.body['code']]).toEqual([404, 'UNKNOWN_HAZARD']);
  });

  it('name either a call or an address', async () => {
    const neither = await ask('POST', '/v1/hazards', { note });
    expect([neither.status, neither.body['code']]).toEqual([400, 'ADDRESS_MISSING']);
    const unknown = await ask('POST', '/v1/hazards', { call: 'S-000099', note });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'UNKNOWN_CALL']);
  });

  it('are nothing for a school', async () => {
    const school = await department.person('school', ['PEKIN-HS']);
    expect((await ask('GET', '/v1/hazards', undefined, school)).status).toBe(403);
    expect((await ask('POST', '/v1/hazards', { address, note }, school)).status).toBe(403);
  });
});

describe('the roster of officers', () => {
  const HOUR = 3_600_000;
  const PHONE = '(309) 555-0177';
  const ROSTER = '/v1/officers';
  const startMs = Date.now() - 9 * HOUR;
  /** Their own keys. */
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    // Wednesday, 09:00, and its minutes are real ones.
    const clock = { kind: 'driven' as const, startDate: TODAY, msPerDay: 24 * HOUR };
    await updateOffice(department.db, { drivenClock: { ...clock, startMs } });
    for (const name of ['first', 'second']) {
      const made = await ask(
        'POST',
        '/v1/users',
        { name, role: 'attendance-officer', schools: null },
        department.adminKey,
      );
      const { user, key } = made.body as { user: { id: string }; key: { key: string } };
      keys[name] = key.key;
      keys[`${name}-id`] = user.id;
    }
  });
  const done = async (url: string, body: object, key = dispatcher) => {
    const answer = await ask('POST', ROSTER + url, body, key);
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer.body;
  };
  const refused = async (url: string, body: object, key = dispatcher) => {
    const { status, body: said } = await ask('POST', ROSTER + url, body, key);
    return [status, said['code'], said['detail']];
  };
  const codeOf = async (...args: Parameters<typeof refused>) => (await refused(...args)).slice(0, 2);
  const listed = async (id: string, key = dispatcher) => {
    const { officers } = (await ask('GET', ROSTER, undefined, key)).body as { officers: { id: string }[] };
    return officers.find((one) => one.id === id);
  };
  const shown = async (id: string, key = dispatcher) =>
    (await ask('GET', `${ROSTER}/${id}`, undefined, key)).body;
  const police = (school: string) =>
    department.db.transaction(async (tx) => {
      const openedAt = new Date().toISOString();
      const place = { school, area: null, address: null, studentId: null, intake: {} };
      const row = await insertCall(
        tx,
        {
          ...{ kind: 'police-transport', openedAt, openedOn: TODAY, goesFrom: TODAY, priority: 1, ...place },
          ...{ policyName: 'intervention-department', policyVersion: '1' },
        },
        { actor: 'U-disp', role: 'dispatcher' },
      );
      return row.number;
    });

  it('keeps telephone, schools and duty times; what is not said stays, and each version is kept', async () => {
    const wish = { name: 'Olga Officer', channel: 'radio', phone: PHONE, schools: ['EAST-HS'] };
    const duty = ['mon-fri 07:30-15:30'];
    const added = await done('', { ...wish, duty, user: keys['first-id'] });
    expect(added).toEqual({ id: 'O-0001', channel: 'radio', duty, secret: null });
    expect(await done('/O-0001/change', { phone: PHONE, duty, schools: ['EAST-HS'] })).toMatchObject({
      changed: [],
    });
    const hook = { channel: 'webhook', reach: 'https://sms.example/send' };
    const first = await done('/O-0001/change', hook);
    expect(first).toMatchObject({
      changed: ['channel', 'reach', 'key'],
      secret: expect.any(String) as string,
    });
    const second = await done('/O-0001/change', { newKey: true });
    expect(second).toMatchObject({ changed: ['key'], secret: expect.any(String) as string });
    expect(second['secret']).not.toBe(first['secret']);
    expect(await done('/O-0001/change', { channel: 'radio', name: 'Olga Married' })).toMatchObject({
      ...{ changed: ['name', 'channel', 'reach'], secret: null },
    });
    const whole = await shown('O-0001');
    expect(whole).toMatchObject({
      name: 'Olga Married',
      reach: null,
      phone: PHONE,
      schools: ['EAST-HS'],
      duty,
    });
    expect((whole['history'] as { changed: string[] }[]).map((one) => one.changed)).toEqual([
      ...[[], ['channel', 'reach', 'key'], ['key'], ['name', 'channel', 'reach']],
    ]);
  });

  it('refuses what cannot be, with the mend', async () => {
    expect(await refused('/O-0001/change', {})).toEqual([400, 'NOTHING_TO_CHANGE', expect.any(String)]);
    expect(await refused('/O-0001/change', { duty: ['mon-fri 15:30-07:30'] })).toEqual([
      400,
      'BAD_DUTY',
      expect.stringContaining('--duty "mon-fri 15:30-07:30": 07:30 does not come after'),
    ]);
    expect((await refused('/O-0001/change', { phone: 'call me' }))[2]).toContain('no telephone number');
    expect(await codeOf('/O-0001/change', { newKey: true })).toEqual([400, 'BAD_NEW_KEY']);
    expect(await codeOf('/O-0001/change', { channel: 'email' })).toEqual([400, 'BAD_REACH']);
    expect(await codeOf('/O-0001/change', { schools: ['NO-HS'] })).toEqual([404, 'UNKNOWN_SCHOOL']);
    expect(await codeOf('/O-0099/change', { phone: null })).toEqual([404, 'UNKNOWN_OFFICER']);
    const second = await done('', { name: 'B. Officer', channel: 'radio', user: keys['second-id'] });
    expect(second).toMatchObject({ id: 'O-0002' });
    expect(await codeOf('/O-0001/change', { user: keys['second-id'] })).toEqual([409, 'ALREADY_ON_ROSTER']);
    expect((await refused('/O-0001/change', { phone: null }, keys['first']))[0]).toBe(403);
    expect((await refused('/O-0001/remove', { reason: 'x' }, keys['first']))[0]).toBe(403);
  });

  it('shows a telephone to the dispatcher and its owner; to a colleague once they are overdue', async () => {
    expect(await listed('O-0001')).toMatchObject({ phone: PHONE });
    expect(await listed('O-0001', keys['first'])).toMatchObject({ phone: PHONE });
    expect(await listed('O-0001', keys['second'])).toMatchObject({ phone: null });
    expect(await shown('O-0001', keys['second'])).toMatchObject({ phone: null, reach: null });
    const number = await police('EAST-HS');
    const { db } = department;
    await db.execute(sql`
      insert into visits (call_number, nth, officer, departed_at, expected_back_at, overdue_since)
      values (${number}, 1, 'O-0001', now(), now(), now())`);
    expect(await listed('O-0001', keys['second'])).toMatchObject({ standing: 'overdue', phone: PHONE });
    expect(await shown('O-0001', keys['second'])).toMatchObject({ phone: PHONE, reach: null });
    const { text } = await ask('GET', '/v1/calls/board', undefined, dispatcher);
    expect(text).not.toMatch(/555-0177|Olga/);
    expect(await refused('/O-0001/remove', { reason: 'has left' })).toEqual([
      409,
      'OFFICER_IS_OUT',
      expect.stringContaining(`call leave --call ${number}`),
    ]);
    await db.execute(sql`delete from visits`);
    await db.execute(sql`update service_calls set status = 'closed' where number = ${number}`);
  });

  it('other schools hold at once: what waits is offered; an offer they have stays', async () => {
    const number = await police('PEKIN-HS');
    const waits = async () => (await ask('GET', '/v1/calls/board', undefined, dispatcher)).body['overdue'];
    await done('/on-duty', { officer: 'O-0001' });
    expect(await waits()).toMatchObject([
      { what: 'nobody-covers', call: number, words: 'Nobody on duty covers PEKIN-HS.' },
    ]);
    const changed = await done('/O-0001/change', { schools: ['PEKIN-HS', 'EAST-HS'] });
    expect(changed).toMatchObject({ changed: ['schools'], calls: [number] });
    expect(await done('/O-0001/change', { schools: ['EAST-HS'] })).toMatchObject({ calls: [] });
    expect((await offersOf(department.db, number)).map((one) => [one.officer, one.status])).toEqual([
      ['O-0001', 'open'],
    ]);
    await department.db.execute(sql`delete from call_offers`);
    await department.db.execute(sql`update service_calls set status = 'closed'`);
  });

  it('plans the end of duty that a person begins; they may say another', async () => {
    expect(await listed('O-0001')).toMatchObject({ standing: 'free', till: '15:30' });
    expect(await done('/on-duty', {}, keys['first'])).toMatchObject({ changed: false, till: '15:30' });
    expect(await done('/on-duty', { until: '17:00' }, keys['first'])).toMatchObject({
      changed: true,
      till: '17:00',
    });
    expect(await done('/on-duty', {}, keys['first'])).toMatchObject({ changed: false, till: '17:00' });
    // Nothing is planned for the other: till they say so.
    expect(await done('/on-duty', { officer: 'O-0002' })).toMatchObject({
      changed: true,
      until: null,
      till: null,
    });
    expect(await codeOf('/on-duty', { until: '08:00' }, keys['first'])).toEqual([400, 'BAD_UNTIL']);
    expect(await codeOf('/on-duty', { until: 'late' }, keys['first'])).toEqual([400, 'BAD_UNTIL']);
    expect(await refused('/on-duty', { until: '2099-01-01T00:00:00Z' }, keys['first'])).toEqual([
      400,
      'BAD_UNTIL',
      expect.stringContaining('more than 24 hours'),
    ]);
    const over = new Date(startMs + 9 * HOUR - 60_000).toISOString();
    await department.db.execute(sql`
      update duty_spans set until_at = ${over}::timestamptz where officer = 'O-0001' and to_at is null`);
    expect(await listed('O-0001')).toMatchObject({ standing: 'duty-over', till: '08:59' });
    const plan = await ask('GET', `${ROSTER}/plan`, undefined, keys['first']);
    expect(plan.body).toMatchObject({ standing: 'duty-over', till: '08:59' });
    const number = await police('PEKIN-HS');
    const give = { to: 'O-0001', reason: 'nearer' };
    const given = await ask('POST', `/v1/calls/${number}/reassign`, give, dispatcher);
    expect([given.status, given.body['code']]).toEqual([409, 'DUTY_OVER']);
    await done('/off-duty', { officer: 'O-0002' });
    // On duty again: till the roster's end once more, and what waits comes to whoever covers it.
    await department.db.transaction((tx) => reserveFor(tx, number, 'O-0001'));
    expect(await done('/on-duty', {}, keys['first'])).toMatchObject({
      changed: true,
      till: '15:30',
      calls: [number],
    });
  });

  it('lets one go who is not out: what they have goes to others, and what they did stays theirs', async () => {
    const calls = (await shown('O-0001'))['call'];
    const gone = await done('/O-0001/remove', { reason: 'moved to another office' });
    expect(gone).toMatchObject({
      removed: true,
      calls: [calls],
      monitors: [],
      papers: [],
      user: keys['first-id'],
    });
    expect(await done('/O-0001/remove', { reason: 'again' })).toMatchObject({ removed: false });
    expect(await listed('O-0001')).toBeUndefined();
    expect(await shown('O-0001')).toMatchObject({
      standing: 'off-roster',
      ended: { reason: 'moved to another office' },
    });
    expect(await codeOf('/on-duty', { officer: 'O-0001' })).toEqual([404, 'UNKNOWN_OFFICER']);
    expect((await refused('/on-duty', {}, keys['first']))[0]).toBe(403);
    const trail = await readAudit(department.db, { subject: 'officer O-0001', limit: 500 });
    expect(trail.map((one) => one.action)).toEqual(
      expect.arrayContaining([
        'officer.added',
        'officer.changed',
        'officer.on-duty',
        'officer.off-duty',
        'officer.removed',
      ]),
    );
    expect(trail.find((one) => one.details['schools'])?.details).toEqual({
      changed: ['schools'],
      schools: { before: ['EAST-HS'], after: ['PEKIN-HS', 'EAST-HS'] },
    });
    expect(JSON.stringify(trail)).not.toMatch(/Olga|555-0177|moved to/);
  });
});
