/** Transfers, records and merges from the command line, against a real server. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCliOffice, type CliOffice } from './office.ts';

let office: CliOffice;
const truancy = (...args: string[]) => office.truancy(...args);
const json = (...args: string[]) => office.json(...args);

beforeAll(async () => {
  office = await startCliOffice('2025-10-15');
  await json('login', '--local');
  await json('district', 'add', '--code', 'D1', '--name', 'District One');
  for (const code of ['NORTH-HS', 'SOUTH-HS']) {
    await json(
      ...['school', 'add', '--code', code, '--name', `School ${code}`, '--district', 'D1'],
      ...['--county', 'Tazewell'],
    );
  }
  for (const student of ['7001', '7002']) {
    await json(
      ...['student', 'add', '--student', student, '--first', 'Ida', '--last', 'Handchild'],
      ...['--school', 'NORTH-HS'],
    );
  }
}, 240_000);
afterAll(() => office.stop(), 120_000);

const intervention = (student: string) =>
  json(
    ...['intervention', 'add', '--student', student, '--kind', 'phone-call', '--date', '2025-10-14'],
    ...['--by', 'clerk', '--outcome', 'spoke with a parent'],
  );

function fits(text: string): void {
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
}

describe('case transfer', () => {
  let number: string;
  it('without a day, or ahead of it, says what is missing and changes nothing', async () => {
    number = String((await intervention('7001'))['caseNumber']);
    const noDay = await truancy('case', 'transfer', '--case', number, '--to', 'SOUTH-HS');
    expect([noDay.status, noDay.err]).toEqual([2, expect.stringContaining('--on')]);
    const ahead = ['case', 'transfer', '--case', number, '--to', 'SOUTH-HS', '--on', '2025-10-16'];
    const refused = await truancy(...ahead);
    expect([refused.status, refused.err]).toEqual([3, expect.stringContaining('error DATE_IN_FUTURE')]);
  });

  it('inside the region the case goes on at the new school', async () => {
    const move = ['case', 'transfer', '--case', number, '--to', 'SOUTH-HS', '--on', '2025-10-10'];
    const done = await truancy(...move);
    expect(done.out).toContain('is at SOUTH-HS since Fri 10 Oct 2025, before at NORTH-HS');
    expect(done.out).toContain(`${number} goes on there`);
    fits(done.out);
    expect(await json(...move)).toMatchObject({ what: 'as-before' });
    expect((await truancy('todo', '--as', 'school')).out).toContain('A case comes with this stude');
  });

  it('out of it the case closes, and a file that only its owner reads tells the next office', async () => {
    const file = join(office.home, 'c1');
    const out = ['case', 'transfer', '--case', number, '--out', '--to', 'a school in Iowa', '--record', file];
    const done = await truancy(...out);
    expect([done.status, done.err]).toEqual([0, '']);
    expect(done.out).toContain(`${number} is closed: transferred out; last day here Tue 14 Oct`);
    for (const name of [`${file}.json`, `${file}.md`]) expect(statSync(name).mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(`${file}.json`, 'utf8'))).toMatchObject({
      student: { number: '7001', name: 'Ida Handchild' },
      case: { number, closeReason: 'transferred-out' },
    });
    const again = join(office.home, 'again.md');
    await json('case', 'record', '--case', number, '--out', again, '--to', 'a school in Iowa');
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(`${file}.md`, 'utf8'));
    const audit = (await json('case', 'show', '--case', number))['journal'];
    expect(JSON.stringify(audit)).not.toContain('Handchild');
  });
});

describe('student merge and edit', () => {
  it('a duplicate is brought to the number that stays; twice does nothing', async () => {
    await intervention('7002');
    await json(
      ...['student', 'add', '--student', '7003', '--first', 'Ida', '--last', 'Handchild'],
      ...['--school', 'NORTH-HS'],
    );
    const wrong = ['student', 'merge', '--student', '7002', '--into', '7003', '--reason', 'twice'];
    const refused = await truancy(...wrong);
    expect([refused.status, refused.err]).toEqual([3, expect.stringContaining('merge the other way round')]);
    const right = ['student', 'merge', '--student', '7003', '--into', '7002', '--reason', 'twice'];
    const done = await truancy(...right);
    expect(done.out).toContain('7003 is merged into 7002');
    fits(done.out);
    expect(await json(...right)).toMatchObject({ repeated: true });
    expect(await json('student', 'show', '--student', '7003')).toMatchObject({ sisId: '7002' });
  });

  it('edit changes what is named and says so', async () => {
    const edit = ['student', 'edit', '--student', '7002', '--grade', '10', '--birth-date', '2010-04-01'];
    expect((await truancy(...edit)).out).toBe('Changed: birthDate, grade.\n');
    expect((await truancy(...edit)).out).toBe('It stood so already; nothing changed.\n');
    expect((await truancy('student', 'edit', '--student', '7002')).status).toBe(2);
  });

  it.each([
    ['case', 'transfer'],
    ['case', 'record'],
    ['case', 'merge'],
    ['student', 'merge'],
    ['student', 'edit'],
  ])('%s %s has help with an example that fits', async (noun, name) => {
    const { out } = await truancy(noun, name, '--help');
    expect(out).toContain('Example:');
    fits(out);
  });
});
