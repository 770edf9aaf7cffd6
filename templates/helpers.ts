/** The few things a template may call: they turn values into words of the letter's language, nothing else. */
import type { HelperDelegate } from 'handlebars';
import { isIsoDate } from '../domain/dates.ts';
import { LETTER_KINDS } from './kinds.ts';
import type { LetterKind } from './kinds.ts';
import type { LetterWords } from './languages/index.ts';

/** What a subject may say. The child and the family are not in it, so no subject can name them. */
export const SUBJECT_FIELDS = ['caseNumber', 'date', 'office', 'hearing'] as const;

/** All a template may call besides `if`, `unless` and `each`; described in docs/letters.md. */
export const LETTER_HELPERS = [
  'longDate',
  'plainDate',
  'time',
  'atTime',
  'days',
  'number',
  'list',
  'plural',
  'noticeName',
  'letterName',
  'channelName',
  'interpreterName',
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

export function helpersFor(words: LetterWords): Record<(typeof LETTER_HELPERS)[number], HelperDelegate> {
  return {
    longDate: (value) => words.longDate(need('longDate', value, isDate)),
    plainDate: (value) => words.plainDate(need('plainDate', value, isDate)),
    time: (value) => words.time(need('time', value, isText)),
    atTime: (value) => words.atTime(need('atTime', value, isText)),
    days: (value) => words.days(need('days', value, isNumber)),
    number: (value) => words.number(need('number', value, isNumber)),
    list: (value) => words.list(need('list', value, isTexts)),
    plural: (value, one, many) =>
      need('plural', (Array.isArray(value) ? value.length : value) === 1 ? one : many, isText),
    noticeName: (value) => words.noticeName[need('noticeName', value, isKind)],
    letterName: (value) => words.letterName[need('letterName', value, isKind)],
    channelName: (value) => words.channelName[need('channelName', value, isChannel)],
    interpreterName: (value) => interpreterName(need('interpreterName', value, isText), words.tag),
  };
}

/** What was asked for is a person, a language, or the code of one as records hold it: only a code needs words. */
function interpreterName(asked: string, tag: string): string {
  if (!/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(asked)) return asked;
  return new Intl.DisplayNames([tag], { type: 'language' }).of(asked) ?? asked;
}
