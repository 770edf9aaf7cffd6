/**
 * Letters' templates: which text each letter is written from, an office's own versions of it, and a person's yes before one
 * is used. A version once used or taken in never changes and never goes.
 */
import {
  renderPdf,
  renderLetter,
  checkWhole,
  languagesOf,
  LETTER_KINDS,
  LETTER_LANGUAGES,
  officeOfLetter,
  sampleContext,
  sourcesFromFiles,
  templateSource,
  type LetterKind,
  type LetterLanguage,
  type RenderedLetter,
  type TemplateFault,
  type TemplateSource,
} from '../../templates/index.ts';
import { letterhead, logoInPage } from '../../letters/logo.ts';
import type { LetterKind as CaseLetterKind } from '../../domain/policy.ts';
import { callsOf, ladderOf } from '../../domain/office-policy.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import {
  approvedTemplates,
  approveTemplate,
  keepTemplate,
  templateByVersion,
  templateVersions,
  type TemplateRow,
} from '../../db/stores/templates.ts';
import { readLetterFacts, recipientsOf } from '../../letters/letter-facts.ts';
import { sourceOf } from '../../letters/templates-in-use.ts';
import { letterToWrite } from '../../letters/letter-context.ts';
import { Refused, Unknown } from '../failures.ts';
import { stateOf } from './cases.ts';
import { allow, audited, caseFor, causeOf, officePolicyOf, type Call } from './context.ts';

export interface TemplateVersionShown {
  readonly version: string;
  readonly origin: 'shipped' | 'office';
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
}

export interface TemplateShown {
  readonly kind: LetterKind;
  readonly language: LetterLanguage;
  /** What letters are written from; null while nobody has approved any: a live office sends none then. */
  readonly inUse: string | null;
  /** What comes with the program. */
  readonly shipped: string | null;
  /** Versions that wait for somebody's yes, the latest first. */
  readonly waiting: readonly string[];
  readonly versions: readonly TemplateVersionShown[];
}

/** The kinds of letter this office sends. */
async function kindsOfOffice(call: Call, db: Db): Promise<readonly LetterKind[]> {
  const policy = await officePolicyOf(call, db);
  const offices = [
    ...(ladderOf(policy) ? ['roe53'] : []),
    ...(callsOf(policy) ? ['intervention-department'] : []),
  ];
  return LETTER_KINDS.filter((kind) => offices.includes(officeOfLetter(kind)));
}

export async function templatesFor(call: Call): Promise<TemplateShown[]> {
  allow(call, 'template.read');
  return shownOf(await kindsOfOffice(call, call.db), await templateVersions(call.db));
}

function shownOf(kinds: readonly LetterKind[], rows: readonly TemplateRow[]): TemplateShown[] {
  return kinds.flatMap((kind) =>
    LETTER_LANGUAGES.flatMap((language) => {
      const kept = rows.filter((row) => row.kind === kind && row.language === language);
      const comes = languagesOf(kind).includes(language);
      if (!comes && kept.length === 0) return [];
      const shipped = comes ? templateSource(kind, language).version : null;
      const inUse = kept.find((row) => row.approvedAt !== null)?.version ?? null;
      const fresh = kept.filter((row) => row.approvedAt === null).map((row) => row.version);
      // What came with the program waits too, also before anything was written from it.
      const unseen = shipped !== null && kept.every((row) => row.version !== shipped) ? [shipped] : [];
      return [
        {
          ...{ kind, language, inUse, shipped },
          waiting: [...unseen, ...fresh],
          versions: kept.map(({ version, origin, approvedBy, approvedAt }) => ({
            ...{ version, origin, approvedBy, approvedAt },
          })),
        },
      ];
    }),
  );
}

/** Kinds and languages of which nobody has approved a text: what stands between an office and going live. */
export async function unapprovedTemplates(call: Call, db: Db): Promise<string[]> {
  const shown = shownOf(await kindsOfOffice(call, db), await templateVersions(db));
  return shown.filter((one) => one.inUse === null).map((one) => `${one.kind}.${one.language}`);
}

