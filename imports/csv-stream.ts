/** CSV read as a stream of rows, columns found by the many names student systems give them. */
import { Readable } from 'node:stream';
import { parse, CsvError } from 'csv-parse';
import { InputFault } from '../domain/refusal.ts';

/** Field → the names its column may have; compared without case, blanks and punctuation. */
export type CsvColumns<Field extends string> = Readonly<Record<Field, readonly string[]>>;

export interface CsvRow<Field extends string> {
  /** Line on which the row begins. */
  readonly line: number;
  /** The cell, trimmed; empty where the column or the cell is missing. */
  get(field: Field): string;
  /** Cells beyond the header's columns: a comma that should have been quoted. */
  readonly surplus: number;
}

export interface CsvOptions<Field extends string> {
  readonly columns: CsvColumns<Field>;
  /** Each group needs one of its columns. */
  readonly required: readonly (readonly NoInfer<Field>[])[];
  readonly file: string;
}

const MOST_RECORD_BYTES = 256 * 1024;

export async function* csvRows<Field extends string>(
  text: AsyncIterable<string>,
  options: CsvOptions<Field>,
): AsyncGenerator<CsvRow<Field>> {
  const { file } = options;
  const iterator = text[Symbol.asyncIterator]();
  let head = '';
  while (!/\S[^\n]*\n/.test(head)) {
    const next = await iterator.next();
    if (next.done) break;
    head += next.value;
    if (head.length > MOST_RECORD_BYTES)
      throw new InputFault('BAD_CSV', 'its first line has no end: is it a CSV file?', file);
  }
  if (head.trim() === '') throw new InputFault('EMPTY_FILE', 'the file is empty', file);
  const whole = async function* (): AsyncGenerator<string> {
    try {
      yield head;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.(undefined);
    }
  };
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head),
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MOST_RECORD_BYTES,
  });
  const source = Readable.from(whole());
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let index: Map<Field, number> | undefined;
  let width = 0;
  /** Lines read before the record: it begins on the next one that is not empty. */
  let before = 0;
  try {
    for await (const item of parser) {
      const { record, info } = item as { record: string[]; info: { lines: number } };
      // csv-parse counts lines up to the record's end; quoted line breaks inside it are subtracted.
      const line = Math.max(before + 1, info.lines - lineBreaks(record));
      before = info.lines;
      if (!index) {
        index = columnIndex(record, options);
        width = record.length;
        continue;
      }
      if (record.every((cell) => cell.trim() === '')) continue;
      const at = index;
      yield {
        line,
        get: (field) => record[at.get(field) ?? -1]?.trim() ?? '',
        surplus: record.slice(width).filter((cell) => cell.trim() !== '').length,
      };
    }
  } catch (error) {
    if (error instanceof CsvError) {
      const line = (error as { lines?: unknown }).lines;
      const what =
        error.code === 'CSV_QUOTE_NOT_CLOSED'
          ? 'a quotation mark is never closed'
          : 'a row is too long or broken';
      throw new InputFault(
        'BAD_CSV',
        `${what}; mend the row or export it again`,
        typeof line === 'number' ? `${file}:${line}` : file,
      );
    }
    throw error;
  } finally {
    source.destroy();
  }
}

/** The header's columns by field; one error that names what was seen and what is expected. */
function columnIndex<Field extends string>(
  header: readonly string[],
  options: CsvOptions<Field>,
): Map<Field, number> {
  const names = header.map(plainName);
  const index = new Map<Field, number>();
  for (const [field, aliases] of Object.entries(options.columns) as [Field, readonly string[]][]) {
    // The first alias that is there wins: aliases stand in order of preference.
    const found = aliases.map((alias) => names.indexOf(plainName(alias))).find((at) => at >= 0);
    if (found !== undefined) index.set(field, found);
  }
  const missing = options.required.filter((group) => !group.some((field) => index.has(field)));
  if (missing.length > 0) {
    if (header.some(isData)) {
      // Not shown: data of a file without a header are numbers and names of children.
      throw new InputFault(
        'MISSING_COLUMNS',
        `the first line holds data, not column names; put a line such as ${options.required.map((group) => options.columns[group[0] as Field][0]).join(',')} above it`,
        `${options.file}:1`,
      );
    }
    const expected = missing.map((group) =>
      group.map((field) => `${field} (${options.columns[field].slice(0, 4).join(', ')}…)`).join(' or '),
    );
    throw new InputFault(
      'MISSING_COLUMNS',
      `no column for ${expected.join('; ')}. Columns seen: ${header
        .map((h) => h.trim().slice(0, 30))
        .slice(0, 40)
        .join(', ')}`,
      `${options.file}:1`,
    );
  }
  return index;
}

/** A number or a date: no name of a column. */
function isData(cell: string): boolean {
  return /^[\d./: -]*\d[\d./: -]*$/.test(cell.trim());
}

/** `Student ID`, `student_id` and `studentId` are one name. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The separator the header uses most. */
function delimiterOf(head: string): string {
  const line = head.replace(/^\s+/, '').split('\n', 1)[0] ?? '';
  const counts = [',', ';', '\t', '|'].map((d) => ({ d, n: line.split(d).length }));
  return counts.reduce((best, c) => (c.n > best.n ? c : best)).d;
}

function lineBreaks(record: readonly string[]): number {
  return record.reduce((n, cell) => n + (cell.split(/\r\n|\r|\n/).length - 1), 0);
}
