/** What people decide in a case, by command: holds, letters, progress, the docket, the court. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, startCliOffice, type CliOffice } from './office.ts';

let office: CliOffice;
const truancy = (...args: string[]) => office.truancy(...args);
const json = (...args: string[]) => office.json(...args);
const CASE = ['--case', 'C-000001'];
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

beforeAll(async () => {
  office = await startCliOffice('2025-10-15');
  await json('login', '--local');
  await json('district', 'add', '--code', 'PEKIN-303', '--name', 'Pekin CSD 303');
  const school = ['--code', 'PEKIN-HS', '--source-id', '17', '--name', 'Pekin High School'];
  await json('school', 'add', ...school, '--district', 'PEKIN-303', '--county', 'Tazewell');
  const calendar = join(office.home, 'calendar.csv');
  writeFileSync(calendar, 'date,title\n2025-08-18,First day of school\n2026-05-29,Last day of school\n');
  await json('calendar', 'import', calendar, '--school', 'PEKIN-HS');
  const student = ['--student', '1001', '--first', 'Ada', '--last', 'Testchild', '--school', 'PEKIN-HS'];
  await json('student', 'add', ...student, '--born', '2011-03-02');
  const mother = ['--student', '1001', '--first', 'Mara', '--last', 'Testchild', '--relation', 'mother'];
  await json('guardian', 'add', ...mother, '--email', 'mara@example.org');
  for (const date of ['2025-10-01', '2025-10-02', '2025-10-03']) {
    const what = ['--student', '1001', '--kind', 'phone-call', '--date', date];
    await json('intervention', 'add', ...what, '--by', 'clerk', '--outcome', 'spoke with a parent');
  }
  await json('absence', 'add', '--student', '1001', '--date', '2025-10-06', '--code', 'unexcused');
  await json('refer', '--student', '1001', '--progress', 'absent again', '--yes');
}, 240_000);
afterAll(() => office.stop(), 120_000);

describe('holds', () => {
  it('say what they need: a kind or a hold, an end, an owner who exists', async () => {
    const hold = ['case', 'hold', ...CASE, '--reason', 'in hospital'];
    expect((await truancy(...hold)).err).toMatch(/^error BAD_USAGE: give either --kind/);
    const endless = await truancy(...hold, '--kind', 'medical');
    expect([endless.status, endless.err]).toEqual([3, expect.stringMatching(/^error HOLD_WITHOUT_END/)]);
    const nobody = await truancy(...hold, '--kind', 'medical', '--school-days', '5', '--owner', 'U-9999');
    expect([nobody.status, nobody.err]).toEqual([2, expect.stringMatching(/^error UNKNOWN_OWNER: owner: /)]);
    const odd = await truancy(...hold, '--kind', 'medical', '--school-days', 'five');
    expect([odd.status, odd.err]).toEqual([2, expect.stringMatching(/^error BAD_NUMBER: --school-days/)]);
    const unknown = await truancy(...hold, '--kind', 'holiday', '--school-days', '5');
    expect([unknown.status, unknown.err]).toEqual([3, expect.stringContaining('medical, homebound')]);
  });

  it('keep the letter in the house; the case shows the hold, why says it, the same id does nothing twice', async () => {
    const hold = ['case', 'hold', ...CASE, '--kind', 'medical', '--reason', 'in hospital'];
    const placed = await truancy(...hold, '--school-days', '10', '--id', 'hold-1');
    expect([placed.status, placed.out]).toEqual([0, expect.stringContaining('on hold (medical) until')]);
    expect((await truancy(...hold, '--school-days', '10', '--id', 'hold-1')).status).toBe(0);
    const shown = await truancy('case', 'show', ...CASE);
    expect(shown.out).toMatch(/first-notice .* waiting .* hold/);
    expect(shown.out).toMatch(/medical .* stands .* hold-1/);
    expect(shown.out.match(/hold-placed/g)).toHaveLength(1);
    expect(widest(shown.out)).toBeLessThanOrEqual(80);
    expect((await truancy('case', 'why', ...CASE)).out).toContain('hold');
    expect((await truancy('case', 'list', '--flag', 'on-hold')).out).toContain('C-000001');
  });

  it('go on for longer, and are released', async () => {
    const extend = ['case', 'hold', ...CASE, '--extend', 'hold-1', '--until', '2025-11-14'];
    expect((await truancy(...extend, '--reason', 'not yet well')).out).toContain('Fri 14 Nov 2025');
    const wrong = await truancy('case', 'release', ...CASE, '--hold', 'hold-9', '--reason', 'well again');
    expect([wrong.status, wrong.err]).toEqual([3, expect.stringMatching(/^error NO_SUCH_HOLD/)]);
    const released = await truancy('case', 'release', ...CASE, '--reason', 'well again');
    expect([released.status, released.out]).toEqual([0, expect.stringContaining('is released')]);
    expect((await truancy('case', 'release', ...CASE, '--reason', 'again')).err).toMatch(/NO_SUCH_HOLD/);
  });
});

describe('letters', () => {
  it('a letter that leaves anyway is not released, one that is not out is not corrected', async () => {
    const release = ['notice', 'release', ...CASE, '--letter', 'first-notice', '--reason', 'x', '--yes'];
    expect((await truancy(...release)).err).toMatch(/LETTER_LEAVES_ANYWAY/);
    const correct = ['notice', 'correct', ...CASE, '--letter', 'first-notice/1', '--reason', 'x', '--yes'];
    expect((await truancy(...correct)).err).toMatch(/LETTER_NOT_OUT/);
    const stand = ['notice', 'stand', ...CASE, '--reason', 'x', '--letter'];
    expect((await truancy(...stand, 'first-notice/x')).err).toMatch(/^error BAD_LETTER: --letter/);
    expect((await truancy(...stand, 'love-letter')).err).toMatch(/^error BAD_INPUT: --letter/);
  });

  it('lets a letter leave only when somebody says so', async () => {
    const ran = await truancy('notice', 'release', ...CASE, '--letter', 'first-notice', '--reason', 'x');
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining('CONFIRMATION_NEEDED')]);
  });

  it('notice withdraw of a letter in the house takes its step back', async () => {
    const ran = await json(
      'notice',
      'withdraw',
      ...CASE,
      '--letter',
      'first-notice',
      '--reason',
      'x',
      '--yes',
    );
    expect(ran).toMatchObject({ stage: 'interventions' });
  });
});

describe('progress, hearing, court', () => {
  it('progress is judged one way or the other, after a referral', async () => {
    const judge = ['case', 'progress', ...CASE, '--reason', 'every lesson'];
    expect((await truancy(...judge)).err).toMatch(/^error BAD_USAGE/);
    expect((await truancy(...judge, '--adequate')).err).toMatch(/PROGRESS_BEFORE_REFERRAL/);
    await json('refer', ...CASE, '--progress', 'absent again', '--yes');
    expect((await truancy(...judge, '--not-adequate')).out).toContain('judged not adequate');
  });

  it('places and their slots', async () => {
    const place = ['--place', 'Courthouse, room 2'];
    expect((await truancy('hearing', 'places', 'list')).out).toContain('No place');
    const add = ['hearing', 'places', 'add', ...place, '--from', '09:00', '--to', '10:00'];
    expect((await truancy(...add, '--slot-minutes', '30', '--weekday', 'someday')).err).toMatch(
      /BAD_WEEKDAY/,
    );
    expect((await truancy(...add, '--slot-minutes', '30', '--weekday', 'tue')).out).toMatch(
      /Courthouse.*tue/,
    );
    const free = await truancy('hearing', 'docket', '--free', '--from', '2025-11-18');
    expect(free.out.split('\n')[1]).toMatch(/^Tue 18 Nov 2025\s+09:00\s+30\s+Courthouse, room 2/);
    expect(widest(free.out)).toBeLessThanOrEqual(80);
    expect((await truancy('hearing', 'docket')).out).toContain('No hearing is set.');
    expect((await truancy('hearing', 'places', 'remove', ...place)).out).toContain('off the list');
    expect((await truancy('hearing', 'places', 'remove', ...place)).status).toBe(4);
  });

  it.each([
    [
      'move',
      'NO_HEARING_SCHEDULED',
      ['--date', '2025-11-20', '--time', '09:00', '--place', 'Annex', '--yes'],
    ],
    [
      'continue',
      'NO_HEARING_SCHEDULED',
      ['--date', '2025-11-20', '--time', '09:00', '--place', 'Annex', '--yes'],
    ],
    ['cancel', 'NO_HEARING_SCHEDULED', ['--yes']],
    ['stand', 'NOTHING_IN_QUESTION', []],
  ])('hearing %s without a hearing: %s', async (name, code, more) => {
    const ran = await truancy('hearing', name, ...CASE, '--reason', 'x', ...more);
    expect([ran.status, ran.err]).toEqual([3, expect.stringContaining(code)]);
  });

  it('a hearing that is refused keeps no hour', async () => {
    const set = [
      'hearing',
      'schedule',
      ...CASE,
      '--date',
      '2025-11-20',
      '--time',
      '09:00',
      '--place',
      'Annex',
    ];
    const ran = await truancy(...set, '--yes');
    expect([ran.status, ran.err]).toEqual([3, expect.stringContaining('HEARING_BEFORE_THIRD_REFERRAL')]);
    expect(await json('hearing', 'docket')).toEqual([]);
  });

  it('the certificate of services names what is missing; news needs a case in court', async () => {
    const certificate = await truancy('court', 'certificate', ...CASE);
    expect(certificate.out).toMatch(/School\s+3 interventions/);
    expect(certificate.out).toContain('no referral to an outside agency');
    expect(widest(certificate.out)).toBeLessThanOrEqual(80);
    const news = await truancy('court', 'status', ...CASE, '--text', 'set down for March');
    expect([news.status, news.err]).toEqual([3, expect.stringContaining('NOT_IN_COURT')]);
    expect((await truancy('court', 'status', ...CASE)).out).toContain('Not referred');
  });

  it('a packet before the referral is a draft only; what leaves the house asks first', async () => {
    const file = join(office.home, 'packet.pdf');
    const packet = ['court', 'packet', ...CASE, '--out', file];
    const refused = await truancy(...packet);
    expect([refused.status, refused.err]).toEqual([3, expect.stringContaining('NOT_IN_COURT')]);
    expect(refused.err).toMatch(/Missing {2}there is no order/);
    const draft = await truancy(...packet, '--draft');
    expect([draft.status, draft.out]).toEqual([0, expect.stringContaining('nothing was given out')]);
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await truancy('court', 'packets', ...CASE)).out).toContain('No packet has been given out.');
    expect((await truancy(...packet, '--kept')).err).toMatch(/^error UNKNOWN_PACKET/);
  });
});

describe('letters that somebody approves', () => {
  const STUDENTS = ['1101', '1102', '1103', '1104'];
  const asks = `
  approval:
    letters: [{ kind: first-notice }]
    escalate: { afterSchoolDays: 3, to: regional-superintendent }
`;
  /** The letters' keys as the queue shows them, by case. */
  const keys = new Map<string, string>();
  const cases: string[] = [];
  let key = '';
  const approver = (...args: string[]) => office.truancyWith({ TRUANCY_API_KEY: key }, ...args);
  const queued = async () =>
    JSON.parse((await approver('notice', 'list', '--awaiting-approval', '--mine', '--json')).out) as {
      case: string;
      letter: string;
      sequence: number;
      evidence: string;
      status: string;
    }[];

  beforeAll(async () => {
    const file = join(office.home, 'asks.yaml');
    const policy = readFileSync(join(ROOT, 'policies', 'roe53.yaml'), 'utf8')
      .replace(/^version: .*$/m, "version: 'asks'")
      .replace('\nprogress:', `${asks}\nprogress:`);
    writeFileSync(file, policy);
    await json('office', 'policy', '--set', file);
    // By the API itself: these tests are about what comes after, and each command is a process.
    const { key: clerk } = JSON.parse(
      readFileSync(String((await json('login', '--local'))['file']), 'utf8'),
    ) as {
      key: string;
    };
    const post = async (path: string, body: object) => {
      const response = await fetch(`${office.services.apiUrl}/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${clerk}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    };
    await post('students:import', {
      students: STUDENTS.map((sisId) => ({
        ...{ sisId, firstName: 'Ada', lastName: 'Testchild', birthDate: '2011-03-02', school: 'PEKIN-HS' },
      })),
    });
    const tie = {
      relation: 'mother',
      legalRecipient: 'yes',
      livesWith: true,
      primary: true,
      noContact: false,
    };
    await post('guardians:import', {
      guardians: STUDENTS.map((student) => ({
        ...{ sourceId: `m-${student}`, firstName: 'Mara', lastName: 'Testchild', language: 'en' },
        ...{ email: `m${student}@example.org`, students: [{ student, ...tie }] },
      })),
    });
    for (const student of STUDENTS) {
      for (const date of ['2025-10-01', '2025-10-02', '2025-10-03']) {
        const outcome = 'spoke with a parent';
        await post('interventions', { student, kind: 'phone-call', date, by: 'clerk', outcome });
      }
      await post('absences', { student, date: '2025-10-06', code: 'unexcused' });
      const done = await post(`students/${student}/referrals`, { progress: 'absent again' });
      cases.push(String(done['caseNumber']));
    }
    const user = (await json(
      ...['user', 'add', '--name', 'A.', '--role', 'assistant-regional-superintendent'],
    )) as { key: { key: string } };
    key = user.key.key;
  }, 240_000);

  it('stand in a queue, each with what it rests on; the clerk’s own list says that they wait', async () => {
    const list = await approver('notice', 'list', '--awaiting-approval', '--mine');
    expect([list.status, list.err]).toEqual([0, '']);
    for (const number of cases) expect(list.out).toContain(`${number}/first-notice/1@`);
    expect(list.out).toContain('Count    1 unexcused day as of Wed 15 Oct 2025');
    expect(list.out).toContain('Absent   Mon 6 Oct 2025');
    expect(list.out).toMatch(/^Waits {4}for you since Wed 15 Oct 2025$/m);
    expect(widest(list.out)).toBeLessThanOrEqual(80);
    for (const one of await queued()) {
      keys.set(one.case, `${one.case}/${one.letter}/${one.sequence}@${one.evidence}`);
    }
    expect([...keys.keys()].sort()).toEqual([...cases].sort());
    const waiting = await truancy('notice', 'list', '--case', cases[0] ?? '');
    expect(waiting.out).toMatch(/first-notice\/1 .*waits for approval/);
    expect(widest(waiting.out)).toBeLessThanOrEqual(80);
  }, 120_000);

  it('are approved by who signs them, as they were shown: nobody else, and nothing older', async () => {
    const [number = ''] = cases;
    const mine = keys.get(number) ?? '';
    const odd = await approver('notice', 'approve', '--key', 'first-notice');
    expect([odd.status, odd.err]).toEqual([2, expect.stringMatching(/^error BAD_KEY: --key/)]);
    expect((await approver('notice', 'approve')).err).toMatch(/^error WHICH_LETTERS: /);
    const other = await truancy('notice', 'approve', '--key', mine);
    expect([other.status, other.err]).toEqual([3, expect.stringMatching(/^error NOT_YOURS_TO_APPROVE/)]);
    const old = await approver('notice', 'approve', '--key', mine.replace(/@.*/, '@0123456789abcdef'));
    expect([old.status, old.err]).toEqual([3, expect.stringMatching(/^error EVIDENCE_CHANGED/)]);
    const unasked = await approver('notice', 'approve', '--case', number);
    expect([unasked.status, unasked.out]).toEqual([2, '']);
    expect(unasked.err).toMatch(/error CONFIRMATION_NEEDED/);
    const done = await approver('notice', 'approve', '--key', mine, '--id', 'yes-1');
    expect([done.status, done.out]).toEqual([0, expect.stringContaining('leaves on Thu 16 Oct 2025')]);
    expect(widest(done.out)).toBeLessThanOrEqual(80);
    expect((await approver('notice', 'approve', '--key', mine, '--id', 'yes-1')).out).toBe(done.out);
  }, 120_000);

  it('are held back, or returned to the school with a reason and put in again', async () => {
    const [, held = '', returned = ''] = cases;
    const on = (number: string) => ['--case', number, '--letter', 'first-notice', '--reason'];
    const kept = await approver('notice', 'withhold', ...on(held), 'the mother has called');
    expect([kept.status, kept.err]).toEqual([0, '']);
    expect((await approver('notice', 'return', ...on(returned), 'which calls?')).status).toBe(0);
    const states = async () => new Map((await queued()).map((one) => [one.case, one.status]));
    expect([(await states()).get(held), (await states()).get(returned)]).toEqual(['withheld', 'returned']);
    expect((await truancy('notice', 'resubmit', ...on(returned), 'three calls to the mother')).status).toBe(
      0,
    );
    expect((await approver('notice', 'list', '--awaiting-approval', '--case', returned)).out).toContain(
      '(three calls to the mother)',
    );
    expect((await approver('notice', 'withhold', ...on('C-999999'), 'x')).status).toBe(4);
  }, 120_000);

  it('all of a list at once, each for itself: what was refused is said, status 3', async () => {
    const list = join(office.home, 'shown.json');
    writeFileSync(list, (await approver('notice', 'list', '--awaiting-approval', '--json')).out);
    // Meanwhile a day of the last is excused.
    const excuse = ['--student', '1104', '--date', '2025-10-06', '--reason', 'a doctor’s note'];
    await json('absence', 'excuse', ...excuse);
    const bad = join(office.home, 'bad.json');
    writeFileSync(bad, 'no list');
    expect((await approver('notice', 'approve', '--all-shown', bad)).err).toMatch(/^error BAD_LIST: /);
    const done = await approver('notice', 'approve', '--all-shown', list);
    expect([done.status, done.err]).toEqual([3, '']);
    expect(done.out).toMatch(new RegExp(`${cases[2]}/first-notice/1\\n {2}.*leaves on`));
    expect(done.out).toMatch(new RegExp(`${cases[3]}/first-notice/1\\n {2}NOT APPROVED \\(`));
    expect(widest(done.out)).toBeLessThanOrEqual(80);
    expect((await approver('notice', 'approve', '--all-shown', list, '--json')).status).toBe(3);
  }, 120_000);
});
