/**
 * 20-Day Monitor contracts through the API, with a real Temporal and a real worker behind it: begun, broken by what an
 * import brings, taken back by a correction, moved by a closure, and ended on its stop date.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { officers } from '../../db/schema/index.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { startWholeOffice, type WholeOffice } from './whole-office.ts';

const OFFICER = 'officer@department.example';
const CLERK = 'clerk@pekin.example';

let whole: WholeOffice;
beforeAll(async () => {
  whole = await startWholeOffice({ policy: 'intervention-department' });
  const onRoster = {
    ...{ name: 'Officer Test', allSchools: true },
    ...{ actor: 'U-0001', role: 'administrator', at: new Date().toISOString() },
  };
  await whole.db.insert(officers).values([
    { ...onRoster, id: 'O-0001', channel: 'email', reach: OFFICER },
    { ...onRoster, id: 'O-0002', channel: 'radio' },
  ]);
  await whole.done('/v1/schools', {
    schools: [
      {
        ...{ code: 'PEKIN-HS', sourceId: '17', district: 'PEKIN-303', county: 'Tazewell' },
        name: 'Pekin Community High School',
        contacts: [{ function: 'attendance-clerk', name: 'R. Clerk', email: CLERK }],
      },
    ],
  });
}, 180_000);
afterAll(() => whole.stop(), 60_000);

const get = async (url: string) => (await whole.office.ask('GET', url)).body;
const monitor = (number: string) => get(`/v1/monitors/${number}`);

/** Waits until a monitor looks so. */
async function comes(number: string, like: Record<string, unknown>): Promise<Record<string, unknown>> {
  await expect.poll(() => monitor(number), { timeout: 6_000 }).toMatchObject(like);
  return monitor(number);
}

/** What stands on the worklists about a monitor, as `role: words of the task`. */
async function told(number: string): Promise<string[]> {
  const tasks = await listTasks(whole.db, { caseNumber: number });
  return tasks.map((task) => `${task.role}: ${task.textCode}`).sort();
}

/** What reached officer and school by e-mail about a monitor: the subjects, oldest first. No child is named in any of it. */
async function mailed(): Promise<{ officer: string[]; school: string[] }> {
  const [officer, school] = [await whole.mailTo(OFFICER), await whole.mailTo(CLERK)];
  const about = [...officer, ...school].filter((one) => one.subject.startsWith('PRACTICE: Monitor'));
  for (const { subject, text } of about) expect(`${subject} ${text}`).not.toMatch(/Ada|Testchild|1001/);
  const subjects = (mail: typeof officer) =>
    mail.filter((one) => about.includes(one)).map((one) => one.subject);
  return { officer: subjects(officer), school: subjects(school) };
}

type Mark = readonly [student: string, date: string, code: string];

/** Both schools' attendance from the contract's day on, known up to a date: the whole of it. */
async function attendance(knownTo: string, marks: readonly Mark[], school = 'PEKIN-HS'): Promise<void> {
  await whole.done('/v1/attendance/imports', {
    source: 'PEKIN-303/ic',
    format: 'infinite-campus',
    rows: marks.map(([student, date, code], i) => ({
      line: i + 2,
      student,
      school,
      date,
      code,
      fraction: 1,
    })),
    covers: { from: '2025-10-14', to: knownTo },
    schools: [school],
  });
}

