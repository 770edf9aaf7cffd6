/** `truancy call` and `officer` against a running office: from a school's call to its closing, each mistake with its mend. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCliOffice, type CliOffice, type Ran } from './office.ts';

// Dozens of processes, one after the other.
const PATIENCE = 240_000;

let office: CliOffice;
const keys = { school: '', dispatcher: '', officer: '', counselor: '' };
const truancy = (...args: string[]) => office.truancy(...args);
const as = (who: keyof typeof keys, ...args: string[]) =>
  office.truancyWith({ TRUANCY_API_URL: office.services.apiUrl, TRUANCY_API_KEY: keys[who] }, ...args);
const json = (...args: string[]) => office.json(...args);
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

/** Status and what went to standard error, one line that names no child. */
function failure(ran: Ran): [number | null, string] {
  expect(ran.out).toBe('');
  expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  expect(ran.err).not.toMatch(/Ada|Testchild/);
  return [ran.status, ran.err];
}

async function person(name: string, role: string, ...more: string[]): Promise<[id: string, key: string]> {
  const made = await json('user', 'add', '--name', name, '--role', role, ...more);
  const { user, key } = made as unknown as { user: { id: string }; key: { key: string } };
  return [user.id, key.key];
}

beforeAll(async () => {
  office = await startCliOffice('2025-10-15', { policy: 'intervention-department', minutesAreReal: true });
  await json('login', '--local');
  await json('district', 'add', '--code', 'PEKIN-303', '--name', 'Pekin CSD 303');
  const school = ['--code', 'PEKIN-HS', '--source-id', '17', '--name', 'Pekin High School'];
  await json('school', 'add', ...school, '--district', 'PEKIN-303', '--county', 'Tazewell');
  const calendar = join(office.home, 'calendar.csv');
  writeFileSync(calendar, 'date,title\n2025-08-18,First day of school\n2026-05-29,Last day of school\n');
  await json('calendar', 'import', calendar, '--school', 'PEKIN-HS');
  const student = ['--student', '1001', '--first', 'Ada', '--last', 'Testchild', '--school', 'PEKIN-HS'];
  await json('student', 'add', ...student, '--born', '2011-03-02');
  [, keys.school] = await person('Clerk', 'school', '--school', 'PEKIN-HS');
  [, keys.dispatcher] = await person('Dispatcher', 'dispatcher');
  [, keys.counselor] = await person('Counselor', 'counselor', '--school', 'PEKIN-HS');
  const [user, key] = await person('Officer', 'attendance-officer');
  keys.officer = key;
  await json('officer', 'add', '--name', 'A. Officer', '--user', user);
  await json('officer', 'add', '--name', 'B. Officer');
}, 240_000);
afterAll(() => office.stop(), 120_000);

const OPEN = ['call', 'open', '--kind', 'true-refusal', '--student', '1001'];
const CALL = ['--call', 'S-000001'];

describe('a school calls', { timeout: PATIENCE }, () => {
  it('and is told what is missing, in words, with nothing opened', async () => {
    const [status, err] = failure(await as('school', ...OPEN));
    expect(status).toBe(3);
    expect(err).toMatch(/^error GATE_CLOSED: Say when the parent called the school/);
    expect(failure(await as('school', ...OPEN, '--caller', 'parent'))).toEqual([
      3,
      expect.stringMatching(/^error PARENT_MAY_NOT_CALL: A parent does not make this call/),
    ]);
    expect(failure(await as('school', ...OPEN, '--attempt', '309-555-0101'))[1]).toMatch(/BAD_ATTEMPT/);
    expect((await as('school', 'call', 'list')).out).toContain('No calls.');
  });

  it('opens the call, once', async () => {
    const held = [...OPEN, '--parent-called', '08:05', '--parent-home', '--id', 'refusal-1'];
    const opened = await as('school', ...held);
    expect([opened.status, opened.err]).toEqual([0, '']);
    expect(opened.out).toContain('Call S-000001 is open.');
    expect(opened.out).toContain('stated');
    expect(widest(opened.out)).toBeLessThanOrEqual(80);
    expect((await as('school', ...held)).out).toContain('was open already');
  });
});

