/** `templates`: which text each letter is written from; an office's own texts; `notice preview`. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import type { TemplateFault } from '../../../templates/index.ts';
import { LETTER_KINDS, officeOfLetter } from '../../../templates/kinds.ts';
import type {
  PreviewedTemplate,
  TemplateApproved,
  TemplateShown,
  TemplatesTaken,
} from '../../services/templates.ts';
import { part } from '../api-source.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { noun, verb, type Doing } from '../verb.ts';
import { writePrivately } from './notices.ts';

interface Named {
  readonly kind: string;
  readonly language: string;
  readonly version?: string;
}

export function register(program: Command): void {
  const templates = noun(program, 'templates', 'The texts that letters are written from.');
  registerList(templates);
  registerCheck(templates);
  registerAdd(templates);
  registerApprove(templates);
  registerPreview(templates, 'templates preview');
  registerPreview(
    noun(program, 'notice', 'Letters to families, and to the State’s Attorney.'),
    'notice preview',
  );
}

const named = (command: Command): Command =>
  command
    .requiredOption('--kind <kind>', 'e.g. first-notice; `templates list` shows them')
    .requiredOption('--language <code>', 'en or es')
    .option('--version <version>', 'as `templates list` shows it; default: the one that waits');

function registerList(templates: Command): void {
  verb(templates, {
    name: 'list',
    description: 'Which version of each letter is in use, and which wait for a yes.',
    example: 'templates list',
    run: async (_options, { api, out }) => {
      const { templates: shown } = await api.get<{ templates: TemplateShown[] }>('templates');
      const waiting = shown.filter((one) => one.waiting.length > 0).length;
      out.result(
        shown,
        [
          table(
            ['Letter', 'Lang', 'In use', 'Waits for a yes'],
            shown.map((one) => [one.kind, one.language, one.inUse ?? 'none', one.waiting.join(', ')]),
          ),
          waiting === 0
            ? 'Every text is approved.'
            : `${waiting} letters have a text that nobody has approved. Read each (templates preview), then approve it (templates approve).`,
        ].join('\n'),
      );
    },
  });
}

/** The files of a folder by name, partials with theirs. */
function filesIn(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  const take = (below: string) => {
    const at = path.join(folder, below);
    let names: string[];
    try {
      names = readdirSync(at).filter((name) => name.endsWith('.hbs'));
    } catch {
      throw new InputFault('BAD_FOLDER', 'the folder cannot be read; check the path', at);
    }
    for (const name of names) files[path.posix.join(below, name)] = readFileSync(path.join(at, name), 'utf8');
  };
  take('.');
  if (statSync(path.join(folder, 'partials'), { throwIfNoEntry: false })?.isDirectory()) take('partials');
  if (Object.keys(files).length === 0) {
    throw new InputFault('NO_TEMPLATES', 'holds no .hbs file; copy those you want to change there', folder);
  }
  return files;
}

function registerCheck(templates: Command): void {
  verb<{ office?: string }>(templates, {
    name: 'check [folder]',
    description:
      'Whether letters can be made: unknown fields, lost contents, missing translations, text off the page.',
    example: 'templates check my-templates --office roe53',
    options: (c) =>
      c.option('--office <name>', `whose letters the folder holds: ${offices().join(', ')}`, 'roe53'),
    run: async ({ office = 'roe53' }, { out }, [folder]) => {
      if (!offices().includes(office)) {
        throw new InputFault('BAD_OFFICE', `is none; there are: ${offices().join(', ')}`, '--office');
      }
      const faults =
        folder === undefined
          ? await (await letterMaking()).checkTemplates()
          : await checkFolder(office, folder);
      if (faults.length === 0) {
        out.result({ ok: true, faults }, 'Every letter can be made.');
        return;
      }
      throw new CliError(
        'TEMPLATE_FAULTY',
        faults.map(({ place, message }) => `${place}: ${message}`).join('\n'),
        EXIT.badInput,
        { ok: false, faults },
      );
    },
  });
}

/** Fonts and PDF take half a second to load, which no other verb should cost. */
const letterMaking = () => import('../../../templates/index.ts');

