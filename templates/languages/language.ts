/** What a language must bring besides its templates: dates, amounts and the words around the letter. */
import type { IsoDate } from '../../domain/dates.ts';
import type { LetterKind } from '../kinds.ts';

export interface LetterWords {
  /** For the document, e.g. `en-US`. */
  readonly tag: string;
  /** With weekday: `Thursday, February 12, 2026`. */
  readonly longDate: (date: IsoDate) => string;
  /** Without it, where the weekday says nothing (a birth date): `February 12, 2026`. */
  readonly plainDate: (date: IsoDate) => string;
  /** From `HH:MM`: `2:30 p.m.` */
  readonly time: (time: string) => string;
  /** Within a sentence: `at 2:30 p.m.` */
  readonly atTime: (time: string) => string;
  /** `9`, `0.5`, at most two decimals. */
  readonly number: (value: number) => string;
  /** `9 days`, `1 day`. */
  readonly days: (value: number) => string;
  /** `A, B and C`. */
  readonly list: (items: readonly string[]) => string;
  /** At the head of a line: `First notice`. */
  readonly noticeName: Readonly<Record<LetterKind, string>>;
  /** Within a sentence. English says "our" before it; a language whose "our" changes with the word brings it along. */
  readonly letterName: Readonly<Record<LetterKind, string>>;
  /** How a letter went out, after "sent": `by e-mail`. */
  readonly channelName: Readonly<Record<'email' | 'print' | 'hand', string>>;
  readonly page: (page: number, of: number) => string;
  /** Before the number of a case, and before that of a service call or a monitor. */
  readonly caseLabel: string;
  readonly numberLabel: string;
  readonly practiceBanner: string;
  readonly practiceSubject: string;
  readonly copy: string;
  /** What the records supply in English, in this language; null where that is not known. */
  readonly supplied: (text: string) => string | null;
}
