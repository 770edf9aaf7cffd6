import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outboxOf } from '../../db/stores/outbox.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let office: TestOffice;

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
});
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

describe('with Temporal away', () => {
  it('keeps an intervention, opens the case, and says that it waits', async () => {
    const { status, body } = await office.ask('POST', '/v1/interventions', call('2025-10-01'));
    expect(status).toBe(201);
    expect(body).toMatchObject({ caseNumber: 'C-000001', opened: true, repeated: false, waits: true });
    const rows = await outboxOf(office.db, 'C-000001');
    expect(rows.map((row) => [row.seq, row.kind, row.name, row.deliveredAt])).toEqual([
      [1, 'start', 'truancyCase', null],
      [2, 'signal', 'recordIntervention', null],
    ]);
  });

  it('counts the same intervention sent twice once', async () => {
    const { status, body } = await office.ask('POST', '/v1/interventions', call('2025-10-01'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ caseNumber: 'C-000001', opened: false, repeated: true });
    const list = await office.ask('GET', '/v1/interventions?student=1001');
    expect(list.body['interventions']).toHaveLength(1);
  });

  it('answers a decision with "out of reach", naming the id to repeat it with', async () => {
    const { status, body } = await office.ask('POST', '/v1/cases/C-000001/referrals', {
      id: 'try-1',
      progress: 'absent again after three calls',
    });
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'OUT_OF_REACH' });
    expect(String(body['detail'])).toContain('try-1');
  });
});

describe('what is refused at the door', () => {
  it('a truancy ticket, with the reason', async () => {
    const { status, body } = await office.ask('POST', '/v1/interventions', {
      ...call('2025-10-01'),
      kind: 'truancy-ticket',
    });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'NOT_AN_INTERVENTION' });
  });

  it('an intervention of tomorrow', async () => {
    const { status, body } = await office.ask('POST', '/v1/interventions', call('2025-10-16'));
    expect([status, body['code']]).toEqual([409, 'DATE_IN_FUTURE']);
  });

  it('a date that does not exist, naming the field', async () => {
    const { status, body } = await office.ask('POST', '/v1/interventions', call('2025-02-30'));
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'BAD_INPUT', errors: [{ place: 'body.date' }] });
  });

  it('an unknown student, a missing key, a body that is no JSON', async () => {
    expect((await office.ask('POST', '/v1/interventions', call('2025-10-01', '9999'))).body['code']).toBe(
      'UNKNOWN_STUDENT',
    );
    expect((await office.ask('GET', '/v1/office', undefined, null)).status).toBe(401);
    const broken = await office.api.inject({
      method: 'POST',
      url: '/v1/interventions',
      headers: { authorization: `Bearer ${office.adminKey}`, 'content-type': 'application/json' },
      payload: '{"student":',
    });
    expect([broken.statusCode, broken.headers['content-type']]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('an id used before for another intervention', async () => {
    await office.ask('POST', '/v1/interventions', { ...call('2025-10-02'), id: 'mine-1' });
    const { status, body } = await office.ask('POST', '/v1/interventions', {
      ...call('2025-10-03'),
      id: 'mine-1',
    });
    expect([status, body['code']]).toEqual([409, 'ID_REUSED']);
  });
});

describe('several of one kind on a day', () => {
  it('are kept and flagged, not refused', async () => {
    const again = { ...call('2025-10-01'), outcome: 'called once more in the afternoon' };
    const { status, body } = await office.ask('POST', '/v1/interventions', again);
    expect(status).toBe(201);
    expect(body['intervention']).toMatchObject({ flagged: 'SAME_KIND_SAME_DAY' });
  });
});

describe('a case of another school', () => {
  it('looks exactly like one that does not exist', async () => {
    const east = await office.person('school', ['EAST-HS']);
    const theirs = await office.ask('GET', '/v1/cases/C-000001', undefined, east);
    const none = await office.ask('GET', '/v1/cases/C-999999', undefined, east);
    expect(theirs.status).toBe(404);
    expect(theirs.text.replaceAll('C-000001', 'C-999999')).toBe(none.text);
    expect((await office.ask('POST', '/v1/interventions', call('2025-10-01'), east)).status).toBe(404);
    expect((await office.ask('GET', '/v1/cases', undefined, east)).body['cases']).toEqual([]);
  });

  it('its own students are in reach', async () => {
    const east = await office.person('school', ['EAST-HS']);
    expect((await office.ask('GET', '/v1/students/2001', undefined, east)).status).toBe(200);
    expect((await office.ask('GET', '/v1/students/1001', undefined, east)).status).toBe(404);
    expect(
      (await office.ask('POST', '/v1/districts', { districts: [{ code: 'X', name: 'X' }] }, east)).status,
    ).toBe(403);
  });
});