describe('an officer', { timeout: PATIENCE }, () => {
  it('comes on duty, and is offered what waits', async () => {
    expect((await as('officer', 'officer', 'on-duty')).out).toContain('O-0001 is on duty.');
    await expect
      .poll(async () => (await as('officer', 'call', 'list')).out, { timeout: 30_000, interval: 1_000 })
      .toMatch(/S-000001 .*true-refusal .*Offered to O-0001/);
    const listed = await as('dispatcher', 'officer', 'list');
    expect(listed.out).toMatch(/O-0001 .*offered .*S-000001/);
    expect(widest(listed.out)).toBeLessThanOrEqual(80);
  });

  it('declines with a reason, and is told whose it is otherwise', async () => {
    expect(failure(await as('officer', 'call', 'decline', ...CALL))[0]).toBe(2);
    expect(failure(await as('officer', 'call', 'accept', ...CALL, '--officer', 'O-0002'))).toEqual([
      4,
      expect.stringContaining('You act as officer O-0001'),
    ]);
    const declined = await as('officer', 'call', 'decline', ...CALL, '--reason', 'in court');
    expect(declined.out).toContain('Somebody else is asked.');
    expect(failure(await as('officer', 'call', 'accept', ...CALL))[1]).toMatch(/^error OFFER_OVER/);
    expect(failure(await as('school', 'call', 'accept', ...CALL))[0]).toBe(4);
  });

  it('another one accepts by radio, and the dispatcher gives the call to the first after all', async () => {
    await as('dispatcher', 'officer', 'on-duty', '--officer', 'O-0002');
    await expect
      .poll(async () => (await as('dispatcher', 'call', 'accept', ...CALL)).out, {
        timeout: 30_000,
        interval: 1_000,
      })
      .toContain('Officer O-0002 has the call.');
    const give = ['call', 'reassign', ...CALL, '--reason', 'nearer'];
    expect(failure(await as('dispatcher', ...give, '--to', 'O-0099'))).toEqual([
      4,
      expect.stringContaining('officer list'),
    ]);
    expect(failure(await as('officer', ...give))[0]).toBe(4);
    expect((await as('dispatcher', ...give, '--to', 'O-0001')).out).toContain('Another officer is sought.');
    await expect
      .poll(async () => (await as('officer', 'call', 'accept', ...CALL)).out, {
        timeout: 30_000,
        interval: 1_000,
      })
      .toContain('Officer O-0001 has the call.');
  });

  it('starts, arrives, does the visit and leaves', async () => {
    expect(failure(await as('officer', 'call', 'arrive', ...CALL))[1]).toMatch(/^error NOT_ON_THE_WAY/);
    expect(failure(await as('officer', 'call', 'start', ...CALL, '--minutes', '0'))[1]).toMatch(
      /^error BAD_INPUT: --minutes/,
    );
    const started = await as('officer', 'call', 'start', ...CALL, '--minutes', '45');
    expect(started.out).toContain('expected back within 45 minutes');
    expect((await as('officer', 'call', 'arrive', ...CALL)).out).toContain('The arrival is recorded.');
    const visit = ['call', 'step', ...CALL, '--step', 'home-visit'];
    expect(failure(await as('officer', ...visit))[1]).toMatch(/^error NOTE_MISSING/);
    expect((await as('officer', ...visit, '--note', 'Stayed in the house.')).out).toContain('is done');
    expect((await as('officer', 'call', 'leave', ...CALL)).out).toContain('back and free');
    expect((await as('dispatcher', 'officer', 'overdue')).out).toContain('Nobody is overdue.');
  });

  it('works the checklist down; what waits for others is said', async () => {
    const step = (code: string, ...more: string[]) =>
      as('officer', 'call', 'step', ...CALL, '--step', code, ...more);
    expect(failure(await step('log-note', '--note', 'x'))[1]).toMatch(/^error STEP_OUT_OF_ORDER/);
    expect((await step('ask-ct')).out).toContain('The school is asked for the mark.');
    await step('log-note', '--note', 'Refused to come along.');
    expect(failure(await step('consider-monitor'))[1]).toMatch(/^error RESULT_MISSING/);
    await step('consider-monitor', '--result', 'not-needed');
    expect((await step('connect-counselor')).out).toContain('The counselor is told.');
    const close = ['call', 'close', ...CALL, '--outcome', 'refused'];
    expect(failure(await as('officer', ...close))).toEqual([
      3,
      expect.stringMatching(/^error CHECKLIST_OPEN: Not every step is done or waived/),
    ]);
    const word = ['call', 'counselor', ...CALL, '--note', 'Rang the home.'];
    expect(failure(await as('school', ...word))[0]).toBe(4);
    expect((await as('counselor', ...word)).out).toContain('word is recorded');
    await json('absence', 'add', '--student', '1001', '--date', '2025-10-15', '--code', 'CT');
    await expect
      .poll(async () => (await as('officer', ...close)).out, { timeout: 30_000, interval: 1_000 })
      .toContain('Closed: refused to go.');
    const shown = await as('officer', 'call', 'show', ...CALL);
    expect(shown.out).toMatch(/\[x\] ask-ct: .*\(marked 2025-10-15\)/);
    expect(widest(shown.out)).toBeLessThanOrEqual(80);
    const notes = await as('school', 'call', 'notes', '--student', '1001');
    expect(notes.out).toContain('Refused to come along.');
    expect(widest(notes.out)).toBeLessThanOrEqual(80);
    expect(failure(await as('officer', ...close))[1]).toMatch(/^error CALL_CLOSED/);
  });
});

