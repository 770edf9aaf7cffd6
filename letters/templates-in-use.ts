/**
 * Which text a letter is written from: the version that a person approved last. An office that practises also writes with
 * what came with the program and nobody has read yet: every page says PRACTICE. A live office never does.
 */
import type { Db } from '../db/connect.ts';
import { approvedTemplates, keepTemplate, type TemplateRow } from '../db/stores/templates.ts';
import { InputFault } from '../domain/refusal.ts';
import {
  languagesOf,
  sourceFrom,
  templateSource,
  type LetterKind,
  type LetterLanguage,
  type TemplateSource,
} from '../templates/index.ts';

/** The sources of one kind of letter, by language. */
export type TemplatesInUse = Readonly<Partial<Record<LetterLanguage, TemplateSource>>>;

export async function templatesInUse(db: Db, kind: LetterKind, practice: boolean): Promise<TemplatesInUse> {
  const shipped = languagesOf(kind).map((language) => [language, templateSource(kind, language)] as const);
  const approved = (await approvedTemplates(db, kind)).map(
    (row) => [row.language as LetterLanguage, sourceOf(row)] as const,
  );
  return Object.fromEntries([...(practice ? shipped : []), ...approved]);
}

/** A version on record as the renderer takes it. */
export function sourceOf(
  row: Pick<TemplateRow, 'kind' | 'language' | 'subject' | 'body' | 'partials'>,
): TemplateSource {
  const { subject, body, partials } = row;
  return sourceFrom({
    kind: row.kind as LetterKind,
    language: row.language as LetterLanguage,
    ...{ subject, body, partials },
  });
}

/** Throws `TEMPLATE_NOT_APPROVED` where a live office has nothing a person has read in that language. */
export function inUse(templates: TemplatesInUse, kind: LetterKind, language: LetterLanguage): TemplateSource {
  const source = templates[language];
  if (source) return source;
  throw new InputFault(
    'TEMPLATE_NOT_APPROVED',
    'nobody has approved this letter in that language yet (templates approve)',
    `${kind}.${language}`,
  );
}

/** The text behind a letter stays on record with it, whatever later versions say. */
export async function keepSource(
  db: Db,
  { kind, language, version, subject, body, partials }: TemplateSource,
): Promise<void> {
  await keepTemplate(
    db,
    { kind, language, version, subject, body, partials, origin: 'shipped' },
    { actor: 'system', role: 'system' },
  );
}
