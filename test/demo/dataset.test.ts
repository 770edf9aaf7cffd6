/** The input of rehearsal and demo, from files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exampleFiles } from '../../examples/generate.ts';
import { rehearse } from '../../domain/rehearsal.ts';
import { EXAMPLE_FILES, loadDataset, rehearsalInput } from '../../client/demo/dataset.ts';
import { leftOutNumbers } from '../../client/demo/left-out.ts';
import { ROE53 } from '../support/rehearsals.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'truancy-dataset-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, ...lines: string[]): string {
  const full = path.join(folder, name);
  writeFileSync(full, `${lines.join('\n')}\n`);
  return full;
}

const calendar = file(
  'calendar.csv',
  'start_date,end_date,event',
  '2025-08-18,2025-08-18,First Day of School',
  '2025-09-01,2025-09-01,Labor Day - No School',
  '2026-05-22,2026-05-22,Last Day of School',
);

describe('the example', () => {
  it('on disk is what its generator makes', () => {
    for (const [name, text] of exampleFiles()) {
      expect(
        readFileSync(path.join('examples', name), 'utf8') === text,
        `${name}: npm run examples:generate`,
      ).toBe(true);
    }
  });

  it('is used where no file is given, with last year in the records when this year begins', async () => {
    const dataset = await loadDataset({ attendance: [], calendars: [] }, ROE53);
    expect(dataset).toMatchObject({ example: true, from: '2025-08-14', contactsKnown: true });
    expect(dataset.students).toHaveLength(120);
    expect(dataset.history.at(-1)!.date < '2025-08-14').toBe(true);
    expect(dataset.feed[0]!.date).toBe('2025-08-14');
    expect(leftOutNumbers(dataset)).toMatchObject({ unmappedCodes: ['FTRIP'], unsettledCalendarEvents: 0 });
  });

  it('reaches nobody: no address outside .example', () => {
    const text = [...exampleFiles().values()].join('\n');
    const mails = text.match(/[\w.+-]+@[\w.-]+/g) ?? [];
    expect(mails.length).toBeGreaterThan(100);
    expect(mails.filter((one) => !one.endsWith('.example'))).toEqual([]);
  });

  it('opens no case on the arrival of last year’s attendance', async () => {
    const dataset = await loadDataset({ attendance: [], calendars: [], to: '2025-08-14' }, ROE53);
    expect(rehearse(rehearsalInput(dataset, ROE53))).toEqual([]);
  });
});

describe('own files', () => {
  it('without schools, rosters or a school column work: one school, letters by post', async () => {
    const marks = file(
      'marks.csv',
      'student_id,date,code',
      ...weekdaysOf('2025-09').map((date) => `17,${date},UNX`),
    );
    const dataset = await loadDataset({ attendance: [marks], calendars: [calendar] }, ROE53);
    expect(dataset.schools.map((one) => one.code)).toEqual(['SCHOOL']);
    const [one] = rehearse(rehearsalInput(dataset, ROE53));
    const out = one!.entries.filter((entry) => entry.type === 'letter-out');
    expect(out.length).toBeGreaterThan(2);
    expect(out.every((entry) => entry.channel === 'print')).toBe(true);
  });

  it('give each school its own calendar', async () => {
    const marks = file(
      'two.csv',
      'student_id,school,date,code',
      '1,NORTH,2025-09-02,UNX',
      '2,SOUTH,2025-09-02,UNX',
    );
    const south = file(
      'south.csv',
      'date,event',
      '2025-08-20,First Day of School',
      '2026-05-29,Last Day of School',
    );
    const dataset = await loadDataset(
      { attendance: [marks], calendars: [`NORTH=${calendar}`, `SOUTH=${south}`] },
      ROE53,
    );
    expect([...dataset.calendars].map(([school, one]) => [school, one.terms[0]!.from])).toEqual([
      ['NORTH', '2025-08-18'],
      ['SOUTH', '2025-08-20'],
    ]);
    await expect(
      loadDataset({ attendance: [marks], calendars: [`NORTH=${calendar}`] }, ROE53),
    ).rejects.toMatchObject({ code: 'NO_CALENDAR' });
    await expect(
      loadDataset({ attendance: [marks], calendars: [`EAST=${calendar}`] }, ROE53),
    ).rejects.toMatchObject({ code: 'UNKNOWN_SCHOOL' });
  });

  it('leave out students who are not in the roster and say how many rows', async () => {
    const marks = file('strangers.csv', 'student_id,date,code', '1,2025-09-02,UNX', '2,2025-09-02,UNX');
    const students = file('students.csv', 'student_id,first_name,last_name', '1,Ada,Example');
    const dataset = await loadDataset({ attendance: [marks], calendars: [calendar], students }, ROE53);
    expect(dataset.feed.flatMap((one) => one.rows.map((row) => row.student))).toEqual(['1']);
    expect(leftOutNumbers(dataset).byReason['unknown-student']).toBe(1);
  });

  it('need a calendar, and attendance where anything else is given', async () => {
    const marks = file('one.csv', 'student_id,date,code', '1,2025-09-02,UNX');
    await expect(loadDataset({ attendance: [marks], calendars: [] }, ROE53)).rejects.toMatchObject({
      code: 'NO_CALENDAR',
    });
    await expect(
      loadDataset({ attendance: [], calendars: EXAMPLE_FILES.calendars }, ROE53),
    ).rejects.toMatchObject({ code: 'NO_FILE' });
  });

  it('with a period that ends before it begins are refused', async () => {
    await expect(
      loadDataset({ attendance: [], calendars: [], from: '2026-01-01', to: '2025-01-01' }, ROE53),
    ).rejects.toMatchObject({ code: 'BAD_PERIOD' });
  });
});

function weekdaysOf(month: string): string[] {
  return Array.from({ length: 28 }, (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`);
}
