/** `case open`, `case import`: cases that begin by hand, or on paper before this system. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { paperCasesFrom, type PaperFile } from '../../../imports/paper-cases.ts';
import type { PaperImported } from '../../services/paper-cases.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { cell, noun, verb } from '../verb.ts';

export function register(program: Command): void {
  const cases = noun(program, 'case', 'Cases on the ladder.');
  verb<{ student: string }>(cases, {
    name: 'open',
    description: 'Open a case for a student before anything has been logged.',
    example: 'case open --student 604822',
    options: (c) => c.requiredOption('--student <number>', 'the student, by number in the student system'),
    run: async ({ student }, { api, out }) => {
      const done = await api.post<{ caseNumber: string; opened: boolean; waits: boolean }>('cases', {
        student,
      });
      out.result(
        done,
        [
          done.opened ? `Case ${done.caseNumber} is open.` : `Case ${done.caseNumber} was open already.`,
          ...(done.waits ? ['It begins as soon as Temporal is back.'] : []),
        ].join('\n'),
      );
    },
  });
  verb<{ dryRun?: boolean }>(cases, {
    name: 'import <file>',
    description: 'Bring in cases already on paper (YAML or JSON); nothing of them is sent again.',
    example: 'case import paper-cases.yaml --dry-run',
    options: (c) => c.option('--dry-run', 'say what would be done, and do nothing'),
    run: async ({ dryRun }, { api, out }, [file = '']) => {
      const read = paperCasesFrom(textOf(file), path.basename(file));
      const done = await api
        .post<PaperImported>('cases/import', { cases: read.entries, dryRun: dryRun === true })
        .catch((error: unknown) => {
          throw withLines(error, file, read);
        });
      const cases = done.cases.map(({ entry, ...one }) => ({
        ...one,
        line: read.lineOf([entry]),
        notes: one.notes.map((note) => ({ ...note, line: read.lineOf(pathOf(entry, note.field)) })),
      }));
      out.result({ ...done, cases }, importedText(done, cases));
    },
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CliError('NO_FILE', `${file} cannot be read; check the path`, EXIT.badInput);
  }
}

const faultsSchema = z.object({ faults: z.array(z.object({ place: z.string(), message: z.string() })) });

/** The server names entries and fields; whoever mends the file wants its lines. */
function withLines(error: unknown, file: string, read: PaperFile): unknown {
  if (!(error instanceof CliError) || error.code !== 'PAPER_CASES_FAULTY') return error;
  const found = faultsSchema.safeParse(error.details);
  if (!found.success) return error;
  const lines = found.data.faults.map(({ place, message }) => {
    const [, entry = '', ...field] = place.split('.');
    const line = read.lineOf(pathOf(Number(entry), field.join('.')));
    return `${file}:${line ?? '?'} ${field.join('.') || 'entry'}: ${message}`;
  });
  return new CliError(error.code, lines.join('\n  '), error.exit, error.details);
}

function pathOf(entry: number, field: string): (string | number)[] {
  const parts = field === '' ? [] : field.split('.');
  return [entry, ...parts.map((one) => (/^\d+$/.test(one) ? Number(one) : one))];
}

interface ShownOutcome {
  readonly student: string;
  readonly outcome: string;
  readonly caseNumber: string | null;
  readonly message: string;
  readonly notes: readonly {
    readonly field: string;
    readonly message: string;
    readonly line: number | null;
  }[];
}

function importedText(done: PaperImported, cases: readonly ShownOutcome[]): string {
  const rows = cases.map((one) => [cell(one.student, 14), one.outcome, one.caseNumber ?? '']);
  const refused = cases.filter((one) => one.outcome === 'refused');
  const notes = cases.flatMap((one) => one.notes);
  const would = cases.filter((one) => one.outcome === 'would-open').length;
  return [
    table(['Student', 'What', 'Case'], rows),
    '',
    done.dryRun
      ? `Nothing was done. ${would} would be opened, ${done.unchanged} are there already, ${done.refused} would be refused.`
      : `${done.opened} opened, ${done.unchanged} were there already, ${done.refused} refused. Nothing of them is sent again.`,
    ...refused.map((one) => `Student ${one.student}: ${one.message}`),
    ...(notes.length === 0 ? [] : ['', 'To know (the office’s past decisions, taken as they are):']),
    ...notes.map((one) => `line ${one.line ?? '?'}, ${one.field}: ${one.message}`),
    ...(done.waits ? ['The cases begin as soon as Temporal is back.'] : []),
  ].join('\n');
}
