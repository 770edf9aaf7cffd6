/** `case import`, `case open`, `policy check --against`, `policy move`, `office policy` against a real server. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, startCliOffice, type CliOffice } from './office.ts';

let office: CliOffice;
let home: string;
const truancy = (...args: string[]) => office.truancy(...args);
const json = (...args: string[]) => office.json(...args);

beforeAll(async () => {
  office = await startCliOffice('2025-10-15');
  ({ home } = office);
  const file = (name: string, text: string) => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  await json('login', '--local');
  await json('district', 'add', '--code', 'PEKIN-303', '--name', 'Pekin CSD 303');
  const school = ['--code', 'PEKIN-HS', '--source-id', '17', '--name', 'Pekin High School'];
  await json('school', 'add', ...school, '--district', 'PEKIN-303', '--county', 'Tazewell');
  const days =
    'date,title\n2025-08-18,First day of school\n2025-10-13,No school\n2026-05-29,Last day of school\n';
  await json('calendar', 'import', file('calendar.csv', days), '--school', 'PEKIN-HS');
  const roster = ['1001', '1002', '1003'].map((id) => `${id},Ada,Testchild,2011-03-02,17\n`).join('');
  await json(
    ...['student', 'import', '--file'],
    file('students.csv', `student_id,first_name,last_name,birth_date,school\n${roster}`),
  );
}, 240_000);
afterAll(() => office.stop(), 120_000);

const PAPER = `
- student: '1001'
  interventions:
    - { kind: phone-call, date: 2025-09-29, by: clerk }
    - { kind: home-visit, date: 2025-09-30, by: clerk }
  referrals:
    - date: 2025-10-06
      notice:
        date: 2025-10-07
        channel: email
        proof: copy in the paper file
- student: '1002'
  interventions:
    - { kind: phone-call, date: 2025-10-01, by: clerk }
`;

function fileOf(name: string, text: string): string {
  const file = join(home, name);
  writeFileSync(file, text);
  return file;
}

/** No line of what people read is wider than 80 columns, the sentences of a table's cell apart. */
function fits(out: string): void {
  for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
}

describe('case import', () => {
  it('names every fault of the file with its line, and does nothing', async () => {
    const shape = fileOf(
      'shape.yaml',
      PAPER.replace('channel: email', 'channel: fax').replace("'1002'", '1002'),
    );
    const ran = await truancy('case', 'import', shape);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain('error PAPER_CASES_FAULTY');
    expect(ran.err).toContain('line 10');
    expect(ran.err).toContain('write email or print');
    expect(ran.err).toContain('line 12, 1.student: write the student number in quotes');

    const history = fileOf(
      'history.yaml',
      PAPER.replace('date: 2025-10-07', 'date: 2025-10-05').replace("'1002'", "'9999'"),
    );
    const judged = await truancy('case', 'import', history);
    expect(judged.status).toBe(2);
    expect(judged.err).toMatch(
      /history\.yaml:9 referrals\.0\.notice\.date: the notice of Sun 5 Oct 2025 cannot/,
    );
    expect(judged.err).toMatch(/history\.yaml:12 student: there is no student of this number/);
    expect(await json('case', 'list')).toEqual([]);
  });

  it('a dry run says what would be done; the import does it, once', async () => {
    const file = fileOf('paper.yaml', PAPER);
    const dry = await truancy('case', 'import', file, '--dry-run');
    expect(dry.out).toContain('Nothing was done. 2 would be opened');
    expect(dry.out).toContain('line 7, referrals.0: 2 of 3 interventions are documented for it');
    fits(dry.out);
    expect(await json('case', 'import', file)).toMatchObject({
      opened: 2,
      cases: [{ line: 2 }, { line: 12 }],
    });
    expect(await json('case', 'import', file)).toMatchObject({ opened: 0, unchanged: 2 });
    const again = await truancy(
      'case',
      'import',
      fileOf('other.yaml', PAPER.replaceAll('by: clerk', 'by: counselor')),
    );
    expect(again.status).toBe(0);
    expect(again.out).toContain('0 opened, 0 were there already, 2 refused');
    expect(again.out).toContain('Case C-000001 of this student is open already');
    fits(again.out);
  });

  it('what is on paper is shown as such', async () => {
    await settled();
    const list = await truancy('notice', 'list', '--case', 'C-000001');
    expect(list.out).toMatch(/C-000001\/first-notice\/1\/paper +email +before this system 2025-10-07/);
    const shown = await truancy('notice', 'show', '--notice', 'C-000001/first-notice/1/paper');
    expect(shown.out).toContain('Proof    copy in the paper file');
    const posted = await truancy('notice', 'posted', '--notice', 'C-000001/first-notice/1/paper');
    expect([posted.status, posted.err]).toEqual([3, expect.stringContaining('LETTER_BEFORE_SYSTEM')]);
    expect((await truancy('case', 'why', '--case', 'C-000001')).out).toContain(
      'before this system: the first',
    );
    expect((await truancy('case', 'show', '--case', 'C-000001')).out).toContain(
      'Begun on paper; brought in by',
    );
  });

  it('case open opens one, once', async () => {
    expect((await truancy('case', 'open', '--student', '1003')).out).toContain('Case C-000003 is open.');
    expect((await truancy('case', 'open', '--student', '1003')).out).toContain('C-000003 was open already');
    expect((await truancy('case', 'open', '--student', '9999')).status).toBe(4);
  });
});

