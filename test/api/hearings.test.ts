/** The hearing and its docket through the API: slots, places, interpreters, another date, and all of it at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../client/log.ts';
import { OutOfReach } from '../../client/failures.ts';
import { policyReader } from '../../client/services/context.ts';
import { placeHold, scheduleHearing } from '../../client/services/decisions.ts';
import { reserveSlot } from '../../db/stores/docket.ts';
import { beginLeaving, stepByKey } from '../../db/stores/steps.ts';
import { addStudents, startWholeOffice, toTheHearing, type WholeOffice } from './whole-office.ts';

let whole: WholeOffice;
let cases: string[];
const STUDENTS = ['3001', '3002', '3003', '3004', '3005'];

beforeAll(async () => {
  whole = await startWholeOffice();
  await addStudents(whole, STUDENTS);
  cases = await toTheHearing(whole, STUDENTS);
}, 240_000);
afterAll(() => whole.stop(), 60_000);

const ROOM = 'Courthouse, room 2';
const of = (n: number) => cases[n] ?? '';
const hearings = (n: number, what = '') => `/v1/cases/${of(n)}/hearings${what}`;
const ask = (url: string, body: unknown) => whole.office.ask('POST', url, body);
const docket = async () =>
  (
    (await whole.office.ask('GET', '/v1/docket')).body['hearings'] as {
      caseNumber: string;
      date: string;
      time: string;
    }[]
  ).map((one) => [one.caseNumber, one.date, one.time]);
const letters = async (n: number) =>
  (
    (await whole.office.ask('GET', `/v1/cases/${of(n)}`)).body['letters'] as {
      kind: string;
      status: string;
    }[]
  )
    .filter((one) => one.kind.startsWith('hearing'))
    .map((one) => [one.kind, one.status]);

describe('places and slots', () => {
  it('without a place on the list, date, time and place must be given', async () => {
    const refused = await ask(hearings(0), {});
    expect([refused.status, refused.body['code']]).toEqual([409, 'DOCKET_WITHOUT_PLACES']);
    expect((await whole.office.ask('GET', '/v1/docket/free')).body).toEqual({ free: [] });
  });

  it('a place with its hours gives slots; hours that cannot be are refused', async () => {
    const tuesday = { place: ROOM, from: '09:00', until: '10:30', slotMinutes: 30, weekdays: [2, 4] };
    await whole.done('/v1/docket/places', tuesday);
    const free = (await whole.office.ask('GET', '/v1/docket/free?from=2025-11-18&limit=4')).body['free'];
    expect(free).toMatchObject([
      { place: ROOM, date: '2025-11-18', time: '09:00', minutes: 30 },
      { date: '2025-11-18', time: '09:30' },
      { date: '2025-11-18', time: '10:00' },
      { date: '2025-11-20', time: '09:00' },
    ]);
    const short = await ask('/v1/docket/places', { ...tuesday, place: 'Annex', until: '09:20' });
    expect([short.status, short.body['code']]).toEqual([400, 'BAD_HOURS']);
    const crossing = await ask('/v1/docket/places', {
      ...tuesday,
      place: ' courthouse, ROOM 2',
      from: '10:00',
      until: '12:00',
    });
    expect([crossing.status, crossing.body['code']]).toEqual([400, 'HOURS_CROSS']);
    const key = await whole.office.person('school', ['PEKIN-HS']);
    expect((await whole.office.ask('POST', '/v1/docket/places', tuesday, key)).status).toBe(403);
  });
});

describe('setting a hearing', () => {
  it('closer than the days of notice is refused, naming the earliest day', async () => {
    const refused = await ask(hearings(0), { date: '2025-11-18', time: '09:00', place: ROOM });
    expect(refused.body).toMatchObject({ code: 'HEARING_TOO_SOON', details: { earliest: '2025-11-20' } });
    expect(await docket()).toEqual([]);
  });

  it('without a date it gets the first free slot far enough ahead, which the question shows first', async () => {
    const seen = await whole.office.ask('GET', `/v1/preview?case=${of(0)}&step=hearing`);
    expect(seen.body).toMatchObject({
      letter: 'hearing-notice',
      parked: null,
      hearing: { date: '2025-11-20', time: '09:00', place: ROOM },
    });
    const body = { id: 'set-0', interpreter: 'Spanish', accommodation: 'ground floor' };
    const set = await whole.done(hearings(0), body);
    expect(set).toMatchObject({
      stage: 'hearing-scheduled',
      hearing: { date: '2025-11-20', time: '09:00', place: ROOM },
      letter: { kind: 'hearing-notice', parked: null },
    });
    expect(await ask(hearings(0), body)).toMatchObject({ status: 200 });
    expect((await whole.office.ask('GET', '/v1/docket')).body['hearings']).toMatchObject([
      { caseNumber: of(0), date: '2025-11-20', time: '09:00', minutes: 30, interpreter: 'Spanish' },
    ]);
  });

  it('an hour that is taken, or whose interpreter is, names the free ones', async () => {
    const taken = await ask(hearings(1), { date: '2025-11-20', time: '09:00', place: 'courthouse, Room 2' });
    expect(taken.body).toMatchObject({ code: 'DOCKET_TAKEN', details: { free: ['09:30', '10:00'] } });
    const elsewhere = { date: '2025-11-20', time: '09:15', place: 'Annex', interpreter: 'spanish' };
    expect((await ask(hearings(1), elsewhere)).body['code']).toBe('INTERPRETER_TAKEN');
  });

  it('several at once each get an hour of their own', async () => {
    const set = await Promise.all([1, 2, 3].map((n) => ask(hearings(n), {})));
    expect(set.map((one) => one.status)).toEqual([200, 200, 200]);
    const hours = set.map((one) => one.body['hearing'] as { date: string; time: string });
    expect(hours.map((one) => `${one.date} ${one.time}`).sort()).toEqual([
      '2025-11-20 09:30',
      '2025-11-20 10:00',
      '2025-11-25 09:00',
    ]);
    expect(await docket()).toHaveLength(4);
  });

  it('one hour asked for by two cases at once goes to one of them', async () => {
    const want = { date: '2025-12-02', time: '09:00', place: 'Annex', reason: 'the room floods' };
    const answers = await Promise.all([1, 2].map((n) => ask(hearings(n, '/move'), want)));
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409]);
    const [won, lost] = answers[0]?.status === 200 ? [1, 2] : [2, 1];
    expect(answers[lost - 1]?.body['code']).toBe('DOCKET_TAKEN');
    expect(answers[won - 1]?.body['notes']).toEqual([expect.stringContaining('not on the docket’s list')]);
    const rows = await docket();
    expect(rows.filter(([, date]) => date === '2025-12-02')).toEqual([[of(won), '2025-12-02', '09:00']]);
    // Whoever lost keeps the hour they had.
    expect(rows.filter(([number]) => number === of(lost))).toHaveLength(1);
    expect(await letters(won)).toEqual([
      ['hearing-notice', 'withdrawn'],
      ['hearing-notice', 'waiting'],
    ]);
  });
});

describe('a hearing that was announced', () => {
  it('moved, the family is told; the old hour is free and the new one kept', async () => {
    await whole.day('2025-11-10');
    expect(await letters(0)).toEqual([['hearing-notice', 'out']]);
    const moved = await whole.done(hearings(0, '/move'), {
      ...{ id: 'move-0', date: '2025-11-25', time: '09:30', reason: 'mother works mornings' },
    });
    expect(moved).toMatchObject({
      hearing: { date: '2025-11-25', time: '09:30', place: ROOM },
      letter: { kind: 'hearing-moved' },
    });
    const rows = await docket();
    expect(rows.filter(([number]) => number === of(0))).toEqual([[of(0), '2025-11-25', '09:30']]);
    const free = (await whole.office.ask('GET', '/v1/docket/free?from=2025-11-20&limit=1')).body['free'];
    expect(free).toMatchObject([{ date: '2025-11-20', time: '09:00' }]);
    const same = await ask(hearings(0, '/move'), {
      ...{ date: '2025-11-25', time: '09:30', place: ROOM, reason: 'again' },
    });
    expect(same.body['code']).toBe('HEARING_UNCHANGED');
    expect((await docket()).filter(([number]) => number === of(0))).toHaveLength(1);
  });

  it('cancelled, its hour is free, and a family that was told is told', async () => {
    const seen = await whole.office.ask('GET', `/v1/preview?case=${of(3)}&step=cancel-hearing`);
    expect(seen.body['letter']).toBe('hearing-cancelled');
    const cancelled = await whole.done(hearings(3, '/cancel'), { reason: 'the school erred' });
    expect(cancelled).toMatchObject({ stage: 'third-referral', letter: { kind: 'hearing-cancelled' } });
    expect((await docket()).map(([number]) => number)).not.toContain(of(3));
  });

  it('continued only on its day; before it, it is moved', async () => {
    const early = await ask(hearings(0, '/continue'), { reason: 'records are missing' });
    expect(early.body['code']).toBe('HEARING_NOT_YET');
    expect(await docket()).toContainEqual([of(0), '2025-11-25', '09:30']);
  });

  it('one whose count corrections took away waits for the Regional Superintendent', async () => {
    for (const date of ['2025-10-06', '2025-10-07']) {
      await whole.done('/v1/absences/excuse', { student: STUDENTS[0], date, reason: 'doctor’s note' });
    }
    await whole.settled();
    const todo = async () =>
      (
        (await whole.office.ask('GET', `/v1/tasks?case=${of(0)}`)).body['tasks'] as {
          textCode: string;
          role: string;
        }[]
      )
        .filter((one) => one.textCode === 'HEARING_QUESTIONED')
        .map((one) => one.role);
    expect(await todo()).toEqual(['regional-superintendent']);
    const move = await ask(hearings(0, '/move'), { reason: 'another day' });
    expect(move.body['code']).toBe('HEARING_QUESTIONED');
    const manager = await whole.office.person('case-manager', null);
    const stand = { reason: 'the excuses came after the deadline' };
    expect((await whole.office.ask('POST', hearings(0, '/stand'), stand, manager)).status).toBe(403);
    await whole.done(hearings(0, '/stand'), stand);
    expect(await todo()).toEqual([]);
  });
});

describe('a hearing withdrawn while its notice is in the house', () => {
  it('gives its hour back', async () => {
    const set = await whole.done(hearings(4), { date: '2025-12-09', time: '09:00', place: ROOM });
    expect(set).toMatchObject({ stage: 'hearing-scheduled' });
    expect(await docket()).toContainEqual([of(4), '2025-12-09', '09:00']);
    await whole.done(`/v1/cases/${of(4)}/withdraw`, { reason: 'wrong child' });
    expect((await docket()).map(([number]) => number)).not.toContain(of(4));
  });
});

describe('a door that got no answer', () => {
  /** The office's services with a case client whose answers are lost after the case has decided. */
  const deaf = () => {
    const { caseClient, db } = whole.office;
    const execute: typeof caseClient.execute = async (...given) => {
      await caseClient.execute(...given);
      throw new OutOfReach('no answer');
    };
    const caller = { id: 'U-admin', role: 'administrator', schools: null };
    return { db, log: silentLog, policy: policyReader(), caller, caseClient: { ...caseClient, execute } };
  };

  it('the hearing stands, and the repeat gets its answer and its hour', async () => {
    const wish = { id: 'lost-answer', place: ROOM };
    await expect(scheduleHearing(deaf(), of(4), wish)).rejects.toThrow(OutOfReach);
    // The case has decided; its write may still be on its way.
    const ofMine = async () => (await docket()).filter(([number]) => number === of(4));
    await expect.poll(ofMine, { timeout: 5_000 }).toHaveLength(1);
    const mine = await ofMine();
    const repeated = await whole.done(hearings(4), wish);
    expect(repeated).toMatchObject({ stage: 'hearing-scheduled' });
    expect((await docket()).filter(([number]) => number === of(4))).toEqual(mine);
    const { body } = await whole.office.ask('GET', `/v1/cases/${of(4)}`);
    const types = (body['journal'] as { type: string }[]).map((one) => one.type);
    expect(types.filter((type) => type === 'hearing-scheduled')).toHaveLength(2);
    await whole.done(`/v1/cases/${of(4)}/withdraw`, { reason: 'wrong child' });
  });

  it('a hold stands, and the letter waits although nobody gave its row back', async () => {
    await whole.done(hearings(4), { id: 'for-the-hold', place: ROOM });
    const hold = { id: 'lost-hold', kind: 'medical', reason: 'in hospital', schoolDays: 3 };
    await expect(placeHold(deaf(), of(4), hold)).rejects.toThrow(OutOfReach);
    const key = `${of(4)}/hearing-notice/3`;
    await expect
      .poll(() => stepByKey(whole.db, key), { timeout: 5_000 })
      .toMatchObject({ status: 'reserved', parked: 'hold' });
    await whole.done(`/v1/cases/${of(4)}/holds`, hold);
    expect(await stepByKey(whole.db, key)).toMatchObject({ status: 'waiting', parked: 'hold' });
    expect(await beginLeaving(whole.db, key)).toEqual({ parked: 'hold' });
    await whole.done(`/v1/cases/${of(4)}/holds/release`, { reason: 'well again' });
    await whole.done(`/v1/cases/${of(4)}/withdraw`, { reason: 'wrong child' });
    expect(await stepByKey(whole.db, key)).toMatchObject({ status: 'withdrawn' });
  });
});

