/** From a checked context to the letter in all its forms. The same input gives the same bytes, always. */
import { checkContext } from './check-context.ts';
import { fillLetter } from './fill.ts';
import { toEmailHtml, toMarkup } from './html.ts';
import { officeOfLetter } from './kinds.ts';
import type { LetterKind, LetterLanguage } from './kinds.ts';
import { LETTER_WORDS } from './languages/index.ts';
import type { LetterContext } from './letter-context.ts';
import { parseMarkup, plainText } from './markup.ts';
import { mixedLanguage } from './mixed-language.ts';
import { withSuppliedWords } from './supplied-words.ts';
import type { Translations } from './supplied-words.ts';
import { templateSource } from './source.ts';
import type { TemplateSource } from './source.ts';
import { toText } from './text.ts';
import { InputFault } from '../domain/refusal.ts';
import type { IsoDate } from '../domain/dates.ts';

/** Plain data: can be kept with the notice, and `renderPdf` needs nothing else. */
export interface RenderedLetter {
  readonly kind: LetterKind;
  readonly language: LetterLanguage;
  /** The letter's own heading; never a name. */
  readonly title: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The letter in its small markup; the print is drawn from it. */
  readonly markup: string;
  readonly templateVersion: string;
  readonly date: IsoDate;
  readonly caseNumber: string;
  /** As it stands at the foot of every page: "Case C-000042". */
  readonly reference: string;
  readonly officeName: string;
  readonly practice: boolean;
  /** Words of another language in it, line by line: what somebody typed or nobody translated. Empty when all is well. */
  readonly mixed: readonly string[];
}

export interface RenderOptions {
  /** The office's own words in the letter's language, by their English: services, titles, kinds of intervention. */
  readonly translations?: Translations;
  /** Numbers that must not stand in a letter (the dispatch number), however they are written. */
  readonly neverPrint?: readonly string[];
  /** The version of the template it is written from; the one that came with the program where none is given. */
  readonly source?: TemplateSource | undefined;
  /** Where the e-mail takes the office's logo from; none where it is not given. */
  readonly logo?: string | undefined;
}

/**
 * Makes a letter. Throws `LETTER_FIELD_MISSING` or `LETTER_FIELD_BAD` for its context,
 * `LETTER_TEMPLATE_MISSING` where the kind is not written in that language, `LETTER_NUMBER_FORBIDDEN` where it would
 * print a number that it must not.
 */
export function renderLetter<K extends LetterKind>(
  kind: K,
  language: LetterLanguage,
  context: LetterContext<K>,
  options: RenderOptions = {},
): RenderedLetter {
  const checked = withSuppliedWords(checkContext(kind, context), language, options.translations ?? {});
  const source = options.source ?? templateSource(kind, language);
  const { subject, body, version } = fillLetter(source, checked);
  const words = LETTER_WORDS[language];
  const blocks = parseMarkup(body);
  const heading = blocks.find((block) => block.type === 'heading');
  if (!heading)
    throw new InputFault('LETTER_TEMPLATE_BAD', 'the letter has no heading', `${kind}.${language}`);
  const title = plainText(heading.content);
  const banner = checked.practice ? words.practiceBanner : null;
  const text = toText(blocks, banner);
  if (options.neverPrint?.some((number) => printsNumber(`${subject} ${text}`, number))) {
    throw new InputFault(
      'LETTER_NUMBER_FORBIDDEN',
      'this letter would print a telephone number that it must never name; give the school’s or the officer’s own',
      kind,
    );
  }
  return {
    kind,
    language,
    title,
    subject: `${checked.practice ? words.practiceSubject : ''}${subject}`,
    text,
    html: toEmailHtml(blocks, { title, tag: words.tag, banner, logo: options.logo }),
    markup: toMarkup(blocks),
    templateVersion: version,
    date: checked.date,
    caseNumber: checked.caseNumber,
    reference: `${officeOfLetter(kind) === 'roe53' ? words.caseLabel : words.numberLabel} ${checked.caseNumber}`,
    officeName: checked.office.name,
    practice: checked.practice,
    mixed: mixedLanguage(blocks, language, checked),
  };
}

/** 337-9911 also as 3379911, 337.9911, (309) 337 9911 … */
export function printsNumber(text: string, number: string): boolean {
  const digits = number.replace(/\D/g, '');
  return digits !== '' && new RegExp([...digits].join('[\\s().\u2010-\u2015\u00a0-]*')).test(text);
}