/** Until the records have what the cases did. */
async function settled(): Promise<void> {
  for (let n = 0; n < 100; n += 1) {
    const list = (await json('case', 'list')) as unknown as { stage: string; seq: number }[];
    if (list.length > 0 && list.every((one) => one.seq > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the cases have not begun');
}

describe('policy versions', () => {
  const VERSION_2 = readFileSync(join(ROOT, 'policies', 'roe53.yaml'), 'utf8')
    .replace("version: '1'", "version: '2'")
    .replace('schoolDaysBetween: 7', 'schoolDaysBetween: 10');

  it('check --against: which fields differ, and which open cases would be affected', async () => {
    await settled();
    const file = fileOf('roe53-2.yaml', VERSION_2);
    const ran = await truancy('policy', 'check', file, '--against', 'roe53');
    expect(ran.status).toBe(0);
    expect(ran.out).toMatch(/referrals\.schoolDaysBetween +7 +10/);
    expect(ran.out).toContain('1 of 3 open cases would be affected');
    expect(ran.out).toMatch(/C-000001 +PEKIN-HS +1 +next referral possible: Thu 16 Oct 2025 →/);
    fits(ran.out);
    expect(await json('policy', 'check', file, '--against', 'roe53@1')).toMatchObject({
      differences: [{ field: 'version' }, { field: 'referrals.schoolDaysBetween', from: 7, to: 10 }],
      cases: { looked: 3, affected: [{ caseNumber: 'C-000001' }] },
    });
  });

  it('without a server, only the differences', async () => {
    const away = await office.truancyWith(
      { TRUANCY_API_URL: 'http://127.0.0.1:1', TRUANCY_API_KEY: 'none' },
      ...['policy', 'check', join(home, 'roe53-2.yaml'), '--against', 'roe53', '--json'],
    );
    expect(away.status).toBe(0);
    expect(away.err).toContain('Open cases were not looked at');
    expect(JSON.parse(away.out)).toMatchObject({ differences: [{}, {}], cases: null });
  });

  it('office policy --set, and policy move for one and for all; again does nothing', async () => {
    const file = join(home, 'roe53-2.yaml');
    const set = await truancy('office', 'policy', '--set', file);
    expect(set.out).toContain('New cases begin with roe53 2 from now on.');
    expect((await truancy('office', 'policy')).out).toContain('New cases begin with roe53 2');
    expect((await truancy('policy', 'versions')).out).toMatch(/roe53 +2 .*new cases begin with it/);

    const one = await truancy('policy', 'move', '--case', 'C-000001', '--reason', 'board decision');
    expect([one.status, one.err]).toEqual([0, '']);
    expect(one.out).toContain('goes by roe53 2');
    const all = ['policy', 'move', '--all-open', '--reason', 'board decision'];
    const moved = await truancy(...all);
    expect(moved.out).toContain('2 of 3 open cases moved; 1 went by it already.');
    expect(moved.err).toContain('3 of 3 cases');
    expect(await json(...all)).toEqual({ looked: 3, changed: 0, unchanged: 3, refused: [] });
    await settled();
    expect((await truancy('case', 'show', '--case', 'C-000002')).out).toContain('policy roe53 2');
    expect((await truancy('policy', 'move', '--reason', 'x')).status).toBe(2);
  });
});