export interface TemplatesTaken {
  /** New versions on record, waiting for somebody's yes. */
  readonly taken: readonly {
    readonly kind: LetterKind;
    readonly language: LetterLanguage;
    readonly version: string;
  }[];
  /** Files that make no difference to what is on record. */
  readonly known: number;
}

/** An office's own texts, by file name. All of them or, where one has a fault, none: every fault is named with its file. */
export async function takeTemplates(
  call: Call,
  files: Readonly<Record<string, string>>,
): Promise<TemplatesTaken> {
  allow(call, 'template.write');
  const kinds = await kindsOfOffice(call, call.db);
  const offices = [...new Set(kinds.map(officeOfLetter))];
  const [office] = offices;
  if (office === undefined) throw new InputFault('NO_LETTERS', 'this office sends no letters', 'templates');
  const sources = sourcesFromFiles(office, files);
  const faults: TemplateFault[] = [];
  for (const source of sources) faults.push(...(await checkWhole(source)));
  if (faults.length > 0) throw faulty(faults);
  return call.db.transaction(async (tx) => {
    const taken = [];
    for (const source of sources) {
      const { kind, language, version, subject, body, partials } = source;
      const fresh = await keepTemplate(
        tx,
        { kind, language, version, subject, body, partials, origin: 'office' },
        causeOf(call),
      );
      if (!fresh) continue;
      taken.push({ kind, language, version });
      await audited(tx, call, 'template.taken', `template ${kind}.${language}@${version}`);
    }
    return { taken, known: sources.length - taken.length };
  });
}

/** Faults told at once, at most; the rest is counted. */
const MOST_FAULTS = 12;

function faulty(faults: readonly TemplateFault[]): InputFault {
  // One fault of a partial comes with every letter that uses it.
  const lines = [...new Set(faults.map(({ place, message }) => `${place}: ${message}`))];
  const more = lines.length > MOST_FAULTS ? `; and ${lines.length - MOST_FAULTS} more` : '';
  return new InputFault('TEMPLATE_FAULTY', `${lines.slice(0, MOST_FAULTS).join('; ')}${more}`, 'templates');
}

export interface TemplateName {
  readonly kind: LetterKind;
  readonly language: LetterLanguage;
  readonly version?: string | undefined;
}

export interface TemplateApproved {
  readonly approved: readonly {
    readonly kind: string;
    readonly language: string;
    readonly version: string;
  }[];
}

/** From now on letters are written from this version; those that left keep theirs. */
export async function approveTemplates(
  call: Call,
  which: readonly TemplateName[] | 'all-waiting',
): Promise<TemplateApproved> {
  allow(call, 'template.approve');
  const { db } = call;
  const shown = shownOf(await kindsOfOffice(call, db), await templateVersions(db));
  const names =
    which === 'all-waiting'
      ? shown.flatMap(({ kind, language, waiting: [version] }) =>
          version === undefined ? [] : [{ kind, language, version }],
        )
      : which;
  return db.transaction(async (tx) => {
    const approved = [];
    for (const name of names) {
      const { kind, language } = name;
      const source = await namedSource(tx, name, shown);
      const faults = await checkWhole(source);
      if (faults.length > 0) throw faulty(faults);
      const { version, subject, body, partials } = source;
      await keepTemplate(
        tx,
        { kind, language, version, subject, body, partials, origin: 'shipped' },
        causeOf(call),
      );
      await approveTemplate(tx, { kind, language, version }, causeOf(call));
      await audited(tx, call, 'template.approved', `template ${kind}.${language}@${version}`);
      approved.push({ kind, language, version });
    }
    return { approved };
  });
}

