/** The ladder through the API, with a real Temporal, a real worker and a caught mail. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outboxOf } from '../../db/stores/outbox.ts';
import { call, type TestOffice } from './office.ts';
import { startWholeOffice, type WholeOffice } from './whole-office.ts';

let whole: WholeOffice;
let office: TestOffice;
const settledNow = () => whole.settled();

beforeAll(async () => {
  whole = await startWholeOffice();
  ({ office } = whole);
}, 180_000);
afterAll(() => whole.stop(), 60_000);

const absent = (...dates: string[]) => ({
  source: 'PEKIN-303/sis',
  rows: dates.map((date) => ({ student: '1001', school: '17', date, code: 'UNX', fraction: 1 })),
});

describe('the first referral', () => {
  it('is refused with two interventions, saying how many are missing', async () => {
    for (const date of ['2025-10-01', '2025-10-02']) {
      expect((await office.ask('POST', '/v1/interventions', call(date))).body).toMatchObject({
        waits: false,
      });
    }
    const refused = await office.ask('POST', '/v1/students/1001/referrals', { progress: 'still absent' });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'INTERVENTIONS_MISSING',
      details: { documented: 2, missing: 1 },
    });
  });

  it('is accepted with three and a new unexcused absence; the answer says what leaves when to whom', async () => {
    await office.ask('POST', '/v1/interventions', { ...call('2025-10-03'), kind: 'home-visit' });
    const imported = await office.ask('POST', '/v1/attendance/imports', {
      ...absent('2025-10-06', '2025-10-07'),
      covers: { from: '2025-10-01', to: '2025-10-15' },
      schools: ['PEKIN-HS'],
    });
    expect(imported.status).toBe(200);
    expect(imported.body).toMatchObject({ marks: { new: 2 }, told: ['C-000001'] });
    const { status, body } = await office.ask('POST', '/v1/cases/C-000001/referrals', {
      id: 'first',
      progress: 'two more days absent after three talks',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      caseNumber: 'C-000001',
      stage: 'first-referral',
      stale: false,
      possibleFrom: '2025-10-24',
      letter: {
        kind: 'first-notice',
        sendOn: '2025-10-16',
        to: [{ channel: 'email', language: 'en', assumed: false }],
      },
    });
  });

  it('sent again with the same id gets the first answer', async () => {
    const { status, body } = await office.ask('POST', '/v1/cases/C-000001/referrals', {
      id: 'first',
      progress: 'two more days absent after three talks',
    });
    expect([status, body['done']]).toEqual([200, expect.stringContaining('irst referral')]);
    const shown = await office.ask('GET', '/v1/cases/C-000001');
    const entries = shown.body['journal'] as { type: string }[];
    expect(entries.filter((entry) => entry.type === 'referral-accepted')).toHaveLength(1);
  });

  it('can be withdrawn while its letter is in the house, and made again', async () => {
    const withdrawn = await office.ask('POST', '/v1/cases/C-000001/withdraw', {
      id: 'w-1',
      reason: 'wrong child',
    });
    expect(withdrawn.status).toBe(200);
    expect(withdrawn.body).toMatchObject({ stage: 'interventions' });
    const again = await office.ask('POST', '/v1/cases/C-000001/referrals', {
      id: 'first-again',
      progress: 'it was right after all',
    });
    expect(again.body).toMatchObject({ stage: 'first-referral', letter: { sequence: 2 } });
    // The withdrawal repeated answers as it did; it does not touch the new letter.
    const repeated = await office.ask('POST', '/v1/cases/C-000001/withdraw', {
      id: 'w-1',
      reason: 'wrong child',
    });
    expect(repeated.status).toBe(200);
    const { body } = await office.ask('GET', '/v1/cases/C-000001');
    expect((body['letters'] as { status: string }[]).map((one) => one.status)).toEqual([
      'withdrawn',
      'waiting',
    ]);
  });

  it('leaves the next office morning, to the mother alone, and cannot be withdrawn any more', async () => {
    await settledNow();
    await office.ask('POST', '/v1/office/day', { date: '2025-10-16' });
    await settledNow();
    const { body } = await office.ask('GET', '/v1/notices?case=C-000001');
    expect(body['notices']).toMatchObject([
      { kind: 'first-notice', channel: 'email', status: 'sent', outOn: '2025-10-16' },
    ]);
    const refused = await office.ask('POST', '/v1/cases/C-000001/withdraw', { reason: 'too late' });
    expect([refused.status, refused.body['code']]).toEqual([409, 'NOTICE_ALREADY_OUT']);
    const [notice] = body['notices'] as { key: string }[];
    const html = await office.ask('GET', `/v1/notices/${encodeURIComponent(notice?.key ?? '')}?format=html`);
    expect(html.headers['content-type']).toContain('text/html');
    expect(html.text).toContain('Testchild');
  });
});

describe('what the case says', () => {
  it('the second referral waits seven school days, and a snow day moves it', async () => {
    const early = await office.ask('POST', '/v1/cases/C-000001/referrals', { progress: 'no change' });
    expect(early.body).toMatchObject({ code: 'REFERRAL_TOO_EARLY', details: { possibleFrom: '2025-10-24' } });
    const closed = await office.ask('POST', '/v1/calendar/close', {
      school: 'PEKIN-HS',
      date: '2025-10-20',
      reason: 'snow',
    });
    expect(closed.body).toMatchObject({ closed: ['2025-10-20'], told: 1 });
    const later = await office.ask('POST', '/v1/cases/C-000001/referrals', { progress: 'no change' });
    expect(later.body).toMatchObject({ code: 'REFERRAL_TOO_EARLY', details: { possibleFrom: '2025-10-27' } });
    await settledNow();
    const { body } = await office.ask('GET', '/v1/cases/C-000001');
    expect(body['journal']).toContainEqual(
      expect.objectContaining({
        type: 'deadline-moved',
        data: expect.objectContaining({ from: '2025-10-24', to: '2025-10-27' }) as object,
      }),
    );
  });

  it('why, in words', async () => {
    const { body } = await office.ask('GET', '/v1/cases/C-000001/why');
    expect(body['why']).toContain('27 Oct 2025');
  });

  it('an excused day leaves the count', async () => {
    const before = await office.ask('GET', '/v1/attendance/explain?student=1001&asOf=2025-10-16');
    expect(before.body).toMatchObject({ count: { unexcusedDays: 2, reached: false } });
    const excused = await office.ask('POST', '/v1/absences/excuse', {
      student: '1001',
      date: '2025-10-07',
      reason: 'doctor’s note',
    });
    expect(excused.body).toMatchObject({ changed: true, told: ['C-000001'] });
    const after = await office.ask('GET', '/v1/attendance/explain?student=1001&asOf=2025-10-16');
    expect(after.body).toMatchObject({ count: { unexcusedDays: 1 } });
    await settledNow();
    expect((await office.ask('GET', '/v1/cases/C-000001')).body).toMatchObject({ unexcusedDays: 1 });
  });
});

describe('a hearing', () => {
  it('under nine days is refused, and its hour on the docket is free again', async () => {
    const set = { date: '2025-11-20', time: '09:30', place: 'Courthouse, room 2' };
    const refused = await office.ask('POST', '/v1/cases/C-000001/hearings', set);
    expect([refused.status, refused.body['code']]).toEqual([409, 'HEARING_BEFORE_THIRD_REFERRAL']);
    await office.ask('POST', '/v1/interventions', call('2025-10-01', '1002'));
    const other = await office.ask('POST', '/v1/cases/C-000002/hearings', set);
    expect(other.body['code']).toBe('HEARING_BEFORE_THIRD_REFERRAL');
  });
});

describe('a family without e-mail', () => {
  it('gets print: it waits on the print queue, and is out when somebody has posted it', async () => {
    await office.ask('POST', '/v1/interventions', call('2025-10-02', '1002'));
    await office.ask('POST', '/v1/interventions', call('2025-10-03', '1002'));
    await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/sis',
      rows: [{ student: '1002', school: '17', date: '2025-10-07', code: 'UNX', fraction: 1 }],
    });
    const referred = await office.ask('POST', '/v1/cases/C-000002/referrals', { progress: 'absent again' });
    expect(referred.body).toMatchObject({
      letter: { sendOn: '2025-10-17', to: [{ channel: 'print', language: 'es' }] },
    });
    await settledNow();
    await office.ask('POST', '/v1/office/day', { date: '2025-10-17' });
    await settledNow();
    const queue = await office.ask('GET', '/v1/print-queue');
    expect(queue.body['print']).toMatchObject([
      { caseNumber: 'C-000002', channel: 'print', status: 'queued' },
    ]);
    const [print] = queue.body['print'] as { key: string }[];
    const key = encodeURIComponent(print?.key ?? '');
    const pdf = await office.ask('GET', `/v1/notices/${key}?format=pdf`);
    expect([pdf.headers['content-type'], pdf.text.slice(0, 5)]).toEqual(['application/pdf', '%PDF-']);
    const early = await office.ask('POST', `/v1/notices/${key}/posted`, { on: '2025-10-18' });
    expect([early.status, early.body['code']]).toEqual([409, 'DATE_IN_FUTURE']);
    const posted = await office.ask('POST', `/v1/notices/${key}/posted`, {});
    expect(posted.body).toMatchObject({
      changed: true,
      stepOut: true,
      waits: false,
      notice: { status: 'posted' },
    });
    expect((await office.ask('POST', `/v1/notices/${key}/posted`, {})).body).toMatchObject({
      changed: false,
    });
    await settledNow();
    const { body } = await office.ask('GET', '/v1/cases/C-000002');
    expect(body['state']).toMatchObject({
      letters: [{ status: 'out', channel: 'print', outOn: '2025-10-17' }],
    });
    // The case is told what the printed letter lists, whatever is corrected before it is posted.
    const told = (await outboxOf(whole.db, 'C-000002')).find((row) => row.name === 'letterOut');
    expect(told?.payload['stated']).toEqual({ asOf: '2025-10-16', days: [['2025-10-07', 1]] });
  });
});

describe('a closed case', () => {
  it('takes nothing more; a repeat of the closing gets its answer, a new fact opens a case that links to it', async () => {
    const close = { id: 'close-2', reason: 'opened-in-error' };
    expect((await office.ask('POST', '/v1/cases/C-000002/close', close)).body).toMatchObject({
      stage: 'closed',
    });
    await settledNow();
    expect((await office.ask('POST', '/v1/cases/C-000002/close', close)).body).toMatchObject({
      stage: 'closed',
    });
    const refused = await office.ask('POST', '/v1/cases/C-000002/referrals', { progress: 'again' });
    expect([refused.status, refused.body['code']]).toEqual([409, 'CASE_CLOSED']);
    const next = await office.ask('POST', '/v1/interventions', call('2025-10-14', '1002'));
    expect(next.body).toMatchObject({ opened: true, caseNumber: 'C-000003' });
    expect((await office.ask('GET', '/v1/cases/C-000003')).body).toMatchObject({ previousCase: 'C-000002' });
  });
});
