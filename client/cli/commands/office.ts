/** `setup` ⚙ and `office`: the installation, its practice mode, its letterhead. */
import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import { checkLogo } from '../../../templates/pdf/logo.ts';
import { readOfficeProfile } from '../../office-profile.ts';
import type { OfficeShown } from '../../services/office.ts';
import { CliError, EXIT } from '../frame.ts';
import { noun, verb } from '../verb.ts';

interface SetUpOptions {
  readonly policy?: string;
  readonly code?: string;
  readonly name?: string;
  readonly zone?: string;
  readonly profile?: string;
  readonly database?: string;
  readonly practiceMailbox?: string;
}

export function register(program: Command): void {
  verb<SetUpOptions>(program, {
    name: 'setup',
    description: 'Set an installation up (on the server): the office, its policy, the first key.',
    example: 'setup --policy roe53 --profile office.yaml',
    options: (c) =>
      c
        .option('--policy <name>', 'rule pack, by name or file (default: the one in force, else roe53)')
        .option('--code <code>', 'short code of the office (default: the policy’s own)')
        .option('--name <name>', 'its name')
        .option('--zone <zone>', 'time zone of the office’s day, e.g. America/Chicago')
        .option('--profile <file>', 'YAML: letterhead, signatories, Case Managers, State’s Attorneys')
        .option('--practice-mailbox <address>', 'where letters go while practising')
        .option('--database <url>', 'default: DATABASE_URL, else the stack that runs here'),
    run: async (options, { out }) => {
      const [{ connect }, { migrate }, { prepareInstallation, usualFacts }, { homeFolder }] =
        await Promise.all([
          import('../../../db/connect.ts'),
          import('../../../db/migrate.ts'),
          import('../../setup.ts'),
          import('../../../stack/paths.ts'),
        ]);
      const url = options.database ?? process.env['DATABASE_URL'] ?? (await stackDatabase());
      const profile = options.profile === undefined ? undefined : profileFrom(options.profile);
      await migrate(url);
      const db = connect(url, { max: 2, name: 'truancy setup' });
      try {
        const usual = await usualFacts(db, options.policy);
        const made = await prepareInstallation(db, {
          policy: options.policy,
          office: {
            code: options.code ?? usual.code,
            name: options.name ?? usual.name,
            zone: options.zone ?? usual.zone,
            practiceMailbox: options.practiceMailbox,
          },
          profile,
          home: homeFolder(),
          say: (line) => out.note(line),
        });
        out.result(
          {
            office: made.office.code,
            policy: made.office.policyName,
            practice: made.office.practice,
            keyFile: made.keyFile,
          },
          [
            `${made.office.name} is set up with policy ${made.office.policyName} ${made.office.policyVersion}.`,
            made.office.practice
              ? 'Practice mode: no letter reaches a family until `truancy office go-live`.'
              : 'It is live.',
            `The administrator’s key is in ${made.keyFile}; sign in with \`truancy login --local\`.`,
          ].join('\n'),
        );
      } finally {
        await db.close();
      }
    },
  });
  const office = noun(program, 'office', 'The office: its day, its mode, its letterhead.');
  verb(office, {
    name: 'show',
    description: 'What the server says about the office.',
    example: 'office show',
    run: async (_options, { api, out }) => {
      const shown = await api.get<OfficeShown>('office');
      out.result(shown, officeText(shown));
    },
  });
  verb<{ file?: string; logo?: string | false }>(office, {
    name: 'profile',
    description:
      'Set letterhead, signatories, Case Managers and State’s Attorneys from a YAML file; the logo of the letters.',
    example: 'office profile --file office.yaml --logo crest.png\n  truancy office profile --no-logo',
    options: (c) =>
      c
        .option('--file <file>', 'YAML file; without it only the logo changes')
        .option('--logo <file>', 'PNG or JPEG for letters and e-mails, up to 200 kB')
        .option('--no-logo', 'letters without a logo from now on'),
    run: async ({ file, logo }, { api, out }) => {
      if (file === undefined && logo === undefined) {
        throw new InputFault('BAD_USAGE', 'give --file, --logo or --no-logo', 'office profile');
      }
      const picture = logo === undefined ? {} : { logo: logo === false ? null : logoFrom(logo) };
      const profile = file === undefined ? (await api.get<OfficeShown>('office')).profile : profileFrom(file);
      if (profile === null) {
        throw new CliError('PROFILE_MISSING', 'the office has no letterhead yet; give --file', EXIT.badInput);
      }
      const shown = await api.put<OfficeShown>('office/profile', { ...profile, ...picture });
      out.result(shown, officeText(shown));
    },
  });
  verb<{ send: string }>(office, {
    name: 'digests',
    description: 'Whether each morning an e-mail tells schools and Case Managers of new tasks.',
    example: 'office digests --send no',
    options: (c) =>
      c.addOption(new Option('--send <yes|no>', 'yes or no').choices(['yes', 'no']).makeOptionMandatory()),
    run: async ({ send }, { api, out }) => {
      const done = await api.put<{ digests: boolean }>('office/digests', { send: send === 'yes' });
      out.result(
        done,
        done.digests
          ? 'Each office morning an e-mail tells of what is new on the worklists.'
          : 'No e-mails about worklists; the worklists themselves stay.',
      );
    },
  });
  verb<{ yes?: boolean }>(office, {
    name: 'go-live',
    description: 'End practice mode: from now on letters go to families.',
    example: 'office go-live --yes',
    options: (c) => c.option('--yes', 'do not ask'),
    run: async ({ yes }, { api, out }) => {
      if (yes !== true) {
        throw new CliError(
          'CONFIRMATION_NEEDED',
          'from now on letters would go to families; add --yes to say that they shall',
          EXIT.badInput,
        );
      }
      const shown = await api.post<OfficeShown>('office/go-live');
      out.result(shown, officeText(shown));
    },
  });
}

