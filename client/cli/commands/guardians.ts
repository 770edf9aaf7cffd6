/** `guardian`: the adults around a student, from files or one by one; who may never be written to. */
import type { Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import { readContacts } from '../../../imports/roster/index.ts';
import type { GuardianTally } from '../../../db/stores/guardians.ts';
import type { StudentShown } from '../../services/people.ts';
import { part, type ApiSource } from '../api-source.ts';
import { CliError, EXIT } from '../frame.ts';
import { issuesText, tallyText } from '../roster-text.ts';
import { collect, noun, verb } from '../verb.ts';

/** Records a request: far below what the server takes, so that progress shows. */
const BATCH = 2_000;

/** What can be said of an adult by hand. */
interface Wish {
  readonly first?: string;
  readonly last?: string;
  readonly relation?: string;
  readonly language?: string;
  readonly email?: string;
  readonly phone?: string[];
  readonly address?: string;
  readonly legal?: string;
}

export function register(program: Command): void {
  const guardian = noun(program, 'guardian', 'Parents, guardians and other adults.');
  verb<Wish & { file?: string; student?: string }>(guardian, {
    name: 'add',
    description: 'Bring in contacts from a file, or one adult by hand.',
    example:
      'guardian add --file contacts.csv\n  truancy guardian add --student 604822 --first Mara --last Testparent --relation mother --email mara@example.org',
    options: (c) =>
      withWish(
        c.option('--file <file>', 'contacts (Ed-Fi XML, CSV)').option('--student <number>', 'the student'),
      ),
    run: async (options, { api, out }) => {
      const read =
        options.file === undefined
          ? { guardians: [byHand(options)], issues: [] }
          : await readContacts(options.file);
      const sum = { read: 0, new: 0, changed: 0, unchanged: 0, ties: 0, unknownStudents: [] as string[] };
      for (let from = 0; from < read.guardians.length; from += BATCH) {
        const done = await send(api, read.guardians.slice(from, from + BATCH));
        sum.read += done.read;
        sum.new += done.new;
        sum.changed += done.changed;
        sum.unchanged += done.unchanged;
        sum.ties += done.ties;
        sum.unknownStudents.push(...done.unknownStudents);
        if (read.guardians.length > BATCH) out.note(`${sum.read} of ${read.guardians.length}`);
      }
      if (options.file !== undefined) out.note(issuesText(read.issues));
      const unknown = sum.unknownStudents.length;
      out.result(
        { ...sum, issues: read.issues },
        `${tallyText(sum)}; ${sum.ties} ${sum.ties === 1 ? 'tie' : 'ties'} to students${unknown > 0 ? `; ${unknown} students are in no roster` : ''}`,
      );
    },
  });
  verb<{ student: string }>(guardian, {
    name: 'show',
    description: 'The adults of a student, with their numbers.',
    example: 'guardian show --student 604822',
    options: (c) => c.requiredOption('--student <number>', 'the student'),
    run: async ({ student }, { api, out }) => {
      const { guardians } = await api.get<StudentShown>(`students/${part(student)}`);
      out.result(guardians, guardians.map(guardianText).join('\n') || 'Nobody is on record.');
    },
  });
  verb<Wish & { guardian: string; student: string }>(guardian, {
    name: 'edit',
    description: 'Change what is on record of an adult; a no-contact order stays.',
    example: 'guardian edit --guardian 12 --student 604822 --email new@example.org --language es',
    options: (c) =>
      withWish(
        c
          .requiredOption('--guardian <number>', 'the adult’s number (guardian show)')
          .requiredOption('--student <number>', 'the student'),
      ),
    run: async (options, { api, out }) => {
      const { guardians } = await api.get<StudentShown>(`students/${part(options.student)}`);
      const before = guardians.find((one) => String(one.id) === options.guardian);
      if (!before) throw unknownGuardian(options.guardian, options.student);
      const address = addressOf(options.address);
      const email = options.email ?? before.email;
      const done = await send(api, [
        {
          sourceId: before.sourceId,
          firstName: options.first ?? before.firstName,
          lastName: options.last ?? before.lastName,
          language: options.language ?? before.language,
          ...(email === null ? {} : { email }),
          ...(address === undefined ? {} : { address }),
          phones: options.phone === undefined ? before.phones : phonesOf(options.phone),
          students: [
            {
              student: options.student,
              relation: options.relation ?? before.relation,
              legalRecipient: options.legal ?? before.legalRecipient,
              livesWith: before.livesWith,
              primary: before.primary,
              noContact: before.noContact,
            },
          ],
        },
      ]);
      const after = (await api.get<StudentShown>(`students/${part(options.student)}`)).guardians;
      const now = after.find((one) => one.id === before.id) ?? before;
      const changed = done.changed + done.ties > 0;
      out.result(
        { changed, guardian: now },
        `${changed ? 'Changed.' : 'It stood so already; nothing changed.'}\n${guardianText(now)}`,
      );
    },
  });
  verb<{ guardian: string; student: string; lift?: boolean; reason: string }>(guardian, {
    name: 'no-contact',
    description: 'Set or lift a court’s no-contact order: nobody under one is ever written to.',
    example: 'guardian no-contact --guardian 12 --student 604822 --reason "order 25-OP-117"',
    options: (c) =>
      c
        .requiredOption('--guardian <number>', 'the adult’s number (guardian show)')
        .requiredOption('--student <number>', 'the student')
        .requiredOption('--reason <text>', 'the order, or what lifted it')
        .option('--lift', 'the order has ended'),
    run: async ({ guardian: id, student, lift, reason }, { api, out }) => {
      if (!/^\d{1,9}$/.test(id)) throw unknownGuardian(id, student);
      const done = await api.post<{ noContact: boolean }>(`guardians/${part(id)}/no-contact`, {
        student,
        noContact: lift !== true,
        reason,
      });
      out.result(
        done,
        done.noContact
          ? 'No letter and no call goes to this adult about the student.'
          : 'The order is lifted.',
      );
    },
  });
}

function withWish(c: Command): Command {
  return c
    .option('--first <name>', 'first name')
    .option('--last <name>', 'last name')
    .option('--relation <relation>', 'e.g. mother')
    .option('--language <tag>', 'language to write in, e.g. en or es')
    .option('--email <address>', 'e-mail')
    .option('--phone <number>', 'telephone; again for another', collect)
    .option('--address <lines>', 'postal address, parts by semicolon: "12 Court St; Pekin; IL; 61554"')
    .option('--legal <yes|no|assumed>', 'whether a legal recipient of letters');
}

function send(api: ApiSource, guardians: readonly unknown[]): Promise<GuardianTally> {
  return api.post<GuardianTally>('guardians:import', { guardians });
}

function unknownGuardian(id: string, student: string): CliError {
  return new CliError(
    'UNKNOWN_GUARDIAN',
    `nobody with number ${id.slice(0, 20)} is on record for this student; \`guardian show --student ${student}\` lists the numbers`,
    EXIT.unknownOrForbidden,
  );
}

function byHand(options: Wish & { student?: string }) {
  const { student, first, last, relation } = options;
  if (!student || !first || !last || !relation) {
    throw new InputFault('BAD_USAGE', 'give --file, or --student, --first, --last and --relation');
  }
  const address = addressOf(options.address);
  return {
    sourceId: `hand-${student}-${first}-${last}`.toLowerCase().replace(/[^a-z0-9-]+/g, '-'),
    firstName: first,
    lastName: last,
    language: options.language ?? 'en',
    ...(options.email === undefined ? {} : { email: options.email }),
    ...(address === undefined ? {} : { address }),
    phones: phonesOf(options.phone ?? []),
    students: [
      {
        student,
        relation,
        legalRecipient: options.legal ?? 'yes',
        livesWith: true,
        primary: true,
        noContact: false,
      },
    ],
  };
}

function phonesOf(numbers: readonly string[]) {
  return numbers.map((number) => ({ number, kind: 'phone', household: true }));
}

/** The last three parts are city, state and ZIP; what is before them, one to four lines. */
function addressOf(text: string | undefined) {
  if (text === undefined) return undefined;
  const parts = text.split(';').map((one) => one.trim());
  const [city, state, postalCode] = parts.slice(-3);
  const lines = parts.slice(0, -3);
  if (!city || !state || !postalCode || lines.length === 0 || lines.includes('')) {
    throw new InputFault(
      'BAD_ADDRESS',
      'write it as street; city; state; ZIP, e.g. "12 Court St; Pekin; IL; 61554"',
      '--address',
    );
  }
  return { lines, city, state, postalCode };
}

export function guardianText(one: StudentShown['guardians'][number]): string {
  const email =
    one.email === null ? null : `${one.email}${one.emailBadSince === null ? '' : ' (mail came back)'}`;
  const address =
    one.address === null
      ? null
      : `${[...one.address.lines, one.address.city].join(', ')}, ${one.address.state} ${one.address.postalCode}`;
  const reach = [email, address, one.phones.map((phone) => phone.number).join(', ')].filter(Boolean);
  return [
    `No. ${String(one.id).padEnd(6)}${one.firstName} ${one.lastName}, ${one.relation}; ${one.language}${one.noContact ? '; NO CONTACT (court)' : ''}`,
    `          legal recipient: ${one.legalRecipient}; ${reach.join('; ') || 'no way to reach them on record'}`,
  ].join('\n');
}
