/** `truancy calendar` on files alone, run as a person runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../client/cli/main.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
let folder = '';
const file = (name: string): string => join(folder, name);

/** In this process, because starting one takes over a second; the first test goes through the program's own file. */
async function run(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const stdout = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => ((out += String(text)), true));
  const stderr = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => ((err += String(text)), true));
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await main(['node', 'truancy', 'calendar', ...args]);
    return { status: Number(process.exitCode), out, err };
  } finally {
    process.exitCode = before;
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calendar-'));
  writeFileSync(
    file('2024-25.csv'),
    'date,end_date,type,title\n2024-08-19,,,First Day of School\n2024-09-02,,,Labor Day - No School\n2025-05-29,,,Last Day of School\n',
  );
  writeFileSync(
    file('2025-26.csv'),
    [
      'date,end_date,type,title',
      '2025-08-18,,,First Day of School',
      '2025-10-16,,,Parent/Teacher Conferences',
      '2025-12-22,2026-01-02,,Winter Break - No School',
      '2026-05-29,,,Last Day of School',
      '',
    ].join('\n'),
  );
  writeFileSync(
    file('broken.ics'),
    'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20251399\nEND:VEVENT\nEND:VCALENDAR\n',
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('days and add-days', () => {
  it('run as the program does', () => {
    const done = spawnSync(
      process.execPath,
      [
        'bin/truancy.mjs',
        'calendar',
        'add-days',
        '--file',
        file('2025-26.csv'),
        '--from',
        '2025-12-19',
        '--days',
        '1',
      ],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(done).toMatchObject({ status: 0, stdout: '2026-01-05\n' });
  });
  it('print one school day a line, and exactly one JSON document with --json', async () => {
    const days = ['days', '--file', file('2025-26.csv'), '--from', '2025-12-18', '--to', '2026-01-06'];
    const text = await run(...days);
    expect(text).toMatchObject({ status: 0, out: '2025-12-18\n2025-12-19\n2026-01-05\n2026-01-06\n' });
    expect(JSON.parse((await run(...days, '--json')).out)).toEqual({
      days: ['2025-12-18', '2025-12-19', '2026-01-05', '2026-01-06'],
      count: 4,
    });
  });
  it('the seventh school day after a referral before the break lies after it', async () => {
    const add = ['add-days', '--file', file('2025-26.csv'), '--from', '2025-12-16', '--days', '7'];
    expect(await run(...add)).toMatchObject({ status: 0, out: '2026-01-08\n' });
    expect(JSON.parse((await run(...add, '--json')).out)).toEqual({
      from: '2025-12-16',
      days: 7,
      date: '2026-01-08',
    });
  });
  it('two files are two years of one calendar', async () => {
    const both = ['--file', file('2024-25.csv'), '--file', file('2025-26.csv')];
    expect((await run('add-days', ...both, '--from', '2025-05-28', '--days', '2')).out).toBe('2025-08-18\n');
  });
  it('list what is held back on standard error, and it closes nothing', async () => {
    const held = ['days', '--file', file('2025-26.csv'), '--from', '2025-10-16', '--to', '2025-10-16'];
    const { out, err } = await run(...held);
    expect(out).toBe('2025-10-16\n');
    expect(err).toContain('2025-26.csv:3');
    const settled = await run(...held, '--settle', '2025-10-16=closed');
    expect(settled.out).toBe('');
    expect(settled.err).not.toContain('unsettled');
  });
});

describe('show', () => {
  it('draws the months within 80 columns and counts the days of each year', async () => {
    const { out, status } = await run('show', '--file', file('2025-26.csv'));
    expect(status).toBe(0);
    expect(out.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(out).toContain('December 2025     15');
    expect(out).toContain('2025-12-22..2026-01-02   Winter Break - No School');
  });
  it('as JSON it can be read again as a calendar', async () => {
    const { out } = await run('show', '--file', file('2025-26.csv'), '--json');
    expect(JSON.parse(out)).toMatchObject({ schoolDays: 195, terms: [{ schoolDays: 195 }] });
    writeFileSync(file('kept.json'), out);
    expect(
      (await run('days', '--file', file('kept.json'), '--from', '2025-12-19', '--to', '2026-01-05')).out,
    ).toBe('2025-12-19\n2026-01-05\n');
  });
});

describe('import --dry-run', () => {
  it('says how each event was read and why, and how to settle what is held back', async () => {
    const { out, status } = await run('import', file('2025-26.csv'), '--dry-run');
    expect(status).toBe(0);
    expect(out).toMatch(/2025-12-22\.\.2026-01-02 +closed +Winter Break - No School: says "no school"/);
    expect(out).toContain('--settle 2025-10-16=closed|open|info   Parent/Teacher Conferences');
    const json = JSON.parse((await run('import', file('2025-26.csv'), '--dry-run', '--json')).out) as {
      ready: boolean;
    };
    expect(json.ready).toBe(false);
  });
  it('is ready when all is settled', async () => {
    const { out } = await run(
      'import',
      file('2025-26.csv'),
      '--dry-run',
      '--json',
      '--settle',
      '2025-10-16=open',
    );
    expect(JSON.parse(out)).toMatchObject({ ready: true, mode: 'closures', unsettled: [] });
  });
});

describe('bad input is one line with its place, and status 2', () => {
  const range = ['--from', '2025-09-01', '--to', '2025-09-05'];
  it.each([
    ['a missing file', ['days', '--file', 'nowhere.ics', ...range], 'nowhere.ics: no such file'],
    ['no file at all', ['days', ...range], '--file FILE'],
    ['an unreadable calendar', ['days', '--file', 'broken.ics', ...range], 'broken.ics:3:'],
    [
      'a bad pattern',
      ['days', '--file', '2025-26.csv', ...range, '--closed', '('],
      '--closed: is no regular',
    ],
    [
      'an unknown zone',
      ['days', '--file', '2025-26.csv', ...range, '--zone', 'Illinois'],
      '--zone: "Illinois"',
    ],
    [
      'a date that is none',
      ['days', '--file', '2025-26.csv', '--from', '2025-02-30', '--to', '2025-03-01'],
      '--from',
    ],
    [
      'an end before the start',
      ['days', '--file', '2025-26.csv', '--from', '2025-03-02', '--to', '2025-03-01'],
      '--to',
    ],
    ['no days', ['add-days', '--file', '2025-26.csv', '--from', '2025-09-01', '--days', '0'], '--days'],
    ['minus days', ['add-days', '--file', '2025-26.csv', '--from', '2025-09-01', '--days', '-2'], '--days'],
    [
      'words for days',
      ['add-days', '--file', '2025-26.csv', '--from', '2025-09-01', '--days', 'ten'],
      '--days',
    ],
    [
      'days past the end',
      ['add-days', '--file', '2025-26.csv', '--from', '2026-05-29', '--days', '1'],
      'ends on 2026-05-29',
    ],
  ])('%s', async (_name, args, said) => {
    const placed = args.map((a) => (/^(?:broken|2025-26)\./.test(a) ? file(a) : a));
    const { status, out, err } = await run(...placed);
    expect(status).toBe(2);
    expect(out).toBe('');
    const errors = err.split('\n').filter((line) => line.startsWith('error'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(said);
    expect(err).not.toMatch(/\n\s+at /);
  });
});
