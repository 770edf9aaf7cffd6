/** August from the command line: the new roster as one list for one yes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCliOffice, type CliOffice } from './office.ts';

let office: CliOffice;
let lastYear: string;
let thisYear: string;

const roster = (...rows: string[]) => `student,first name,last name,grade,school\n${rows.join('\n')}\n`;

beforeAll(async () => {
  office = await startCliOffice('2026-07-20');
  await office.json('login', '--local');
  lastYear = join(office.home, '2025-26.csv');
  thisYear = join(office.home, '2026-27.csv');
  const others = Array.from({ length: 6 }, (_, n) => `900${n},Olaf,Otherchild,9,PEKIN-HS`);
  writeFileSync(
    lastYear,
    roster(
      '1001,Ada,Testchild,9,PEKIN-HS',
      '1002,Ben,Testchild,12,PEKIN-HS',
      '1003,Cleo,Testchild,10,PEKIN-HS',
      ...others,
    ),
  );
  writeFileSync(
    thisYear,
    roster('1001,Ada,Testchild,10,PEKIN-HS', '3001,Dana,Testchild,9,PEKIN-HS', ...others),
  );
  const calendar = join(office.home, '2025-26.json');
  writeFileSync(
    calendar,
    JSON.stringify({ terms: [{ from: '2025-08-18', to: '2026-05-29' }], closed: [], open: [] }),
  );
  await office.json('district', 'add', '--code', 'PEKIN-303', '--name', 'Pekin');
  await office.json(
    ...['school', 'add', '--code', 'PEKIN-HS', '--district', 'PEKIN-303'],
    ...['--name', 'Pekin High', '--county', 'Tazewell'],
  );
  await office.json('calendar', 'import', calendar, '--school', 'PEKIN-HS');
  await office.json('student', 'import', '--file', lastYear);
  for (const student of ['1001', '1002', '1003']) {
    await office.json(
      ...['intervention', 'add', '--student', student, '--kind', 'phone-call', '--date', '2026-05-20'],
      ...['--by', 'clerk', '--outcome', 'spoke with the mother'],
    );
  }
}, 240_000);
afterAll(() => office.stop(), 60_000);

const narrow = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('rollover', () => {
  it('shows the list, with what is proposed for each open case, within 80 columns', async () => {
    const { status, out } = await office.truancy('rollover', 'import', '--file', thisYear, '--dry-run');
    expect(status).toBe(0);
    expect(narrow(out)).toBeLessThanOrEqual(80);
    expect(out).toContain('nothing was kept (dry run)');
    expect(out).toMatch(/C-000001.*promoted.*keep/);
    expect(out).toMatch(/C-000002.*graduated.*close: graduated/);
    expect(out).toMatch(/C-000003.*not returned.*close: not-returned/);
    expect(out.replace(/\s+/g, ' ')).toContain('no school day of the coming year is known at PEKIN-HS');
    expect((await office.truancy('rollover', 'show')).status).toBe(4);
  });

  it('is refused as incomplete with the numbers, exit status 3', async () => {
    const part = join(office.home, 'part.csv');
    writeFileSync(part, roster('1001,Ada,Testchild,10,PEKIN-HS'));
    const { status, err } = await office.truancy('rollover', 'import', '--file', part);
    expect(status).toBe(3);
    expect(err.replace(/\s+/g, ' ')).toContain('--expect-missing 7');
  });

  it('asks before the yes; with it the records change and the Case Manager is asked', async () => {
    const list = await office.json('rollover', 'import', '--file', thisYear);
    expect(list).toMatchObject({ rollover: 1, status: 'proposed' });
    const asked = await office.truancy('rollover', 'apply');
    expect(asked.status).toBe(2);
    expect(asked.err).toContain('CONFIRMATION_NEEDED');
    expect(await office.json('rollover', 'apply', '--yes', '--id', 'yes-1')).toMatchObject({
      asked: ['C-000001', 'C-000002', 'C-000003'],
    });
    const again = await office.truancy('rollover', 'apply', '--yes', '--id', 'yes-1');
    expect(again.status).toBe(0);
    expect(again.out.replace(/\s+/g, ' ')).toContain(
      '1 promoted (0 at another school), 1 graduated, 1 not returned, 1 new',
    );
    const todo = await office.truancy('todo', '--as', 'case-manager');
    expect(todo.out).toContain('Graduated keep or close');
    expect(narrow(todo.out)).toBeLessThanOrEqual(80);
    const closed = await office.truancy('case', 'close', '--case', 'C-000002', '--reason', 'graduated');
    expect(closed.status).toBe(0);
  });

  it('keeps a case open that is kept, and says in its words what the calendar lacks', async () => {
    const { status, out } = await office.truancy('case', 'why', '--case', 'C-000001');
    expect(status).toBe(0);
    expect(out).toContain('calendar known up to Fri 29 May 2026');
    const listed = await office.truancy('case', 'list');
    expect(listed.out).toContain('*');
    expect(narrow(listed.out)).toBeLessThanOrEqual(80);
  });
});
