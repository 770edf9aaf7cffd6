/** Rosters from files: students, the adults around them, schools; Ed-Fi XML or CSV, told apart by their content. */
import { inputName, openText, peekText, type TextInput } from '../text-stream.ts';
import { readCsvGuardians, readCsvSchools, readCsvStudents } from './read-csv.ts';
import { readEdfiContacts, readEdfiSchools, readEdfiStudents, type SchoolOptions } from './read-edfi.ts';
import type { GuardiansRead, SchoolsRead, StudentsRead } from './roster-types.ts';

export { checkRoster, type RosterCheck } from './check-roster.ts';
export { checkEmail } from './email.ts';
export { readOneRoster, type OneRosterRead } from './read-oneroster.ts';
export type { SchoolOptions } from './read-edfi.ts';
export type { GuardiansRead, RosterIssue, SchoolsRead, StudentsRead } from './roster-types.ts';

export type RosterFormat = 'edfi' | 'csv';

export interface RosterOptions {
  /** By content for a path; has to be given for a stream. */
  readonly format?: RosterFormat | undefined;
  /** How reports name the input; by default the file's own name. */
  readonly source?: string | undefined;
}

export async function readStudents(
  input: TextInput,
  options: RosterOptions & { readonly schoolCode?: (school: string) => string } = {},
): Promise<StudentsRead> {
  const { text, name, format } = await opened(input, options);
  return format === 'edfi' ? readEdfiStudents(text, name) : readCsvStudents(text, name, options.schoolCode);
}

export async function readContacts(input: TextInput, options: RosterOptions = {}): Promise<GuardiansRead> {
  const { text, name, format } = await opened(input, options);
  return format === 'edfi' ? readEdfiContacts(text, name) : readCsvGuardians(text, name);
}

export async function readSchools(
  input: TextInput,
  options: RosterOptions & SchoolOptions = {},
): Promise<SchoolsRead> {
  const { text, name, format } = await opened(input, options);
  return format === 'edfi' ? readEdfiSchools(text, name, options) : readCsvSchools(text, name, options);
}

async function opened(input: TextInput, options: RosterOptions) {
  const name = inputName(input, options.source);
  const format = options.format ?? (typeof input === 'string' ? await guess(input, name) : 'csv');
  return { text: openText(input, name), name, format };
}

async function guess(path: string, name: string): Promise<RosterFormat> {
  return (await peekText(path, name)).trimStart().startsWith('<') ? 'edfi' : 'csv';
}
