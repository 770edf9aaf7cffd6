/** The Case Manager's desk through the API, with a real Temporal and a real worker: contacts, and the caseload to its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../client/log.ts';
import { startRelay, type Relay } from '../../client/relay.ts';
import { connect, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { testBundle } from '../support/bundle.ts';
import { createWorker, type OfficeWorker } from '../../worker/worker.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let home: string;
let stack: RunningStack;
let db: Database;
let office: TestOffice;
let worker: OfficeWorker;
let native: NativeConnection;
let running: Promise<void>;
let relay: Relay;
let manager: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'truancy-caseload-'));
  stack = await startStack({
    home,
    own: true,
    inMemory: true,
    ui: false,
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: () => undefined,
  });
  await migrate(stack.postgres.url);
  db = connect(stack.postgres.url);
  const { address, namespace } = stack.temporal;
  office = await testOffice(db, { temporal: { address, namespace } });
  await settle(office);
  native = await NativeConnection.connect({ address });
  worker = await createWorker({
    connection: native,
    namespace,
    db,
    smtpUrl: stack.mail.smtpUrl,
    mailCaught: true,
    bundle: await testBundle(),
  });
  running = worker.run();
  relay = await startRelay({
    db,
    databaseUrl: stack.postgres.url,
    caseClient: office.caseClient,
    log: silentLog,
  });
  manager = await office.person('case-manager', null);
  for (const kind of ['phone-call', 'letter-home', 'home-visit']) {
    await office.ask('POST', '/v1/interventions', { ...call('2025-10-01'), kind });
  }
}, 180_000);

afterAll(async () => {
  worker.shutdown();
  await running;
  await relay.stop();
  await office.close();
  await native.close();
  await db.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}, 60_000);

const post = (route: string, body: object, key: string | null = manager) =>
  office.ask('POST', `/v1/cases/C-000001/${route}`, body, key);

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let n = 0; n < 200; n += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come');
}

const caseState = async () =>
  (await office.ask('GET', '/v1/cases/C-000001')).body['state'] as {
    contacts: { tries: number; reached: number; last: string };
    services: Record<string, unknown>;
    caseload: unknown;
    interventions: unknown[];
  };

describe('contacts', () => {
  const tried = { kind: 'phone-call', whom: 'mother', outcome: 'no-answer' };

  it('are kept once, told to the case, and never interventions', async () => {
    const first = await post('contacts', tried);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      repeated: false,
      waits: false,
      contact: { ...tried, date: '2025-10-15', reached: false, caseNumber: 'C-000001' },
    });
    const again = await post('contacts', tried);
    expect([again.status, again.body['repeated']]).toEqual([200, true]);
    const second = { ...tried, id: 'call-2', outcome: 'reached', date: '2025-10-14', note: 'will call back' };
    expect((await post('contacts', second)).status).toBe(201);
    expect((await post('contacts', second)).body).toMatchObject({ repeated: true });
    const state = await until(async () => {
      const now = await caseState();
      return now.contacts.tries === 2 ? now : undefined;
    });
    expect(state.contacts).toMatchObject({ reached: 1, last: '2025-10-15' });
    expect(state.interventions).toHaveLength(3);
    const list = await office.ask('GET', '/v1/cases/C-000001/contacts');
    expect(list.body['contacts']).toMatchObject([
      { id: 'call-2', reached: true, note: 'will call back' },
      { outcome: 'no-answer' },
    ]);
  });

  it('of tomorrow, under an id used for another, or of a stranger’s kind are refused', async () => {
    expect((await post('contacts', { ...tried, date: '2025-10-16' })).body).toMatchObject({
      status: 409,
      code: 'DATE_IN_FUTURE',
    });
    expect((await post('contacts', { ...tried, id: 'call-2', whom: 'father' })).body['code']).toBe(
      'ID_REUSED',
    );
    expect((await post('contacts', { ...tried, whom: 'Mrs. Testchild' })).body).toMatchObject({
      status: 400,
      code: 'BAD_INPUT',
    });
    const clerk = await office.person('school', ['PEKIN-HS']);
    expect((await post('contacts', tried, clerk)).status).toBe(403);
    const other = await office.person('school', ['EAST-HS']);
    expect((await office.ask('GET', '/v1/cases/C-000001/contacts', undefined, other)).status).toBe(404);
  });

  it('entered by mistake are taken back, visibly', async () => {
    expect((await post('contacts', { ...tried, id: 'wrong', kind: 'visit' })).status).toBe(201);
    const taken = await post('contacts/wrong/void', { reason: 'another family' });
    expect(taken.body).toMatchObject({ contact: { id: 'wrong', void: { reason: 'another family' } } });
    const inForce = await office.ask('GET', '/v1/cases/C-000001/contacts');
    expect(inForce.body['contacts']).toHaveLength(2);
    const all = await office.ask('GET', '/v1/cases/C-000001/contacts?withVoid=true');
    expect(all.body['contacts']).toHaveLength(3);
    expect((await post('contacts/nothing/void', { reason: 'x' })).status).toBe(404);
  });
});

describe('the caseload', () => {
  const met = { with: 'student-and-parent', outcome: 'met' };

  it('is refused while the student is not on it', async () => {
    expect((await post('caseload/meetings', met)).body).toMatchObject({
      status: 409,
      code: 'NOT_ON_CASELOAD',
    });
    expect((await office.ask('GET', '/v1/cases/C-000001/caseload')).status).toBe(404);
  });

  it('begins when the Case Manager places the student, and stands on the worklist', async () => {
    await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: [{ student: '1001', school: '17', date: '2025-10-07', code: 'UNX', fraction: 1 }],
      covers: { from: '2025-10-01', to: '2025-10-15' },
      schools: ['PEKIN-HS'],
    });
    const referred = await post('referrals', { progress: 'absent again' });
    expect(referred.body).toMatchObject({ stage: 'first-referral' });
    const placed = await post('caseload', { reason: 'the family asks for help' });
    expect(placed.status).toBe(200);
    const shown = await until(async () => {
      const answer = await office.ask('GET', '/v1/cases/C-000001/caseload', undefined, manager);
      return answer.status === 200 ? answer.body : undefined;
    });
    expect(shown).toMatchObject({
      sequence: 1,
      standing: 'to-meet',
      why: 'case-manager',
      reason: 'the family asks for help',
      contacts: [{ id: 'call-2' }, {}],
    });
    const tasks = await office.ask('GET', '/v1/tasks?case=C-000001&kind=caseload');
    expect(tasks.body['tasks']).toMatchObject([{ textCode: 'MEET_FAMILY_AND_MAKE_A_PLAN' }]);
  });

  it('takes a meeting once, whatever is repeated, and the case hears of it', async () => {
    const first = await post('caseload/meetings', { ...met, id: 'm-1' });
    expect(first.body).toMatchObject({ standing: 'to-plan', stale: false, done: 'The meeting is recorded.' });
    expect((await post('caseload/meetings', { ...met, id: 'm-1' })).body).toEqual(first.body);
    const state = await until(async () => {
      const now = await caseState();
      return now.services['parentMet'] !== null ? now : undefined;
    });
    expect(state.services).toMatchObject({ studentMet: '2025-10-15', parentMet: '2025-10-15' });
  });

  it('refuses what the rules refuse, and nothing changes', async () => {
    expect((await post('caseload/shares', { with: 'parent' })).body).toMatchObject({
      status: 409,
      code: 'PLAN_MISSING',
    });
    expect((await post('caseload/plans', { goals: [] })).body['code']).toBe('BAD_INPUT');
    const clerk = await office.person('school', ['PEKIN-HS']);
    expect((await post('caseload/meetings', met, clerk)).status).toBe(403);
    const { body } = await office.ask('GET', '/v1/cases/C-000001/caseload');
    expect(body).toMatchObject({ standing: 'to-plan', plans: [] });
  });

  it('keeps the plan with its reviews, and the agency with its follow-up', async () => {
    const plan = await post('caseload/plans', {
      goals: ['at school by 8:00'],
      supports: ['bus pass'],
      reviews: [{ schoolDays: 3 }, { date: '2025-11-20' }],
      signedBy: ['mother', 'student'],
    });
    // Wed 15 October is day 0.
    expect(plan.body).toMatchObject({ standing: 'to-share', nextDeadline: '2025-10-20' });
    await post('caseload/shares', { with: 'student-and-parent' });
    const agency = await post('caseload/agencies', {
      agency: 'Tri-County Counseling',
      purpose: 'counseling',
      followUp: { schoolDays: 5 },
    });
    expect(agency.body).toMatchObject({ standing: 'under-plan' });
    const { body } = await office.ask('GET', '/v1/cases/C-000001/caseload');
    expect(body).toMatchObject({
      reviews: [
        { id: 'r1', day: '2025-10-20' },
        { id: 'r2', day: '2025-11-20' },
      ],
      agencies: [{ id: 'a1', day: '2025-10-22' }],
    });
  });

  it('moves its review with a snow day of the school', async () => {
    const closed = await office.ask('POST', '/v1/calendar/close', {
      school: 'PEKIN-HS',
      date: '2025-10-17',
      reason: 'snow',
    });
    expect(closed.status).toBe(200);
    const moved = await until(async () => {
      const { body } = await office.ask('GET', '/v1/cases/C-000001/caseload');
      return body['nextDeadline'] === '2025-10-21' ? body : undefined;
    });
    expect((moved['journal'] as { type: string }[]).map((entry) => entry.type)).toContain('deadline-moved');
  });

  it('has its review due on the office’s morning of that day', async () => {
    const begun = await office.ask('POST', '/v1/office/day', { date: '2025-10-21' });
    expect(begun.body).toMatchObject({ caseloads: 1 });
    await until(async () => {
      const { body } = await office.ask('GET', '/v1/tasks?case=C-000001&kind=plan-review');
      return (body['tasks'] as unknown[]).length === 1 ? true : undefined;
    });
    const listed = await office.ask('GET', '/v1/caseloads', undefined, manager);
    expect(listed.body['caseloads']).toMatchObject([
      {
        caseNumber: 'C-000001',
        student: '1001',
        standing: 'under-plan',
        next: 'Due now: review the plan (r1).',
        nextDeadline: '2025-10-23',
        contacts: 2,
        lastContact: '2025-10-15',
      },
    ]);
    const other = await office.person('school', ['EAST-HS']);
    expect((await office.ask('GET', '/v1/caseloads', undefined, other)).body['caseloads']).toEqual([]);
  });

  it('ends when the plan is met; the case hears of it and nothing more is recorded', async () => {
    expect((await post('caseload/end', { how: 'plan-met' })).body).toMatchObject({ code: 'GOALS_NOT_MET' });
    await post('caseload/reviews', { how: 'on time each day', goalsMet: ['1'] });
    const ended = await post('caseload/end', { how: 'plan-met', id: 'end-1' });
    expect(ended.body).toMatchObject({ standing: 'ended' });
    await until(async () => ((await caseState()).caseload === null ? true : undefined));
    expect((await post('caseload/meetings', met)).body).toMatchObject({ code: 'CASELOAD_ENDED' });
    expect((await post('caseload/end', { how: 'plan-met', id: 'end-1' })).body).toMatchObject({
      standing: 'ended',
    });
    const tasks = await office.ask('GET', '/v1/tasks?case=C-000001');
    const mine = (tasks.body['tasks'] as { kind: string }[]).map((task) => task.kind);
    expect(mine).not.toContain('plan-review');
    expect(mine).not.toContain('agency-follow-up');
  });

  it('can begin again, as the second', async () => {
    await post('caseload', { reason: 'absent again' });
    const again = await until(async () => {
      const { body } = await office.ask('GET', '/v1/cases/C-000001/caseload');
      return body['sequence'] === 2 ? body : undefined;
    });
    expect(again).toMatchObject({ standing: 'to-meet', plans: [] });
    expect((await office.ask('GET', '/v1/cases/C-000001/caseload?sequence=1')).body).toMatchObject({
      standing: 'ended',
      plans: [{}],
    });
  });

  it('ends with its case', async () => {
    const closed = await post('close', { reason: 'withdrawn' });
    expect(closed.body).toMatchObject({ stage: 'closed' });
    const ended = await until(async () => {
      const { body } = await office.ask('GET', '/v1/cases/C-000001/caseload');
      return body['status'] === 'ended' ? body : undefined;
    });
    expect(ended).toMatchObject({ sequence: 2, ended: { how: 'case-ended', reason: 'withdrawn' } });
    expect((await post('caseload/meetings', met)).body).toMatchObject({ code: 'CASELOAD_ENDED' });
    expect(
      (await post('contacts', { kind: 'visit', whom: 'father', outcome: 'reached' })).body,
    ).toMatchObject({ code: 'CASE_CLOSED' });
    expect((await office.ask('GET', '/v1/caseloads')).body['caseloads']).toEqual([]);
  });
});
