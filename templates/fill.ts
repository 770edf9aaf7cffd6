/**
 * Handlebars, kept small: an instance of our own with the helpers below and nothing else. `log` (prints data) and
 * `lookup` (reaches anything) are gone, unknown helpers and fields throw, values are escaped as they enter.
 */
import Handlebars from 'handlebars';
import { LETTER_WORDS } from './languages/index.ts';
import type { LetterWords } from './languages/index.ts';
import { LETTER_KINDS } from './kinds.ts';
import type { LetterKind, LetterLanguage } from './kinds.ts';
import type { CheckedContext } from './letter-context.ts';
import { templateSource } from './source.ts';
import { isIsoDate } from '../domain/dates.ts';

/** All a template may call besides `if`, `unless` and `each`; described in docs/letters.md. */
export const LETTER_HELPERS = [
  'longDate',
  'time',
  'days',
  'number',
  'list',
  'plural',
  'noticeName',
  'channelName',
] as const;
const BUILT_IN = ['if', 'unless', 'each'] as const;

export const KNOWN_HELPERS: readonly string[] = [...BUILT_IN, ...LETTER_HELPERS];

/** A helper given something else than its kind of value is a fault of the template: never a blank. */
function need<T>(helper: string, value: unknown, is: (v: unknown) => v is T): T {
  if (!is(value)) throw new TypeError(`helper ${helper} got a value it cannot write`);
  return value;
}
const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const isText = (v: unknown): v is string => typeof v === 'string' && v !== '';
const isDate = (v: unknown): v is string => isText(v) && isIsoDate(v);
const isTexts = (v: unknown): v is string[] => Array.isArray(v) && v.length > 0 && v.every(isText);
const isKind = (v: unknown): v is LetterKind => isText(v) && (LETTER_KINDS as readonly string[]).includes(v);
const isChannel = (v: unknown): v is 'email' | 'print' | 'hand' =>
  v === 'email' || v === 'print' || v === 'hand';

function helpersFor(words: LetterWords): Record<(typeof LETTER_HELPERS)[number], Handlebars.HelperDelegate> {
  return {
    longDate: (value) => words.longDate(need('longDate', value, isDate)),
    time: (value) => words.time(need('time', value, isText)),
    days: (value) => words.days(need('days', value, isNumber)),
    number: (value) => words.number(need('number', value, isNumber)),
    list: (value) => words.list(need('list', value, isTexts)),
    plural: (value, one, many) =>
      need('plural', (Array.isArray(value) ? value.length : value) === 1 ? one : many, isText),
    noticeName: (value) => words.noticeName[need('noticeName', value, isKind)],
    channelName: (value) => words.channelName[need('channelName', value, isChannel)],
  };
}

const COMMON: RuntimeAndCompile = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: {
    ...Object.fromEntries(LETTER_HELPERS.map((name) => [name, true])),
    log: false,
    lookup: false,
    with: false,
    blockHelperMissing: false,
    helperMissing: false,
  },
};
type RuntimeAndCompile = Parameters<typeof Handlebars.compile>[1] & object;

export interface Filled {
  readonly subject: string;
  /** The letter in its small markup (markup.ts). */
  readonly body: string;
  readonly version: string;
}

type Fill = (context: CheckedContext) => Filled;
const compiled = new Map<string, Fill>();

/** What a subject may say. The child and the family are not in it, so no subject can name them. */
export const SUBJECT_FIELDS = ['caseNumber', 'date', 'office', 'hearing'] as const;

function compileLetter(kind: LetterKind, language: LetterLanguage): Fill {
  const source = templateSource(kind, language);
  const env = Handlebars.create();
  env.unregisterHelper('log');
  env.unregisterHelper('lookup');
  env.unregisterHelper('with');
  env.registerHelper(helpersFor(LETTER_WORDS[language]));
  for (const [name, text] of Object.entries(source.partials)) env.registerPartial(name, text);
  const body = env.compile(source.body, { ...COMMON, noEscape: false });
  // A subject is a header line, not HTML: nothing is escaped, and nothing in it comes from people.
  const subject = env.compile(source.subject, { ...COMMON, noEscape: true });
  return (context) => ({
    subject: subject(
      Object.fromEntries(
        Object.entries(context).filter(([key]) => (SUBJECT_FIELDS as readonly string[]).includes(key)),
      ),
    ),
    body: body(context),
    version: source.version,
  });
}

/** Fills the template with a context that `checkContext` has passed. */
export function fillLetter(kind: LetterKind, language: LetterLanguage, context: CheckedContext): Filled {
  const key = `${kind}.${language}`;
  const fill = compiled.get(key) ?? compileLetter(kind, language);
  compiled.set(key, fill);
  return fill(context);
}