describe('a hazard', { timeout: PATIENCE }, () => {
  const AT = '9 Elm Street; Pekin; IL; 61554';
  const add = ['hazard', 'add', '--note', 'loose dog in the yard'];

  it('is noted at an address, once; schools neither note nor read it', async () => {
    expect(failure(await as('officer', ...add, '--address', '9 Elm Street'))).toEqual([
      2,
      expect.stringMatching(/^error BAD_ADDRESS: --address/),
    ]);
    expect(failure(await as('officer', ...add))[0]).toBe(2);
    expect((await as('officer', ...add, '--address', AT)).out).toContain('Hazard 1 is noted.');
    // The same home, spelled otherwise.
    const again = await as('dispatcher', ...add, '--address', '9 ELM  street; Pekin; IL; 61554-0001');
    expect(again.out).toContain('Hazard 1 stood there already.');
    expect(failure(await as('school', ...add, '--address', AT))[0]).toBe(4);
    expect(failure(await as('school', 'hazard', 'list'))[0]).toBe(4);
    const listed = await as('officer', 'hazard', 'list');
    expect(listed.out).toMatch(/9 Elm Street.*\n.*loose dog in the yard/);
    expect(widest(listed.out)).toBeLessThanOrEqual(80);
  });

  it('is retired with a reason, and stays on record', async () => {
    const end = (id: string) => as('officer', 'hazard', 'end', '--hazard', id, '--reason', 'the dog is gone');
    expect(failure(await end('one'))[1]).toMatch(/^error BAD_HAZARD: --hazard/);
    expect(failure(await end('99'))[0]).toBe(4);
    expect((await end('1')).out).toContain('Hazard 1 is retired.');
    expect((await as('officer', 'hazard', 'list')).out).toContain('No hazard is noted.');
    expect((await as('officer', 'hazard', 'list', '--ended')).out).toContain('the dog is gone');
  });
});

