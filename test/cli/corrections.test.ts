/** Corrections and changed calendars by command, against a real server with its worker: what a clerk types and reads. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCliOffice, type CliOffice, type Ran } from './office.ts';

let office: CliOffice;
const truancy = (line: string, ...more: string[]): Promise<Ran> =>
  office.truancy(...line.split(' '), ...more);
const json = (line: string, ...more: string[]) => office.json(...line.split(' '), ...more);
/** Kept for people: 80 columns, no stray error. */
const read = async (line: string, ...more: string[]): Promise<string> => {
  const ran = await truancy(line, ...more);
  expect([line, ran.status, ran.err]).toEqual([line, 0, '']);
  expect(Math.max(...ran.out.split('\n').map((one) => one.length)), ran.out).toBeLessThanOrEqual(80);
  return ran.out;
};
const file = (name: string, text: string): string => {
  const path = join(office.home, name);
  writeFileSync(path, text);
  return path;
};
const YEAR = [
  'date,title,id',
  '2025-08-18,First day of school,a1',
  '2025-10-13,No school,a2',
  '2026-05-29,Last day of school,a3',
  '',
].join('\n');
const ABSENCES = 'student_id,school,date,code\n1001,17,2025-10-06,UNX\n1001,17,2025-10-07,UNX\n';

beforeAll(async () => {
  office = await startCliOffice('2025-10-15');
  await json('login --local');
  await json('district add --code PEKIN-303 --name', 'Pekin CSD 303');
  const school = 'school add --code PEKIN-HS --source-id 17 --district PEKIN-303 --county Tazewell --name';
  await json(school, 'Pekin High School');
  await json(`calendar import ${file('year.csv', YEAR)} --school PEKIN-HS`);
  const roster = file('students.csv', 'student_id,first_name,last_name,school\n1001,Ada,Testchild,17\n');
  await json(`student import --file ${roster}`);
  await json(`attendance import ${file('a.csv', ABSENCES)} --format csv --covers 2025-08-18..2025-10-14`);
  await json(
    'intervention add --student 1001 --kind phone-call --date 2025-10-08 --by clerk --outcome',
    'spoke with a parent',
  );
}, 240_000);
afterAll(() => office.stop(), 120_000);

describe('attendance', () => {
  it('excused, sent again, withdrawn: the history shows every version and which holds', async () => {
    await read('absence excuse --student 1001 --date 2025-10-06 --reason', 'doctor’s note');
    const again = await read(`attendance import ${join(office.home, 'a.csv')} --format csv`);
    expect(again).toContain('the correction stands');
    expect(await read('absence withdraw --student 1001 --date 2025-10-07 --reason', 'field trip')).toContain(
      'No mark stands on that day.',
    );
    const history = await read('attendance history --student 1001 --date 2025-10-06');
    expect(history).toMatch(/ 1 .* UNX +unexcused +1 +PEKIN-303\/csv/);
    expect(history).toMatch(/\*2 .* excused +excused +1 +administrator/);
    expect(history).toContain('2: doctor’s note (PEKIN-303/csv)');
    expect(await json('attendance history --student 1001 --date 2025-10-07')).toMatchObject({
      revisions: [
        { revision: 1, current: false },
        { revision: 2, withdrawn: true, reason: 'field trip' },
      ],
    });
  });

  it('a whole day wiped, and standing again', async () => {
    await json(
      `attendance import ${file('b.csv', 'student_id,school,date,code\n1001,17,2025-10-09,UNX\n')} --format csv`,
    );
    const wiped = await read(
      'attendance wipe --school PEKIN-HS --date 2025-10-09 --reason',
      'a feed of zeros',
    );
    expect(wiped).toContain('PEKIN-HS on 2025-10-09: 1 mark taken back.');
    expect(wiped).toContain('Cases told: 1.');
    expect(await read('attendance wipe --school PEKIN-HS --date 2025-10-09 --reason', 'again')).toContain(
      'Nothing to do',
    );
    expect(await read('attendance restore --school PEKIN-HS --date 2025-10-09 --reason', 'no')).toContain(
      '1 mark standing again',
    );
  });

  it('says one clear thing of what it cannot do', async () => {
    const fails = async (line: string, ...more: string[]) => {
      const { status, err } = await truancy(line, ...more);
      return [status, /^error ([A-Z_]+):/.exec(err)?.[1]];
    };
    expect(await fails('attendance wipe --school NOWHERE --date 2025-10-09 --reason x')).toEqual([
      4,
      'UNKNOWN_SCHOOL',
    ]);
    expect(await fails('attendance wipe --school PEKIN-HS --date 2025-12-01 --reason x')).toEqual([
      3,
      'DATE_IN_FUTURE',
    ]);
    expect(await fails('absence withdraw --student 1001 --date 2025-10-02 --reason x')).toEqual([
      3,
      'NO_MARK',
    ]);
    expect(await fails('attendance history --student 4711 --date 2025-10-02')).toEqual([
      4,
      'UNKNOWN_STUDENT',
    ]);
    expect(await fails(`attendance import ${join(office.home, 'a.csv')} --exported-at yesterday`)).toEqual([
      2,
      'BAD_INPUT',
    ]);
    expect(await fails('calendar close --school PEKIN-HS --date 2025-10-11 --reason x')).toEqual([
      3,
      'NO_SCHOOL_THAT_DAY',
    ]);
    expect(await fails('calendar close --school PEKIN-HS --reason x')).toEqual([2, 'BAD_DAYS']);
    expect(
      await fails('calendar term --school PEKIN-HS --end 2026-05-29 --to 2025-08-01 --reason x'),
    ).toEqual([...[3, 'TERM_ENDS_BEFORE_IT_BEGINS']]);
  });
});

