/** The Case Manager's desk on the command line, against a real server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCliOffice, type CliOffice } from './office.ts';

let office: CliOffice;
const CASE = 'C-000001';
const truancy = (...args: string[]) => office.truancy(...args);
const json = (...args: string[]) => office.json(...args);

beforeAll(async () => {
  office = await startCliOffice('2025-10-15');
  await json('login', '--local');
  await json('district', 'add', '--code', 'PEKIN-303', '--name', 'Pekin CSD 303');
  const school = ['--code', 'PEKIN-HS', '--source-id', '17', '--name', 'Pekin High School'];
  await json('school', 'add', ...school, '--district', 'PEKIN-303', '--county', 'Tazewell');
  const file = (name: string, text: string) => {
    const path = join(office.home, name);
    writeFileSync(path, text);
    return path;
  };
  const calendar = file(
    'calendar.csv',
    'date,title\n2025-08-18,First day of school\n2025-10-13,No school\n2026-05-29,Last day of school\n',
  );
  await json('calendar', 'import', calendar, '--school', 'PEKIN-HS');
  const roster = file(
    'students.csv',
    'student_id,first_name,last_name,birth_date,school\n1001,Ada,Testchild,2011-03-02,17\n',
  );
  await json('student', 'import', '--file', roster);
  for (const kind of ['phone-call', 'letter-home', 'home-visit']) {
    const what = [
      '--kind',
      kind,
      '--date',
      '2025-10-01',
      '--by',
      'clerk',
      '--outcome',
      'spoke with a parent',
    ];
    await json('intervention', 'add', '--student', '1001', ...what);
  }
  await json('refer', '--case', CASE, '--progress', 'absent again', '--override', 'known family', '--yes');
}, 240_000);
afterAll(() => office.stop(), 120_000);

function fits(text: string): void {
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
}

/** Lists follow the workflows in a moment. */
async function until(args: readonly string[], wanted: (out: string) => boolean): Promise<string> {
  for (let n = 0; n < 20; n += 1) {
    const { status, out } = await truancy(...args);
    if (status === 0 && wanted(out)) return out;
  }
  throw new Error(`${args.join(' ')} never said it`);
}

describe('contacts', () => {
  it('are logged, listed, and the same again is not logged twice', async () => {
    const args = ['--case', CASE, '--kind', 'phone-call', '--whom', 'mother', '--outcome', 'no-answer'];
    const first = await truancy('caseload', 'contact', ...args);
    expect([first.status, first.err]).toEqual([0, '']);
    expect(first.out).toContain('The contact is logged.');
    expect((await truancy('caseload', 'contact', ...args)).out).toContain('was there already');
    const listed = await truancy('caseload', 'contacts', '--case', CASE);
    expect(listed.out.match(/no-answer/g)).toHaveLength(1);
    fits(listed.out);
  });

  it('of tomorrow are refused with status 3, an unknown kind with status 2', async () => {
    const rest = ['--case', CASE, '--whom', 'mother', '--outcome', 'reached'];
    const tomorrow = await truancy(
      ...['caseload', 'contact', ...rest, '--kind', 'visit', '--date', '2025-10-16'],
    );
    expect([tomorrow.status, tomorrow.out]).toEqual([3, '']);
    expect(tomorrow.err).toMatch(/^error DATE_IN_FUTURE: /);
    const unknown = await truancy('caseload', 'contact', ...rest, '--kind', 'pigeon');
    expect(unknown.status).toBe(2);
    expect(unknown.err).toContain('phone-call, e-mail, letter');
  });
});

describe('the caseload', () => {
  it('is worked from the meeting to the plan, its review and its end, and fits the screen', async () => {
    const early = ['--with', 'parent', '--outcome', 'met'];
    expect((await truancy('caseload', 'meeting', '--case', CASE, ...early)).err).toMatch(
      /^error NOT_ON_CASELOAD/,
    );
    await json('caseload', 'place', '--case', CASE, '--reason', 'family asks for help');
    await until(['caseload', 'list'], (out) => out.includes('to-meet'));
    await json('caseload', 'meeting', '--case', CASE, '--with', 'student-and-parent', '--outcome', 'met');
    const goals = ['--goal', 'at school by 8:00', '--goal', 'a call when ill', '--support', 'bus pass'];
    const plan = await truancy(
      ...['caseload', 'plan', '--case', CASE, ...goals, '--review', '3', '--review', '2025-11-20'],
      ...['--signed', 'mother', '--signed', 'student'],
    );
    expect([plan.status, plan.err]).toEqual([0, '']);
    expect(plan.out).toContain('it is reviewed on Mon 20 Oct 2025');
    fits(plan.out);
    await json('caseload', 'share', '--case', CASE, '--with', 'student-and-parent');
    const agency = ['--agency', 'Tri-County Counseling', '--purpose', 'counseling', '--follow-up', '5'];
    await json('caseload', 'agency', '--case', CASE, ...agency);
    const followUp = ['--agency', 'a1', '--outcome', 'attending', '--again', '20'];
    await json('caseload', 'follow-up', '--case', CASE, ...followUp);
    const notYet = await truancy('caseload', 'review', '--case', CASE, '--how', 'well');
    expect(notYet.status).toBe(3);
    expect(notYet.err).toContain('REVIEW_NOT_DUE');
    const bad = await truancy('caseload', 'review', '--case', CASE, '--how', 'well', '--next', 'soon');
    expect([bad.status, bad.err]).toEqual([
      2,
      expect.stringMatching(/^error BAD_DAY: --next: /) as unknown as string,
    ]);
    const met = ['--how', 'on time each day', '--met', '1', '--met', '2', '--early'];
    await json('caseload', 'review', '--case', CASE, ...met);
    const shown = await truancy('caseload', 'show', '--case', CASE);
    fits(shown.out);
    for (const text of [
      `${CASE}, caseload 1: student 1001, PEKIN-HS, plan-met`,
      'by the Case Manager: family asks for help',
      'Goal 1   at school by 8:00 (met)',
      'Signed   Wed 15 Oct 2025, mother',
      'Tri-County Counseling',
    ]) {
      expect(shown.out).toContain(text);
    }
    const listed = await truancy('caseload', 'list');
    fits(listed.out);
    expect(listed.out).toMatch(/C-000001 .*plan-met .*2025-10-15 \(1\)/);
    expect((await truancy('caseload', 'end', '--case', CASE)).status).toBe(2);
    const ended = await json('caseload', 'end', '--case', CASE, '--plan-met');
    expect(ended).toMatchObject({ standing: 'ended', sequence: 1 });
    const after = await truancy('caseload', 'meeting', '--case', CASE, ...early);
    expect([after.status, after.err.split(':')[0]]).toEqual([3, 'error CASELOAD_ENDED']);
  });
});

it('every verb has its help with an example that fits', async () => {
  for (const verb of [
    ...['contact', 'contacts', 'void-contact', 'list', 'show', 'meeting', 'plan', 'share', 'review'],
    ...['agency', 'follow-up', 'end'],
  ]) {
    const { status, out } = await truancy('caseload', verb, '--help');
    expect(status).toBe(0);
    expect(out).toContain(`truancy caseload ${verb}`);
    fits(out);
  }
});