describe('a 20-Day Monitor', () => {
  it('names its start and stop date when it begins, and there is one at a time', async () => {
    const begun = await whole.done('/v1/monitors', { id: 'm-1', student: '1001', officer: 'O-0001' });
    // Wednesday 15 October is the contract's day; twenty school days from Thursday the 16th.
    expect(begun).toMatchObject({
      ...{ number: 'M-000001', started: true, student: '1001', school: 'PEKIN-HS', officer: 'O-0001' },
      ...{ contractOn: '2025-10-15', startsOn: '2025-10-16', stopsOn: '2025-11-12', call: null },
    });
    const second = await whole.office.ask('POST', '/v1/monitors', { student: '1001', officer: 'O-0002' });
    expect(second).toMatchObject({
      status: 409,
      body: { code: 'MONITOR_RUNS_ALREADY', detail: expect.stringContaining('Wed 12 Nov 2025') as string },
    });
    await comes('M-000001', { standing: 'running', breaches: 0, ofDays: 20 });
  });

  it('its contract goes to the family at once, with both dates, kept and proved', async () => {
    const letters = async () => (await get('/v1/notices?case=M-000001'))['notices'];
    await expect.poll(letters, { timeout: 10_000 }).toMatchObject([
      {
        step: 'M-000001/monitor-contract/1',
        channel: 'email',
        language: 'en',
        status: 'sent',
        outOn: '2025-10-15',
      },
    ]);
    const [mail, ...more] = await whole.mailTo('mara@example.org');
    expect(more).toEqual([]);
    expect(mail?.subject).not.toMatch(/Ada|Testchild/);
    expect(mail?.text).toMatch(/Thursday, October 16, 2025.*Wednesday, November 12, 2025/);
    expect(mail?.text).toContain('Ada Testchild');
    expect(mail?.text).not.toContain('337-9911');
    const [{ key }] = (await letters()) as [{ key: string }];
    const kept = await get(`/v1/notices/${encodeURIComponent(key)}?format=json`);
    expect(kept).toMatchObject({
      to: { email: 'mara@example.org' },
      policyVersion: 'intervention-department/1',
    });
  });

  it('the same request again is the same monitor', async () => {
    const again = await whole.done('/v1/monitors', { id: 'm-1', student: '1001', officer: 'O-0001' });
    expect(again).toMatchObject({ number: 'M-000001', started: false });
  });

  it('is refused for an officer nobody knows', async () => {
    const answer = await whole.office.ask('POST', '/v1/monitors', { student: '1002', officer: 'O-0099' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'UNKNOWN_OFFICER' } });
  });

  it('broken by what an import brings, is told once to officer and school, with the day', async () => {
    await whole.day('2025-10-20');
    const marks: Mark[] = [
      ['1001', '2025-10-15', 'CT'],
      ['1001', '2025-10-17', 'CT'],
    ];
    await attendance('2025-10-17', marks);
    await comes('M-000001', { breaches: 1, knownUpTo: '2025-10-17', coveredDays: 2 });
    const broken = ['attendance-officer: MONITOR_BROKEN', 'school: MONITOR_BROKEN'];
    expect(await told('M-000001')).toEqual(broken);
    const [task] = await listTasks(whole.db, { caseNumber: 'M-000001', role: 'school' });
    expect(task).toMatchObject({
      school: 'PEKIN-HS',
      details: { monitor: 'M-000001', officer: 'O-0001', date: '2025-10-17', code: 'CT' },
    });
    // The same file again says nothing new.
    await attendance('2025-10-17', marks);
    await whole.settled();
    expect(await told('M-000001')).toEqual(broken);
  });

  it('officer and school have an e-mail of it at once, one each, that names the day and no child', async () => {
    const broken = ['PRACTICE: Monitor M-000001: a day breaks the contract'];
    await expect.poll(mailed, { timeout: 10_000 }).toEqual({ officer: broken, school: broken });
    const [mail] = await whole.mailTo(CLERK);
    expect(mail?.text).toContain('M-000001, PEKIN-HS is broken on Fri 17 Oct 2025: found truant (CT)');
  });

  it('a correction takes the breach back, visibly, and both are written to', async () => {
    await attendance('2025-10-17', [
      ['1001', '2025-10-15', 'CT'],
      ['1001', '2025-10-17', 'EX'],
    ]);
    const shown = await comes('M-000001', { breaches: 0 });
    expect(shown['breachDays']).toMatchObject([{ date: '2025-10-17', standing: false }]);
    expect(await told('M-000001')).toContain('school: MONITOR_BREACH_TAKEN_BACK');
    const both = [
      'PRACTICE: Monitor M-000001: a day breaks the contract',
      'PRACTICE: Monitor M-000001: a breach is taken back',
    ];
    await expect.poll(mailed, { timeout: 10_000 }).toEqual({ officer: both, school: both });
    expect((await whole.mailTo(OFFICER)).at(-1)?.text).toContain('the school corrected it');
  });

  it('an absence of unknown reason breaks it only when three school days have left it unexplained', async () => {
    await whole.day('2025-10-23');
    const marks: Mark[] = [
      ['1001', '2025-10-17', 'EX'],
      ['1001', '2025-10-20', 'AUK'],
    ];
    await attendance('2025-10-22', marks);
    await comes('M-000001', { knownUpTo: '2025-10-22', breaches: 0 });
    await whole.day('2025-10-24');
    await attendance('2025-10-23', marks);
    const shown = await comes('M-000001', { breaches: 1 });
    expect(shown['breachDays']).toMatchObject([
      { date: '2025-10-17', standing: false },
      { date: '2025-10-20', standing: true, words: expect.stringContaining('unexplained') as string },
    ]);
  });

  it('a closure added midway moves the stop date, and both are told', async () => {
    await whole.done('/v1/calendar/close', { school: 'PEKIN-HS', date: '2025-10-29', reason: 'snow' });
    const shown = await comes('M-000001', { stopsOn: '2025-11-13' });
    expect((shown['journal'] as { type: string }[]).map((one) => one.type)).toContain('date-moved');
    expect(await told('M-000001')).toContain('attendance-officer: MONITOR_STOP_MOVED');
  });

  it('the officer is told to tell the family, once, the date as it is now; the contract is drawn with it', async () => {
    const moves = async () =>
      (await listTasks(whole.db, { caseNumber: 'M-000001', role: 'attendance-officer' }))
        .filter((task) => task.textCode === 'MONITOR_STOP_MOVED')
        .map((task) => task.details['sentence']);
    expect(await moves()).toEqual([
      'The stop date moved from Wed 12 Nov 2025 to Thu 13 Nov 2025: tell the family. monitor show --monitor M-000001 --pdf FILE draws the contract with the dates of now.',
    ]);
    const day = { school: 'PEKIN-HS', date: '2025-10-30' };
    await whole.done('/v1/calendar/close', { ...day, reason: 'snow' });
    await comes('M-000001', { stopsOn: '2025-11-14' });
    await expect.poll(moves).toEqual([expect.stringContaining('from Thu 13 Nov 2025 to Fri 14 Nov 2025')]);
    await whole.done('/v1/calendar/open', { ...day, reason: 'the storm passed' });
    const shown = await comes('M-000001', { stopsOn: '2025-11-13' });
    expect(shown['moved']).toMatchObject([
      { which: 'stop', from: '2025-11-12', to: '2025-11-13' },
      { which: 'stop', to: '2025-11-14' },
      { which: 'stop', to: '2025-11-13' },
    ]);
    // The letter is of today, days after the first of the contract.
    const drawn = await whole.office.ask('GET', '/v1/monitors/M-000001/contract');
    expect([drawn.status, drawn.text.slice(0, 5)]).toEqual([200, '%PDF-']);
    expect((await get('/v1/tasks?case=M-000001&role=attendance-officer'))['tasks']).not.toEqual([]);
    // What has left stays as it was; nobody is mailed another contract.
    expect((await get('/v1/notices?case=M-000001'))['notices']).toHaveLength(1);
  });

  it('a signature is recorded, and one after the fact of another day refused', async () => {
    const signed = await whole.done('/v1/monitors/M-000001/signatures', { by: 'parent', date: '2025-10-16' });
    expect(signed).toMatchObject({ number: 'M-000001', done: 'The signature is recorded.' });
    const early = await whole.office.ask('POST', '/v1/monitors/M-000001/signatures', {
      ...{ by: 'student', date: '2025-10-01' },
    });
    expect(early).toMatchObject({ status: 409, body: { code: 'SIGNED_ON_ANOTHER_DAY' } });
  });

  it('whose feed stops before its stop date waits, and says for what; nothing is judged on silence', async () => {
    await whole.day('2025-11-14');
    const shown = await comes('M-000001', { standing: 'waiting-for-attendance', status: 'open' });
    expect(String(shown['headline'])).toContain('known up to Thu 23 Oct 2025');
    expect(await told('M-000001')).toContain('school: MONITOR_WAITS_FOR_ATTENDANCE');
  });

  it('ends with its breaches when the days it waits for are known', async () => {
    await attendance('2025-11-13', [
      ['1001', '2025-10-17', 'EX'],
      ['1001', '2025-10-20', 'AUK'],
      ['1001', '2025-11-03', 'UNX'],
    ]);
    await comes('M-000001', { status: 'ended', endedHow: 'with-breaches', breaches: 2 });
    expect(await told('M-000001')).toContain('school: MONITOR_ENDED_WITH_BREACHES');
    // What it waited for, and what was to be told while it ran, is nobody's to do any more.
    for (const over of ['MONITOR_WAITS_FOR_ATTENDANCE', 'MONITOR_STOP_MOVED']) {
      expect((await told('M-000001')).join()).not.toContain(over);
    }
    const late = await whole.office.ask('POST', '/v1/monitors/M-000001/end', { reason: 'moved' });
    expect(late).toMatchObject({ status: 409, body: { code: 'MONITOR_ENDED' } });
  });

  it('kept for all its days is met, and the next may begin', async () => {
    await whole.done('/v1/monitors', { student: '2001', officer: 'O-0002' });
    // Thanksgiving is not closed in this calendar: 20 school days from Monday 17 November.
    await comes('M-000002', { startsOn: '2025-11-17', stopsOn: '2025-12-12' });
    // Nobody is on record whom the contract may reach: the officer hands it over.
    await expect
      .poll(() => told('M-000002'), { timeout: 10_000 })
      .toEqual(['attendance-officer: NO_LEGAL_RECIPIENT']);
    await whole.day('2025-12-15');
    await attendance('2025-12-12', [], 'EAST-HS');
    await comes('M-000002', { status: 'ended', endedHow: 'met', breaches: 0, coveredDays: 20 });
    expect(await told('M-000002')).toContain('attendance-officer: MONITOR_ENDED_MET');
    const next = await whole.done('/v1/monitors', { student: '2001', officer: 'O-0002' });
    expect(next).toMatchObject({ number: 'M-000003', started: true });
  });

  it('a contract that was held back leaves once the records are mended and a person lets it go', async () => {
    const release = (body: object) =>
      whole.office.ask('POST', '/v1/monitors/M-000003/contract/release', body);
    await expect
      .poll(() => get('/v1/notices?case=M-000003'), { timeout: 10_000 })
      .toMatchObject({ notices: [], inHouse: [{ status: 'blocked', blockedReason: 'NO_LEGAL_RECIPIENT' }] });
    expect(await release({ id: 'go-1', reason: 'mended' })).toMatchObject({
      status: 409,
      body: { code: 'NO_LEGAL_RECIPIENT', detail: expect.stringContaining('guardian add') as string },
    });
    await whole.done('/v1/guardians:import', {
      guardians: [
        {
          ...{ sourceId: 'g-2001', firstName: 'Pat', lastName: 'Testparent', language: 'en', phones: [] },
          email: 'pat@example.org',
          students: [
            {
              student: '2001',
              relation: 'Father',
              legalRecipient: 'yes',
              livesWith: true,
              primary: true,
              noContact: false,
            },
          ],
        },
      ],
    });
    // Days after the first of the contract: it says what it says.
    await whole.day('2025-12-18');
    const again = { id: 'go-1', reason: 'mended' };
    expect((await release(again)).body).toMatchObject({
      done: 'The 20-Day Monitor contract leaves now.',
      to: [{ channel: 'email', language: 'en' }],
    });
    await expect
      .poll(() => get('/v1/notices?case=M-000003'), { timeout: 15_000 })
      .toMatchObject({ notices: [{ status: 'sent' }], inHouse: [] });
    expect(await told('M-000003')).not.toContain('attendance-officer: NO_LEGAL_RECIPIENT');
    // Said again it is the same yes; another finds nothing held back.
    expect((await release(again)).status).toBe(200);
    expect((await release({ reason: 'once more' })).body).toMatchObject({ code: 'LETTER_NOT_WAITING' });
    expect(await whole.mailTo('pat@example.org')).toHaveLength(1);
  });

  it('handed to another officer and ended by them keeps who, when and why', async () => {
    const why = { reason: 'on leave' };
    await whole.done('/v1/monitors/M-000003/officer', { officer: 'O-0001', ...why });
    await comes('M-000003', { officer: 'O-0001' });
    await whole.done('/v1/monitors/M-000003/end', { reason: 'the family has moved' });
    const shown = await comes('M-000003', { status: 'ended', endedHow: 'ended-early' });
    expect((shown['journal'] as { type: string }[]).map((one) => one.type)).toEqual([
      'monitor-begun',
      'officer-changed',
      'monitor-ended',
    ]);
  });

  it('lists by status and officer', async () => {
    expect(await get('/v1/monitors')).toEqual({ monitors: [] });
    const { monitors } = await get('/v1/monitors?status=ended&officer=O-0002');
    expect(monitors).toMatchObject([{ number: 'M-000002' }]);
  });
});