describe('an officer’s day', { timeout: PATIENCE }, () => {
  it('is theirs to read, and the dispatcher’s for anybody; not a school’s', async () => {
    const started = ['monitor', 'start', '--student', '1001', '--officer', 'O-0001'];
    expect((await as('officer', ...started)).out).toContain('Monitor M-000001 begins.');
    const mine = await as('officer', 'officer', 'plan');
    expect(mine.out).toMatch(/^O-0001, Wed 15 Oct 2025/);
    expect(mine.out).toMatch(/M-000001 .*PEKIN-HS/);
    expect(widest(mine.out)).toBeLessThanOrEqual(80);
    expect((await as('dispatcher', 'officer', 'plan', '--officer', 'O-0002')).out).toContain('O-0002');
    expect(failure(await as('officer', 'officer', 'plan', '--officer', 'O-0002'))[0]).toBe(4);
    expect(failure(await as('school', 'officer', 'plan'))[0]).toBe(4);
    // The student's adults are not on record: the contract is the officer's to hand over.
    await expect
      .poll(async () => (await as('officer', 'todo')).out, { timeout: 30_000, interval: 1_000 })
      .toMatch(/M-000001[^]*Nobody on record may get it[^]*notice release --case M-000001/);
    const letters = await as('officer', 'notice', 'list', '--case', 'M-000001');
    expect([letters.status, letters.out]).toEqual([0, expect.stringContaining('is held back')]);
    const letter = ['--case', 'M-000001', '--letter', 'monitor-contract', '--reason', 'handed over'];
    expect(failure(await as('officer', 'notice', 'release', ...letter))).toEqual([
      3,
      expect.stringMatching(/^error NO_LEGAL_RECIPIENT: .*guardian add/),
    ]);
    expect((await as('officer', 'notice', 'withdraw', ...letter)).out).toContain('is not sent any more');
    expect((await as('officer', 'todo')).out).not.toContain('Nobody on record may get it');
    expect(failure(await as('officer', 'notice', 'list', '--case', 'X-1'))[0]).toBe(2);
  });
});

describe('the office itself', { timeout: PATIENCE }, () => {
  it('is set up again without saying once more which it is; its letterhead names no hearing', async () => {
    const zone = ['--zone', 'America/Chicago'];
    const again = await json('setup', ...zone, '--practice-mailbox', 'practice@dept.example');
    expect(again).toMatchObject({ office: 'intervention', policy: 'intervention-department' });
    const file = join(office.home, 'letterhead.yaml');
    const patch = '{ name: D. Patch, phone: 309-555-0190, email: desk@dept.example }';
    writeFileSync(
      file,
      [
        'name: Intervention Department',
        'addressLines: [12 School Street]',
        'phone: 309-555-0188',
        'email: intervention@dept.example',
        `caseManagers: { default: ${patch} }`,
      ].join('\n'),
    );
    await json('office', 'profile', '--file', file);
    expect(await json('office', 'show')).toMatchObject({
      practiceMailbox: 'practice@dept.example',
      profile: { hearingAddressLines: ['12 School Street'], signatories: {} },
    });
  });
});

