/** The lines of an iCalendar file, so that a fault can name its line: the parser itself cannot. */
import { isIsoDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';

const DATED = new Set(['DTSTART', 'DTEND', 'RECURRENCE-ID', 'EXDATE']);

/** Checks the file's form and gives the line on which each VEVENT begins, in order. */
export function eventLines(text: string, file: string): number[] {
  const begins: number[] = [];
  const open: { name: string; line: number }[] = [];
  for (const { line, content } of unfold(text)) {
    const fault = (message: string): InputFault => new InputFault('BAD_ICS', message, `${file}:${line}`);
    const colon = valueStart(content);
    if (colon < 0) {
      throw fault(
        'is no calendar line (NAME:value); a long text must go on in lines that begin with a space',
      );
    }
    const name = (/^[^;:]*/.exec(content)?.[0] ?? '').toUpperCase();
    const value = content.slice(colon + 1).trim();
    if (name === 'BEGIN') {
      open.push({ name: value.toUpperCase(), line });
      if (value.toUpperCase() === 'VEVENT') begins.push(line);
    } else if (name === 'END') {
      const last = open.pop();
      if (last?.name !== value.toUpperCase()) {
        throw fault(
          last
            ? `END:${value} does not close BEGIN:${last.name} of line ${last.line}`
            : `END:${value} closes nothing`,
        );
      }
    } else if (DATED.has(name) && open.at(-1)?.name === 'VEVENT') {
      for (const date of value.split(',')) {
        if (!isIcsDate(date)) throw fault(`"${date.slice(0, 40)}" is no date (YYYYMMDD or YYYYMMDDTHHMMSS)`);
      }
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) {
    throw new InputFault(
      'BAD_ICS',
      `BEGIN:${unclosed.name} is never closed: the file is cut off; download it again`,
      `${file}:${unclosed.line}`,
    );
  }
  return begins;
}

function isIcsDate(text: string): boolean {
  const match = /^(\d{4})(\d{2})(\d{2})(T([01]\d|2[0-3])[0-5]\d[0-6]\dZ?)?$/.exec(text.trim());
  return match !== null && isIsoDate(`${match[1]}-${match[2]}-${match[3]}`);
}

/** Where the value begins: the first colon outside quotes. */
function valueStart(content: string): number {
  let quoted = false;
  for (let i = 0; i < content.length; i += 1) {
    if (content[i] === '"') quoted = !quoted;
    else if (content[i] === ':' && !quoted) return i;
  }
  return -1;
}

/** Continuation lines begin with a space or a tab (RFC 5545, 3.1). */
function* unfold(text: string): Generator<{ line: number; content: string }> {
  let current: { line: number; content: string } | undefined;
  for (const [i, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (current && /^[ \t]/.test(raw)) {
      current.content += raw.slice(1);
      continue;
    }
    if (current) yield current;
    current = raw.trim() === '' ? undefined : { line: i + 1, content: raw };
  }
  if (current) yield current;
}
