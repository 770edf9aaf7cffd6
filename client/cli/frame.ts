/**
 * What every command shares: how it prints (tables for people, one JSON document with --json), how it fails
 * (`error CODE: what is wrong, and the mend`, on standard error) and which exit status it leaves.
 */
import Table from 'cli-table3';
import type { Command } from 'commander';

/** Exit statuses of the command line. */
export const EXIT = {
  done: 0,
  other: 1,
  badInput: 2,
  refused: 3,
  unknownOrForbidden: 4,
  outOfReach: 5,
} as const;

/** A failure that already knows its code and exit status. */
export class CliError extends Error {
  readonly code: string;
  readonly exit: number;
  readonly details: unknown;
  constructor(code: string, message: string, exit: number, details?: unknown) {
    super(message);
    this.name = 'CliError';
    this.code = code;
    this.exit = exit;
    this.details = details;
  }
}

/** Where a command writes; tests give their own. */
export interface Output {
  /** One JSON document (with --json) or the human text; called once, at the end. */
  result(json: unknown, human: string): void;
  /** Progress, hints and logs: standard error, never part of the result. */
  note(text: string): void;
  readonly json: boolean;
}

export function outputFor(command: Command): Output {
  const json = Boolean(command.optsWithGlobals<{ json?: boolean }>().json);
  return {
    json,
    result(value, human) {
      process.stdout.write(
        json ? `${JSON.stringify(value, null, 2)}\n` : `${fit(human.replace(/\n$/, ''))}\n`,
      );
    },
    note(text) {
      process.stderr.write(`${fit(text)}\n`);
    },
  };
}

/** What people read keeps to this many columns. */
const COLUMNS = 80;

/** Breaks sentences that are too long, under their label or indent; tables, keys and addresses stay as they are. */
export function fit(text: string, columns = COLUMNS): string {
  return text
    .split('\n')
    .flatMap((line) => (line.length <= columns ? [line] : broken(line, columns)))
    .join('\n');
}

/** An example as one can paste it: too long a line goes on after a backslash, between options. */
export function exampleLines(command: string, columns = COLUMNS): string {
  const lines: string[] = [];
  let now = '  ';
  for (const piece of command.split(/ (?=--)/)) {
    const room = columns - 2;
    if (now.trim() !== '' && now.length + 1 + piece.length > room) {
      lines.push(`${now} \\`);
      now = `      ${piece}`;
    } else now = now.trim() === '' ? `  ${piece}` : `${now} ${piece}`;
  }
  return [...lines, now].join('\n');
}

function broken(line: string, columns: number): string[] {
  const lead = /^(?: *\S+ {2,}| *)/.exec(line)?.[0] ?? '';
  const body = line.slice(lead.length);
  if (/ {2}/.test(body)) return [line];
  const lines: string[] = [];
  let now = lead;
  let fresh = true;
  for (const word of body.split(' ')) {
    if (!fresh && now.length + 1 + word.length > columns) {
      lines.push(now);
      now = ' '.repeat(lead.length);
      fresh = true;
    }
    now += fresh ? word : ` ${word}`;
    fresh = false;
  }
  return [...lines, now];
}

/** A table whose last column, a sentence, is cut to what the others leave of 80 columns. */
export function tableWithSentence(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const last = head.length - 1;
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => String(row[i] ?? '').length)),
  );
  const room = COLUMNS - widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const cut = (text: string) => (text.length <= room ? text : `${text.slice(0, room - 1)}…`);
  return table(
    head,
    rows.map((row) => row.map((one, i) => (i === last ? cut(String(one)) : one))),
  );
}

/** A plain table that fits 80 columns where its content allows; colour only on a terminal and without NO_COLOR. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
  const t = new Table({
    head: [...head],
    style: { head: colour ? ['cyan'] : [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  });
  for (const row of rows) t.push(row.map(String));
  return t.toString().replace(/ +$/gm, '');
}