describe('a police call', { timeout: PATIENCE }, () => {
  const SECOND = ['--call', 'S-000002'];
  it('comes through the dispatcher, waives what cannot be done, and is cancelled by police', async () => {
    const police = ['call', 'open', '--kind', 'police-transport', '--place', 'Court Street at 5th'];
    expect(failure(await as('school', ...police))[1]).toMatch(/^error POLICE_CALL_THE_DISPATCHER/);
    const opened = await as('dispatcher', ...police, '--looks', 'about 14, red jacket');
    expect(opened.out).toContain('not known yet');
    const ask = [...SECOND, '--step', 'ask-ct'];
    const waived = await as('dispatcher', 'call', 'waive', ...ask, '--reason', 'nobody knows whom');
    expect(waived.out).toContain('is waived');
    expect((await as('dispatcher', 'call', 'identify', ...SECOND, '--student', '1001')).out).toContain(
      'The student is known now.',
    );
    expect(
      failure(await as('school', 'call', 'cancel', ...SECOND, '--by', 'police', '--reason', 'x'))[0],
    ).toBe(4);
    const over = await as('dispatcher', 'call', 'cancel', ...SECOND, '--by', 'police', '--reason', 'gone');
    expect(over.out).toContain('The call is cancelled.');
    const closed = await as('dispatcher', 'call', 'list', '--status', 'closed');
    expect(closed.out).toMatch(/S-000002 .*cancelled-by-police/);
    expect(widest(closed.out)).toBeLessThanOrEqual(80);
  });

  it('that nobody knows is looked for in the list', async () => {
    expect(failure(await truancy('call', 'show', '--call', 'S-000099'))).toEqual([
      4,
      expect.stringContaining('call list'),
    ]);
    const help = await truancy('call', 'step', '--help');
    expect(help.out).toContain('call step --call S-000017');
    expect(widest(help.out)).toBeLessThanOrEqual(80);
  });
});

describe('the roster', { timeout: PATIENCE }, () => {
  const SECOND = ['--officer', 'O-0002'];

  it('changes by what is said; planned duty times say till when whoever comes on duty is asked', async () => {
    const change = ['officer', 'change', ...SECOND];
    const said = ['--phone', '(309) 555-0102', '--duty', 'mon-fri 07:30-15:30', '--school', 'PEKIN-HS'];
    expect(await json(...change, ...said)).toMatchObject({ changed: ['phone', 'schools', 'duty'] });
    expect(await json(...change, ...said)).toMatchObject({ changed: [] });
    await json('officer', 'off-duty', ...SECOND);
    expect(await json('officer', 'on-duty', ...SECOND)).toMatchObject({ changed: true, till: '15:30' });
    const listed = await as('dispatcher', 'officer', 'list');
    expect(listed.out).toMatch(/O-0002 .*free till 15:30 .*\(309\) 555-0102 +PEKIN-HS/);
    expect(widest(listed.out)).toBeLessThanOrEqual(80);
    expect(await json('officer', 'on-duty', ...SECOND, '--until', '17:00')).toMatchObject({ till: '17:00' });
    await json(...change, '--no-phone', '--no-duty', '--all-schools');
    const shown = { phone: null, duty: [], schools: null, standing: 'free', till: '17:00' };
    expect(await json('officer', 'show', ...SECOND)).toMatchObject(shown);
    expect(failure(await as('dispatcher', ...change, '--duty', 'mon-fri 15:30-07:30'))).toEqual([
      2,
      expect.stringMatching(/^error BAD_DUTY: --duty "mon-fri 15:30-07:30": 07:30 does not come after 15:30/),
    ]);
  });

  it('lets nobody go who watches a monitor, until another does', async () => {
    const remove = ['officer', 'remove', '--officer', 'O-0001', '--reason', 'has left'];
    expect(failure(await as('dispatcher', ...remove))).toEqual([
      3,
      expect.stringMatching(/^error OFFICER_WATCHES_MONITORS: O-0001 watches a running monitor \(M-000001\)/),
    ]);
    expect(await json(...remove, '--monitors-to', 'O-0002')).toMatchObject({
      ...{ removed: true, calls: [], monitors: ['M-000001'] },
    });
    await expect
      .poll(async () => (await json('monitor', 'show', '--monitor', 'M-000001'))['officer'], {
        timeout: 30_000,
      })
      .toBe('O-0002');
    const text = await as('dispatcher', 'officer', 'show', '--officer', 'O-0001');
    expect(text.out).toMatch(/Where +off-roster\n.*Left +[A-Z][a-z]{2} .*: has left\n/s);
    expect(widest(text.out)).toBeLessThanOrEqual(80);
    // Their key still opens the program, and is nobody's on the roster.
    expect(failure(await as('officer', 'officer', 'on-duty'))[0]).toBe(4);
  });
});
