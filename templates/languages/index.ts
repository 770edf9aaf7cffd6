import type { LetterLanguage } from '../kinds.ts';
import { english } from './en.ts';
import { spanish } from './es.ts';
import type { LetterWords } from './language.ts';

export const LETTER_WORDS: Readonly<Record<LetterLanguage, LetterWords>> = { en: english, es: spanish };
export type { LetterWords } from './language.ts';