describe('a door that died', () => {
  it('its hour is given to the next who asks once it has run out, after a look at the case', async () => {
    await whole.done('/v1/docket/places', {
      place: 'Room 9',
      from: '08:00',
      until: '08:30',
      slotMinutes: 30,
      weekdays: [3],
    });
    const slot = { date: '2025-12-03', time: '08:00', place: 'Room 9' };
    const past = '2025-01-01T00:00:00.000Z';
    const gone = { ...slot, minutes: 30, caseNumber: of(2), commandId: 'gone', until: past };
    await reserveSlot(
      whole.db,
      { ...gone, interpreter: null, accommodation: null },
      { actor: 'x', role: 'x' },
    );
    const set = await whole.done(hearings(4), { ...slot, id: 'after-the-dead' });
    expect(set).toMatchObject({ hearing: slot });
  });
});

describe('from the hearing’s day to the court', () => {
  const tasksOf = async (number: string) =>
    ((await whole.office.ask('GET', `/v1/tasks?case=${number}`)).body['tasks'] as { textCode: string }[]).map(
      (one) => one.textCode,
    );
  const to = (number: string, what: string) => `/v1/cases/${number}/${what}`;
  let number = '';

  it('on its day it can be continued: the first free slot, and the family is told', async () => {
    await whole.day('2025-11-25');
    expect(await tasksOf(of(0))).toContain('RECORD_THE_HEARING');
    const continued = await whole.done(hearings(0, '/continue'), { reason: 'records are missing' });
    expect(continued).toMatchObject({ letter: { kind: 'hearing-moved' } });
    const { date, time } = continued['hearing'] as { date: string; time: string };
    expect(date > '2025-12-05').toBe(true);
    expect((await docket()).filter(([one]) => one === of(0))).toEqual([[of(0), date, time]]);
    expect(await tasksOf(of(0))).not.toContain('RECORD_THE_HEARING');
  });

  it('held, its hour is off the docket; the order follows', async () => {
    const listed = (await whole.office.ask('GET', '/v1/docket?from=2025-11-18')).body['hearings'] as {
      caseNumber: string;
      date: string;
    }[];
    number = listed.find((one) => one.date <= '2025-11-25' && one.caseNumber !== of(0))?.caseNumber ?? '';
    await whole.done(to(number, 'hearings/outcome'), { outcome: 'held', appeared: 'mother and student' });
    const after = (await whole.office.ask('GET', '/v1/docket?from=2025-11-18')).body['hearings'];
    expect((after as { caseNumber: string }[]).map((one) => one.caseNumber)).not.toContain(number);
    await whole.done(to(number, 'orders'), { findings: 'ten days without cause', services: ['counseling'] });
    await whole.day('2025-11-26');
  });

  it('a referral to the court shows first what the certificate lacks, and asks the Case Manager for it', async () => {
    const early = await ask(to(number, 'court'), {});
    expect(early.body['code']).toBe('ORDER_NOT_BROKEN');
    const seen = await whole.office.ask('GET', `/v1/preview?case=${number}&step=court`);
    expect(seen.body['missing']).toContain('no referral to an outside agency is on record');
    const certificate = await whole.office.ask('GET', `/v1/cases/${number}/certificate`);
    expect(certificate.body).toMatchObject({ interventions: 9, referred: false });
    await whole.done(to(number, 'court'), { override: 'the family has moved away' });
    expect(await tasksOf(number)).toContain('CERTIFICATE_INCOMPLETE');
    expect((await whole.office.ask('GET', `/v1/cases/${number}/certificate`)).body['referred']).toBe(true);
  });

  it('news and the answer are recorded; what comes back is a task until it goes in again', async () => {
    const news = { id: 'news-1', text: 'set down for March' };
    await whole.done(to(number, 'court/status'), news);
    await whole.done(to(number, 'court/status'), news);
    // Nobody answers a referral that has not left: this one goes by post.
    await whole.day('2025-12-01');
    const { body: sent } = await whole.office.ask('GET', `/v1/notices?case=${number}`);
    for (const { key, status } of sent['notices'] as { key: string; status: string }[]) {
      if (status === 'queued') await whole.done(`/v1/notices/${encodeURIComponent(key)}/posted`, {});
    }
    await whole.settled();
    await whole.done(to(number, 'court/answer'), { answer: 'returned' });
    expect(await tasksOf(number)).toContain('COURT_RETURNED_THE_REFERRAL');
    await whole.done(to(number, 'court'), { override: 'papers completed' });
    expect(await tasksOf(number)).not.toContain('COURT_RETURNED_THE_REFERRAL');
    const { body } = await whole.office.ask('GET', `/v1/cases/${number}`);
    expect(body['state']).toMatchObject({ court: { submission: 2 } });
    const types = (body['journal'] as { type: string }[]).map((one) => one.type);
    expect(types.filter((type) => type === 'court-status')).toHaveLength(1);
  });
});
