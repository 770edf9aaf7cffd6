/** Hazard notes through their doors: officers and the dispatcher write and read them, a school does neither. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { settle, testOffice, type TestOffice } from './office.ts';

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
