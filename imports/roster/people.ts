/** What sources say of adults, in this project's words. */
import type { GuardianPhone, Guardianship } from '../../domain/records.ts';

/**
 * Legal recipient, where the source says it; else parents and guardians by relation are, marked as assumed. Step-parents,
 * foster parents and relatives are not assumed: a step-parent has no say by law, and for a ward the agency is the one.
 */
export function legalRecipient(said: boolean | undefined, relation: string): Guardianship['legalRecipient'] {
  if (said !== undefined) return said ? 'yes' : 'no';
  const words = relation.toLowerCase();
  if (/step|foster|grand|great|god|in-law|former|ex-/.test(words)) {
    return /\bguardian\b/.test(words) ? 'assumed' : 'no';
  }
  return /\b(mother|father|parent|mom|dad|mum|guardian|legal guardian|madre|padre)\b/.test(words)
    ? 'assumed'
    : 'no';
}

/** Words under which a source forbids contact; other restrictions (pick-up, hours) are shown to a person. */
export function forbidsContact(restriction: string): boolean {
  return /no[\s-]?contact|order of protection|restrain|protective order|court order/i.test(restriction);
}

/** Whether a phone rings in the student's household: the adult lives there, and it is no number of a workplace. */
export function ringsAtHome(livesWith: boolean, kind: string): boolean {
  return livesWith && !/work|business|office|fax/i.test(kind);
}

/** `yes`, `TRUE`, `1`, `Y` …; undefined for an empty cell, null for anything else. */
export function readYesNo(text: string): boolean | undefined | null {
  const value = text.trim().toLowerCase();
  if (value === '') return undefined;
  if (['true', 'yes', 'y', '1', 't', 'x'].includes(value)) return true;
  if (['false', 'no', 'n', '0', 'f'].includes(value)) return false;
  return null;
}

const LANGUAGES: Readonly<Record<string, string>> = {
  english: 'en',
  eng: 'en',
  spanish: 'es',
  castilian: 'es',
  'spanish; castilian': 'es',
  espanol: 'es',
  español: 'es',
  spa: 'es',
  polish: 'pl',
  pol: 'pl',
  arabic: 'ar',
  ara: 'ar',
  chinese: 'zh',
  mandarin: 'zh',
  zho: 'zh',
  chi: 'zh',
  french: 'fr',
  fra: 'fr',
  fre: 'fr',
  'haitian creole': 'ht',
  'haitian; haitian creole': 'ht',
  hat: 'ht',
  vietnamese: 'vi',
  vie: 'vi',
  russian: 'ru',
  rus: 'ru',
  ukrainian: 'uk',
  ukr: 'uk',
  urdu: 'ur',
  urd: 'ur',
  hindi: 'hi',
  hin: 'hi',
  gujarati: 'gu',
  guj: 'gu',
  tagalog: 'tl',
  tgl: 'tl',
  korean: 'ko',
  kor: 'ko',
  somali: 'so',
  som: 'so',
  swahili: 'sw',
  swa: 'sw',
  portuguese: 'pt',
  por: 'pt',
};

/** BCP 47 tag of a language a source names or tags; undefined where it is not understood. */
export function languageTag(text: string): string | undefined {
  const value = text.trim().toLowerCase();
  const named = LANGUAGES[value];
  if (named !== undefined) return named;
  const tag = /^([a-z]{2})([-_][a-z0-9]{2,8})*$/.exec(value)?.[1];
  return tag;
}

/** At least seven digits: something one can ring. */
export function isPhoneNumber(number: string): boolean {
  return number.replace(/\D/g, '').length >= 7;
}

/** Phones without repeats. */
export function distinctPhones(phones: readonly GuardianPhone[]): GuardianPhone[] {
  const seen = new Set<string>();
  return phones.filter((phone) => {
    const digits = phone.number.replace(/\D/g, '');
    if (seen.has(digits)) return false;
    seen.add(digits);
    return true;
  });
}
