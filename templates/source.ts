/**
 * The template files: `letters/<office>/<kind>.<language>.hbs` and `letters/<office>/partials/<name>.<language>.hbs`.
 * A file begins with its subject between two lines of dashes; the rest is the body. Only these files are ever compiled.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { LETTER_KINDS, LETTER_LANGUAGES, officeOfLetter } from './kinds.ts';
import type { LetterKind, LetterLanguage } from './kinds.ts';
import { InputFault } from '../domain/refusal.ts';

const LETTERS = join(import.meta.dirname, 'letters');
const FRONT = /^---\nsubject: (.+)\n---\n([\s\S]+)$/;

export interface TemplateSource {
  readonly kind: LetterKind;
  readonly language: LetterLanguage;
  /** Relative to the letters' folder; named in faults. */
  readonly file: string;
  readonly subject: string;
  readonly body: string;
  /** Partials of the same office and language, by name. */
  readonly partials: Readonly<Record<string, string>>;
  /** Changes with the text of the template or of any partial it uses; kept with each letter. */
  readonly version: string;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.hbs'));
}

/** Languages in which there is a template of this kind. */
export function languagesOf(kind: LetterKind): LetterLanguage[] {
  const files = filesIn(join(LETTERS, officeOfLetter(kind)));
  return LETTER_LANGUAGES.filter((language) => files.includes(`${kind}.${language}.hbs`));
}

/** Names of the partials a template text uses directly. */
export function partialsUsed(text: string): string[] {
  const names = new Set<string>();
  const visit = (node: hbs.AST.Node): void => {
    if (node.type === 'PartialStatement') {
      const { name } = node as hbs.AST.PartialStatement;
      if (name.type === 'PathExpression') names.add(name.original);
    }
    if (node.type === 'BlockStatement') {
      const block = node as hbs.AST.BlockStatement;
      block.program.body.forEach(visit);
      // The types say it is always there; the parser leaves it out.
      (block.inverse as hbs.AST.Program | undefined)?.body.forEach(visit);
    }
  };
  Handlebars.parse(text).body.forEach(visit);
  return [...names];
}

const kept = new Map<string, TemplateSource>();

/** Reads one template; `LETTER_TEMPLATE_MISSING` where there is none in that language. */
export function templateSource(kind: LetterKind, language: LetterLanguage): TemplateSource {
  const known = kept.get(`${kind}.${language}`);
  if (known) return known;
  if (!LETTER_KINDS.includes(kind) || !languagesOf(kind).includes(language)) {
    throw new InputFault('LETTER_TEMPLATE_MISSING', `no such letter in that language`, `${kind}.${language}`);
  }
  const office = officeOfLetter(kind);
  const file = `${office}/${kind}.${language}.hbs`;
  const { subject, body } = frontOf(readFileSync(join(LETTERS, file), 'utf8'), file);
  const folder = join(LETTERS, office, 'partials');
  const ending = `.${language}.hbs`;
  const partials = Object.fromEntries(
    filesIn(folder)
      .filter((name) => name.endsWith(ending))
      // Without the last line end: a partial may stand inside a sentence.
      .map((name) => [name.slice(0, -ending.length), readFileSync(join(folder, name), 'utf8').trimEnd()]),
  );
  const source = sourceFrom({ kind, language, subject, body, partials });
  kept.set(`${kind}.${language}`, source);
  return source;
}

/** A template from its texts, wherever they are kept; its version follows from them alone. */
export function sourceFrom(given: Omit<TemplateSource, 'file' | 'version'>): TemplateSource {
  const { kind, language, subject, body, partials } = given;
  const file = `${officeOfLetter(kind)}/${kind}.${language}.hbs`;
  return { ...given, file, version: versionOf(subject, body, partials) };
}

/**
 * Templates of an office's own, from the texts of its files by name: `first-notice.en.hbs`, `partials/greeting.en.hbs`. What it
 * does not bring is as shipped. Gives the templates that come out other than those; throws `LETTER_TEMPLATE_BAD`
 * for a name that is no template's.
 */
export function sourcesFromFiles(office: string, files: Readonly<Record<string, string>>): TemplateSource[] {
  const kinds = LETTER_KINDS.filter((kind) => officeOfLetter(kind) === office);
  const own = new Map<string, string>();
  const partials = new Map<LetterLanguage, Record<string, string>>();
  for (const [name, text] of Object.entries(files)) {
    const parts = /^(partials\/)?([a-z0-9-]+)\.([a-z]{2,3})\.hbs$/.exec(name.replaceAll('\\', '/'));
    const language = LETTER_LANGUAGES.find((one) => one === parts?.[3]);
    const known = parts && language && (parts[1] !== undefined || kinds.some((kind) => kind === parts[2]));
    if (!known) {
      throw new InputFault(
        'LETTER_TEMPLATE_BAD',
        `is no template of this office; write <kind>.<language>.hbs or partials/<name>.<language>.hbs (kinds: ${kinds.join(', ')}; languages: ${LETTER_LANGUAGES.join(', ')})`,
        name.slice(0, 80),
      );
    }
    if (parts[1] === undefined) own.set(`${parts[2] ?? ''}.${language}`, text);
    else partials.set(language, { ...partials.get(language), [parts[2] ?? '']: text.trimEnd() });
  }
  return kinds.flatMap((kind) =>
    LETTER_LANGUAGES.flatMap((language) => {
      const text = own.get(`${kind}.${language}`);
      const shipped = languagesOf(kind).includes(language) ? templateSource(kind, language) : null;
      if (text === undefined && shipped === null) return [];
      const { subject, body } = text === undefined ? shipped! : frontOf(text, `${kind}.${language}.hbs`);
      const around = { ...(shipped?.partials ?? {}), ...(partials.get(language) ?? {}) };
      const source = sourceFrom({ kind, language, subject, body, partials: around });
      return source.version === shipped?.version ? [] : [source];
    }),
  );
}

function frontOf(text: string, file: string): { subject: string; body: string } {
  const parts = FRONT.exec(text.replaceAll('\r\n', '\n').replace(/^\uFEFF/, ''));
  if (!parts) {
    throw new InputFault('LETTER_TEMPLATE_BAD', 'must begin with "---", "subject: …", "---"', file);
  }
  return { subject: parts[1] ?? '', body: parts[2] ?? '' };
}

/** Twelve hexadecimal digits over the template and the partials it reaches. */
function versionOf(subject: string, body: string, partials: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(subject).update('\0').update(body);
  const reached = new Set<string>();
  const waiting = partialsUsed(body);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const text = partials[name];
    if (text === undefined || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...partialsUsed(text));
  }
  for (const name of [...reached].sort())
    hash
      .update('\0')
      .update(name)
      .update('\0')
      .update(partials[name] ?? '');
  return hash.digest('hex').slice(0, 12);
}
