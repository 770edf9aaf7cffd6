/** `district`, `school`: places, who answers there, up to when their attendance is known. */
import type { Command } from 'commander';
import { readSchools } from '../../../imports/roster/index.ts';
import type { SchoolRecord } from '../../../domain/records.ts';
import type { Tally } from '../../../db/stores/places.ts';
import type { SchoolShown } from '../../services/places.ts';
import { part } from '../api-source.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { issuesText, tallyText } from '../roster-text.ts';
import { cell, collect, noun, verb } from '../verb.ts';

export function register(program: Command): void {
  const district = noun(program, 'district', 'School districts.');
  verb<{ code: string; name: string }>(district, {
    name: 'add',
    description: 'Add a district, or change its name.',
    example: 'district add --code PEKIN-303 --name "Pekin CSD 303"',
    options: (c) => c.requiredOption('--code <code>', 'short code').requiredOption('--name <name>', 'name'),
    run: async ({ code, name }, { api, out }) => {
      const done = await api.post<Tally>('districts', { districts: [{ code, name }] });
      out.result(done, `District ${code}: ${tallyText(done)}`);
    },
  });
  verb(district, {
    name: 'show',
    description: 'All districts.',
    example: 'district show',
    run: async (_options, { api, out }) => {
      const { districts } = await api.get<{ districts: { code: string; name: string }[] }>('districts');
      out.result(
        districts,
        table(
          ['Code', 'Name'],
          districts.map((one) => [one.code, cell(one.name, 60)]),
        ),
      );
    },
  });

  const school = noun(program, 'school', 'Schools and their contacts.');
  verb<{
    code: string;
    name: string;
    district: string;
    county: string;
    zone: string;
    sourceId?: string;
    phone?: string;
    contact?: string[];
  }>(school, {
    name: 'add',
    description: 'Add a school, or change it.',
    example:
      'school add --code PEKIN-HS --name "Pekin High School" --district PEKIN-303 --county Tazewell --contact attendance-clerk:R.Clerk:clerk@pekin.example',
    options: (c) =>
      c
        .requiredOption('--code <code>', 'short code, e.g. PEKIN-HS')
        .requiredOption('--name <name>', 'name')
        .requiredOption('--district <code>', 'its district')
        .requiredOption('--county <county>', 'its county (the State’s Attorney’s)')
        .option('--zone <zone>', 'time zone', 'America/Chicago')
        .option('--source-id <id>', 'what its student system calls it')
        .option('--phone <phone>', 'telephone')
        .option(
          '--contact <function:name[:email]>',
          'attendance-clerk, principal, counselor or deputy; again for another',
          collect,
        ),
    run: async ({ contact, ...given }, { api, out }) => {
      const done = await api.post<Tally>('schools', {
        schools: [{ ...given, contacts: (contact ?? []).map(contactFrom) }],
      });
      out.result(done, `School ${given.code}: ${tallyText(done)}`);
    },
  });
  verb<{ file: string; district: string; county?: string; zone?: string }>(school, {
    name: 'import',
    description: 'Bring in schools from Ed-Fi XML or CSV.',
    example: 'school import --file education-organizations.xml --district PEKIN-303 --county Tazewell',
    options: (c) =>
      c
        .requiredOption('--file <file>', 'the file')
        .requiredOption('--district <code>', 'their district')
        .option('--county <county>', 'their county, where the file does not say')
        .option('--zone <zone>', 'their time zone, where the file does not say', 'America/Chicago'),
    run: async ({ file, district: code, county, zone }, { api, out }) => {
      const read = await readSchools(file);
      const schools = read.schools.map((one): SchoolRecord => ({
        ...one,
        district: code,
        county: one.county || (county ?? ''),
        zone: one.zone || (zone ?? 'America/Chicago'),
      }));
      const nowhere = schools.find((one) => one.county === '');
      if (nowhere)
        throw new CliError(
          'NO_COUNTY',
          `the file does not say in which county ${nowhere.code} lies; give --county`,
          EXIT.badInput,
        );
      const done = await api.post<Tally>('schools', { schools });
      out.note(issuesText(read.issues));
      out.result({ ...done, issues: read.issues }, tallyText(done));
    },
  });
  verb<{ school?: string; district?: string }>(school, {
    name: 'show',
    description: 'One school with its contacts, or all of them.',
    example: 'school show --school PEKIN-HS',
    options: (c) =>
      c.option('--school <code>', 'one school').option('--district <code>', 'those of a district'),
    run: async ({ school: code, district: of }, { api, out }) => {
      if (code === undefined) {
        const { schools } = await api.get<{ schools: SchoolRecord[] }>('schools', { district: of });
        out.result(
          schools,
          table(
            ['Code', 'Name', 'District', 'County'],
            schools.map((one) => [one.code, cell(one.name, 34), one.district, one.county]),
          ),
        );
        return;
      }
      const one = await api.get<SchoolShown>(`schools/${part(code)}`);
      out.result(one, schoolText(one));
    },
  });
}

function contactFrom(text: string) {
  const [fn, name, email] = text.split(':');
  if (!fn || !name)
    throw new CliError('BAD_CONTACT', 'write a contact as function:name[:email]', EXIT.badInput);
  return { function: fn, name, ...(email ? { email } : {}) };
}

function schoolText(one: SchoolShown): string {
  return [
    `${one.name} (${one.code}; ${one.sourceId} in its student system)`,
    `District   ${one.district}, ${one.county} County, ${one.zone}`,
    `Calendar   ${one.calendarVersion === null ? 'none yet' : `version ${one.calendarVersion}`}`,
    `Attendance ${one.knownUpTo === null ? 'nothing known yet' : `known up to ${one.knownUpTo}`}`,
    ...one.contacts.map((who) => `${who.function.padEnd(17)}${who.name}${who.email ? `, ${who.email}` : ''}`),
  ].join('\n');
}