/** A version on record, or what comes with the program; without a version the one that waits, else the one in use. */
async function namedSource(
  db: Db,
  { kind, language, version }: TemplateName,
  shown: readonly TemplateShown[],
): Promise<TemplateSource> {
  const one = shown.find((other) => other.kind === kind && other.language === language);
  if (!one) {
    throw new Unknown(
      'UNKNOWN_TEMPLATE',
      `This office has no letter ${kind.slice(0, 40)} in ${language.slice(0, 10)}; \`templates list\` shows them.`,
    );
  }
  const wanted = version ?? one.waiting[0] ?? one.inUse ?? one.shipped ?? '';
  if (wanted === one.shipped) return templateSource(kind, language);
  const row = await templateByVersion(db, kind, language, wanted);
  if (row) return sourceOf(row);
  throw new Unknown(
    'UNKNOWN_TEMPLATE',
    `There is no version ${wanted.slice(0, 20)} of ${kind}.${language}; \`templates list\` shows them.`,
  );
}

export interface PreviewedTemplate {
  readonly kind: LetterKind;
  readonly language: LetterLanguage;
  readonly version: string;
  /** The case whose letter it is; null for the sample. */
  readonly caseNumber: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly pdf: Uint8Array;
}

/** A letter with sample data or, of one that a case has decided, with the records as they are now. Nothing is sent or kept. */
export async function previewTemplate(
  call: Call,
  name: TemplateName & { readonly case?: string | undefined },
): Promise<PreviewedTemplate> {
  allow(call, 'template.read');
  const { db } = call;
  const shown = shownOf(await kindsOfOffice(call, db), await templateVersions(db));
  // What is looked at before a yes waits; what is looked at of a case is what would leave.
  const version = name.version ?? (name.case === undefined ? undefined : await versionInUse(db, name));
  const source = await namedSource(db, { ...name, version }, shown);
  const print = await letterhead(db);
  const logo = logoInPage(print);
  const letter =
    name.case === undefined
      ? renderLetter(name.kind, name.language, practised(sampleContext(name.kind, name.language)), {
          ...{ source, logo },
        })
      : await letterOfCase(call, name.case, name, source, logo);
  return {
    ...{ kind: name.kind, language: name.language, version: source.version },
    caseNumber: name.case ?? null,
    ...{ subject: letter.subject, text: letter.text, html: letter.html },
    pdf: await renderPdf(letter, print),
  };
}

/** A sample must never pass for a letter. */
function practised<C extends { readonly practice: boolean }>(context: C): C {
  return { ...context, practice: true };
}

async function versionInUse(db: Db, { kind, language }: TemplateName): Promise<string | undefined> {
  return (await approvedTemplates(db, kind)).find((row) => row.language === language)?.version;
}

async function letterOfCase(
  call: Call,
  caseNumber: string,
  { kind, language }: TemplateName,
  source: TemplateSource,
  logo: string | undefined,
): Promise<RenderedLetter> {
  const { row } = await caseFor(call, call.db, caseNumber);
  const decided = stateOf(row)?.letters.findLast((one) => one.kind === kind);
  const facts =
    decided &&
    (await readLetterFacts(call.db, {
      caseNumber,
      kind: kind as CaseLetterKind,
      sequence: decided.sequence,
    }));
  const recipients = facts && recipientsOf(facts);
  if (!facts || !recipients?.ok) {
    throw new Refused(
      refusal(
        'NO_SUCH_LETTER',
        facts
          ? `Nobody can be written to in case ${caseNumber} (${recipients?.ok === false ? recipients.code : ''}); name a usable recipient first.`
          : `Case ${caseNumber} has no such letter yet; leave --case out to see it with sample data.`,
      ),
    );
  }
  const reader = recipients.addressees.find((one) => one.language === language) ?? recipients.addressees[0];
  if (!reader) throw new Error('recipients without a reader');
  const { context, translations } = letterToWrite(facts, { ...reader, language });
  await audited(call.db, call, 'letter.previewed', `case ${caseNumber}`, { letter: kind });
  return renderLetter(kind, language, context, { source, translations, logo });
}