function officeText(shown: OfficeShown): string {
  return [
    `${shown.name} (${shown.code})`,
    `Today    ${shortDate(shown.today)}${shown.driven ? ' (driven, not the real clock)' : ''}, ${shown.zone}`,
    `Policy   ${shown.policy} ${shown.policyVersion}`,
    `Mode     ${shown.practice ? `PRACTICE: letters go to ${shown.practiceMailbox ?? 'nobody but the mail catcher'}` : 'live'}`,
    `Mornings ${shown.digests ? 'an e-mail tells of what is new on the worklists' : 'no e-mails about worklists'}`,
    `Logo     ${shown.logoBytes === null ? 'none' : `${Math.ceil(shown.logoBytes / 1000)} kB, on letters and e-mails`}`,
    `Letters  from ${shown.profile?.name ?? 'nobody yet'}, replies to ${shown.profile?.email ?? 'nobody yet'}`,
  ].join('\n');
}

function profileFrom(file: string) {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CliError('BAD_PROFILE', `${file} cannot be read; check the path`, EXIT.badInput);
  }
  return readOfficeProfile(text, file);
}

function logoFrom(file: string): string {
  let image: Buffer;
  try {
    image = readFileSync(file);
  } catch {
    throw new CliError('LOGO_BAD', `${file} cannot be read; check the path`, EXIT.badInput);
  }
  try {
    checkLogo(image);
  } catch (error) {
    throw error instanceof InputFault ? new InputFault(error.code, error.message, file) : error;
  }
  return image.toString('base64');
}

async function stackDatabase(): Promise<string> {
  const { homeFolder, homePaths } = await import('../../../stack/paths.ts');
  try {
    const stack = JSON.parse(readFileSync(homePaths(homeFolder()).stackFile, 'utf8')) as {
      postgres: { url: string };
    };
    return stack.postgres.url;
  } catch {
    throw new CliError(
      'NO_DATABASE',
      'no database is known: give --database, set DATABASE_URL, or start the stack with `truancy up`',
      EXIT.outOfReach,
    );
  }
}