describe('the calendar', () => {
  it('changed by each verb says what changed and whom it told', async () => {
    expect(await read('calendar close --school PEKIN-HS --date 2025-10-16 --reason snow')).toBe(
      'PEKIN-HS, version 2: closed 1 day: Thu 16 Oct 2025.\n1 open case told.\n',
    );
    await read('calendar close --school PEKIN-HS --from 2025-11-03 --to 2025-11-14 --reason strike');
    await read('calendar open --school PEKIN-HS --date 2025-11-14 --reason', 'strike over');
    await read('calendar makeup --school PEKIN-HS --date 2025-11-15 --reason', 'for the strike');
    await read('calendar term --school PEKIN-HS --end 2026-05-29 --to 2026-06-05 --reason', 'for the strike');
    const versions = await read('calendar versions --school PEKIN-HS');
    expect(versions).toMatch(/^1, .*: opened 20\d days between Mon 18 Aug 2025 and Fri 29 May 2026$/m);
    expect(versions).toContain('closed 10 days between Mon 3 Nov 2025 and Fri 14 Nov 2025');
    expect(versions).toContain('opened 5 days');
    expect(await json('calendar versions --school PEKIN-HS')).toHaveLength(6);
  });

  it('published again under new ids changes nothing, and says so', async () => {
    const text = YEAR.replaceAll(/a(\d)/g, 'new-$1');
    const before = await json('calendar versions --school PEKIN-HS');
    // The closures made by hand since are not in it: those are real differences. As first published it is one.
    const first = await read(`calendar import ${file('again.csv', text)} --school PEKIN-HS`);
    expect(first).toContain('1 open case told');
    const same = await read(
      `calendar import ${file('third.csv', text.replaceAll('new', 'newer'))} --school PEKIN-HS`,
    );
    expect(same).toContain('Nothing changed for PEKIN-HS');
    expect(await json('calendar versions --school PEKIN-HS')).toHaveLength(
      (before as unknown as unknown[]).length + 1,
    );
  });

  it('moves deadlines, and `case why` says each: from, to, because', async () => {
    const moved = async () =>
      (await json('case show --case C-000001'))['moved'] as { deadline: string; because: string }[];
    for (let n = 0; n < 20; n += 1)
      if ((await moved()).some((one) => one.because.endsWith('(strike)'))) break;
    expect((await moved())[0]).toMatchObject({
      deadline: 'quiet-close',
      because: 'closed 1 day: Thu 16 Oct 2025 (snow)',
    });
    const why = (await read('case why --case C-000001')).replaceAll(/\s+/g, ' ');
    expect(why).toMatch(
      /Moved: Wed 15 Oct 2025: closing after a clean stretch moved from .* to .*, because closed 1 day: Thu 16 Oct 2025 \(snow\)/,
    );
    expect(why.indexOf('(snow)')).toBeLessThan(why.indexOf('(strike)'));
  });
});
