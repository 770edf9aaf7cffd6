/**
 * Cases an office has kept on paper until now: a YAML (or JSON) list, one entry a student, with the referrals, notices,
 * interventions, hearing and order there were. What cannot have happened so is judged where the calendar is known.
 */
import { z } from 'zod';
import { isIsoDate } from '../domain/dates.ts';
import { InputFault } from '../domain/refusal.ts';
import { describeFaults, lineFinder, readYaml, type YamlFault } from './checked-yaml.ts';

const date = z
  .string('write a date as YYYY-MM-DD')
  .refine(isIsoDate, 'write a date that exists as YYYY-MM-DD');
const words = (most = 2000) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must not be longer than ${most} characters`)
    .refine((text) => !/[^\P{Cc}\t\n\r]/u.test(text), 'holds control characters; leave them out');

/** Whatever is not expected is most often a text with a comma: in braces that begins a new field. */
const entry = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `there is no field ${issue.keys.map((key) => `"${key.slice(0, 60)}"`).join(', ')}; put a text that holds a comma or colon in quotes`
        : undefined,
  });

const letter = entry({
  date,
  channel: z.enum(['email', 'print'], 'write email or print'),
  /** "certified mail 7020 …", "copy in the paper file". */
  proof: words(500),
});

export const paperEntrySchema = entry({
  /** SIS number, in quotes: a number would lose its leading zeros. */
  student: z
    .string('write the student number in quotes')
    .trim()
    .min(1)
    .max(40)
    .regex(/^[^\s/\p{Cc}]+$/u, 'is no student number'),
  note: words().optional(),
  interventions: z
    .array(
      entry({
        kind: z.string().trim().toLowerCase().min(1).max(60),
        date,
        by: words(120).default('not recorded'),
        outcome: words().optional(),
        description: words().optional(),
        proof: words(300).optional(),
      }),
    )
    .max(200)
    .default([]),
  referrals: z
    .array(entry({ date, notice: letter.optional() }))
    .max(10)
    .default([]),
  caseload: entry({ date, reason: words() }).optional(),
  hearing: entry({
    date,
    time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write HH:MM, 24 hours'),
    place: words(200),
    scheduledOn: date,
    notice: letter.optional(),
    outcome: z
      .enum(['held', 'held-in-absence', 'missed'], 'write held, held-in-absence or missed')
      .optional(),
  }).optional(),
  order: entry({
    date,
    returnDate: date,
    findings: words(),
    services: z.array(words(300)).max(30).default([]),
    letter: letter.optional(),
  }).optional(),
});

export type PaperEntry = z.output<typeof paperEntrySchema>;

/** At most so many in one file: they are taken all together or not at all. */
export const MOST_ENTRIES = 1_000;

const fileSchema = z
  .array(paperEntrySchema, 'write a list, each entry beginning with "- student:"')
  .min(1, 'holds no case')
  .max(MOST_ENTRIES, `holds more than ${MOST_ENTRIES} cases; take them in several files`);

export interface PaperFile {
  readonly entries: readonly PaperEntry[];
  /** The line of a field (`[3, 'referrals', 1, 'date']`), or of the nearest above that is there. */
  readonly lineOf: (field: readonly PropertyKey[]) => number | null;
}

export type PaperReading =
  | { readonly ok: true; readonly file: PaperFile }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

/** Checks the text of a file; never throws on what a person may have typed. */
export function readPaperCases(text: string): PaperReading {
  const reading = readYaml(text, fileSchema);
  if (!reading.ok) return reading;
  return { ok: true, file: { entries: reading.value, lineOf: lineFinder(text) } };
}

/** The same for a file that must do; throws `PAPER_CASES_FAULTY` ({@link InputFault}) with every fault and its line. */
export function paperCasesFrom(text: string, fileName: string): PaperFile {
  const reading = readPaperCases(text);
  if (reading.ok) return reading.file;
  throw new InputFault('PAPER_CASES_FAULTY', describeFaults(reading.faults), fileName);
}