const offices = (): string[] => [...new Set(LETTER_KINDS.map(officeOfLetter))];

async function checkFolder(office: string, folder: string): Promise<TemplateFault[]> {
  const { checkWhole, sourcesFromFiles } = await letterMaking();
  const faults: TemplateFault[] = [];
  for (const source of sourcesFromFiles(office, filesIn(folder))) faults.push(...(await checkWhole(source)));
  return faults;
}

function registerAdd(templates: Command): void {
  verb(templates, {
    name: 'add <folder>',
    description: 'Take in texts of the office’s own: <kind>.<language>.hbs, partials/<name>.<language>.hbs.',
    example: 'templates add my-templates',
    run: async (_options, { api, out }, [folder = '']) => {
      const done = await api.post<TemplatesTaken>('templates', { files: filesIn(folder) });
      out.result(
        done,
        [
          done.taken.length === 0
            ? 'Nothing new: these texts are on record already.'
            : `${done.taken.length} new versions wait for a yes:`,
          ...done.taken.map((one) => `  ${one.kind}.${one.language}  ${one.version}`),
        ].join('\n'),
      );
    },
  });
}

function registerApprove(templates: Command): void {
  verb<Partial<Named> & { allWaiting?: boolean }>(templates, {
    name: 'approve',
    description: 'Letters are written from this version from now on; those that left keep theirs.',
    example: 'templates approve --kind first-notice --language es',
    options: (c) =>
      c
        .option('--kind <kind>', 'e.g. first-notice')
        .option('--language <code>', 'en or es')
        .option('--version <version>', 'default: the one that waits')
        .option('--all-waiting', 'every text that waits for a yes'),
    run: async ({ allWaiting, kind, language, version }, { api, out }) => {
      if (allWaiting !== true && (kind === undefined || language === undefined)) {
        throw new InputFault(
          'WHICH_TEMPLATE',
          'give --kind and --language, or --all-waiting',
          'templates approve',
        );
      }
      const body = allWaiting === true ? { allWaiting } : { kind, language, version };
      const { approved } = await api.post<TemplateApproved>('templates/approve', body);
      out.result(
        approved,
        approved.length === 0
          ? 'Nothing waits for a yes.'
          : approved.map((one) => `Approved  ${one.kind}.${one.language}  ${one.version}`).join('\n'),
      );
    },
  });
}

function registerPreview(parent: Command, name: string): void {
  verb<Named & { case?: string; pdf?: string; html?: string }>(parent, {
    name: 'preview',
    description: 'A letter with sample data, or with a case’s; nothing is sent or kept.',
    example: `${name} --kind first-notice --language es --pdf letter.pdf`,
    options: (c) =>
      named(c)
        .option('--case <number>', 'of this case, which has decided such a letter')
        .option('--pdf <file>', 'write its PDF there')
        .option('--html <file>', 'write the e-mail’s HTML there'),
    run: preview,
  });
}

async function preview(
  {
    kind,
    language,
    version,
    case: caseNumber,
    pdf,
    html,
  }: Named & { case?: string; pdf?: string; html?: string },
  { api, out }: Doing,
): Promise<void> {
  const route = `templates/${part(kind)}/${part(language)}/preview`;
  const wish = { version, case: caseNumber };
  const letter = await api.get<Omit<PreviewedTemplate, 'pdf'>>(route, wish);
  if (pdf !== undefined) writePrivately(pdf, await api.bytes(route, { ...wish, format: 'pdf' }));
  if (html !== undefined) writePrivately(html, Buffer.from(letter.html, 'utf8'));
  const written = [pdf, html].filter((file) => file !== undefined);
  out.result(
    { ...letter, ...(pdf === undefined ? {} : { pdf }), ...(html === undefined ? {} : { htmlFile: html }) },
    [
      `Version  ${letter.version}`,
      `Subject  ${letter.subject}`,
      ...(written.length > 0 ? written.map((file) => `Written to ${file}.`) : ['', letter.text]),
    ].join('\n'),
  );
}
