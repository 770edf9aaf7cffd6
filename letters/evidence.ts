/**
 * What an approver sees beside a letter, and its hash: an approval is for exactly this. Read from the records at one
 * moment, as the delivery will read them when the letter leaves.
 */
import { createHash } from 'node:crypto';
import { perDate } from '../domain/case/listed.ts';
import { knownUpTo } from '../domain/coverage.ts';
import type { IsoDate } from '../domain/dates.ts';
import { InputFault } from '../domain/refusal.ts';
import { writeLetter } from './write-letter.ts';
import { recipientsOf, type Addressee, type LetterFacts } from './letter-facts.ts';

export interface LetterEvidence {
  /** The count the letter states, and the day it is of. */
  readonly count: { readonly days: number; readonly asOf: IsoDate; readonly knownUpTo: IsoDate | null };
  readonly absences: readonly {
    readonly date: IsoDate;
    readonly fraction: number;
    readonly code: string;
    readonly school: string;
  }[];
  /** What is missing of the calendar for this count. */
  readonly notes: readonly string[];
  /** Those of the step the letter announces; for other letters, all of the case. */
  readonly interventions: readonly { readonly date: IsoDate; readonly kind: string }[];
  readonly hearing: { readonly date: IsoDate; readonly time: string; readonly place: string } | null;
  readonly to: readonly EvidenceRecipient[];
  /** Nobody can be written to, and why. */
  readonly blocked: string | null;
}

export interface EvidenceRecipient {
  /** Opaque: the addressee's part of the letter's key. */
  readonly key: string;
  readonly name: string;
  readonly channel: 'email' | 'print';
  readonly language: string;
  readonly assumed: boolean;
}

export function evidenceOf(facts: LetterFacts): LetterEvidence {
  const { count, coverage, state, letter } = facts;
  const recipients = recipientsOf(facts);
  const n = ['first-notice', 'second-notice', 'third-notice'].indexOf(letter.kind) + 1;
  const kinds = new Map(state.policy.interventions.kinds.map((kind) => [kind.code, kind.label]));
  const { hearing } = state;
  return {
    count: { days: count.unexcusedDays, asOf: count.asOf, knownUpTo: knownUpTo(coverage) },
    absences: count.counted.map(({ date, fraction, code, school }) => ({ date, fraction, code, school })),
    notes: count.notes,
    interventions: state.interventions
      .filter((one) => n === 0 || one.countedFor === n)
      .map(({ date, kind }) => ({ date, kind: kinds.get(kind) ?? kind }))
      .sort((a, b) => (a.date < b.date ? -1 : 1)),
    hearing: hearing && { date: hearing.date, time: hearing.time, place: hearing.place },
    to: recipients.ok
      ? recipients.addressees.map((one) => ({
          ...{ key: one.key, name: nameOf(facts, one), channel: one.channel },
          ...{ language: one.language, assumed: one.assumed },
        }))
      : [],
    blocked: recipients.ok ? null : recipients.code,
  };
}

function nameOf({ guardians, student }: LetterFacts, { kind, guardianIds }: Addressee): string {
  if (kind === 'state-attorney') return 'the State’s Attorney of the county';
  if (kind === 'student') return `${student.firstName} ${student.lastName}`;
  return guardianIds
    .flatMap((id) => guardians.filter((one) => one.id === id))
    .map((one) => `${one.firstName} ${one.lastName}`.trim())
    .join(' and ');
}

/** Sixteen characters that stand for all of it: enough to notice a difference, short enough to type. */
export function evidenceHash(evidence: LetterEvidence): string {
  const { count, absences, interventions, hearing, to, blocked } = evidence;
  // How far attendance is known moves every day and changes nothing that is listed.
  const readers = to.map(({ key, channel, language }) => [key, channel, language]);
  const said = [
    ...[count.days, count.asOf, listed(evidence), absences.length],
    ...[interventions, hearing, readers, blocked],
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
}

/** Date and fraction, one line a date. */
export function listed(evidence: LetterEvidence): readonly (readonly [IsoDate, number])[] {
  return perDate(evidence.absences.map(({ date, fraction }) => [date, fraction]));
}

/** The letter as it would read if it left today; what is missing where it cannot be written. */
export function draftText(facts: LetterFacts, addressee: Addressee): { text: string } | { missing: string } {
  try {
    return { text: writeLetter(facts, addressee).text };
  } catch (error) {
    if (error instanceof InputFault) return { missing: error.message };
    throw error;
  }
}
