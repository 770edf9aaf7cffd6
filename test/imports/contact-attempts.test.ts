/** Tries to reach families, as schools export them from Attendance Notes. */
import { describe, expect, it } from 'vitest';
import { readContactAttempts } from '../../imports/contact-attempts.ts';

async function* text(content: string): AsyncGenerator<string> {
  yield content;
}
const read = (content: string) => readContactAttempts(text(content), 'notes.csv');

describe('a file of contact attempts', () => {
  it('is read with the columns and words schools use', async () => {
    const { rows, faults } = await read(
      'Student Number,Call Date,Phone,Outcome,Comments\r\n1001,10/14/2025,(309) 555-0101,Left Message,"asked, to call back"\r\n1001,2025-10-14,309-555-0102,no-answer,\r\n',
    );
    expect(faults).toEqual([]);
    expect(rows).toEqual([
      {
        ...{ line: 2, student: '1001', date: '2025-10-14', number: '(309) 555-0101', result: 'voicemail' },
        note: 'asked, to call back',
      },
      { line: 3, student: '1001', date: '2025-10-14', number: '309-555-0102', result: 'no-answer' },
    ]);
  });

  it('names each fault by its line', async () => {
    const { faults } = await read(
      'student,date,number,result\n,2025-10-14,309-555-0101,busy\n1001,14.10.,309-555-0101,busy\n1001,2025-10-14,55,spoke\n',
    );
    expect(faults.map((one) => one.place)).toEqual([
      'notes.csv:2',
      'notes.csv:3',
      'notes.csv:4',
      'notes.csv:4',
    ]);
    expect(faults[1]?.message).toContain('YYYY-MM-DD');
    expect(faults[3]?.message).toContain('answered-by-parent');
  });

  it('without a needed column says which', async () => {
    await expect(read('student,date,result\n1001,2025-10-14,busy\n')).rejects.toThrow(/no column for number/);
  });
});
