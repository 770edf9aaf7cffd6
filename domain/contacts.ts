/**
 * The Case Manager's tries to reach a family, after a referral and on the caseload ("Case Manager monitors and tries to
 * contact the family"). They are not interventions: those are the school's.
 */
import { shortDate, type IsoDate } from './dates.ts';
import { refusal, type Refusal } from './refusal.ts';

export const CONTACT_KINDS = ['phone-call', 'e-mail', 'letter', 'visit', 'text', 'meeting', 'other'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** By function, never a name. */
export const CONTACT_WHOM = ['mother', 'father', 'guardian', 'student', 'other'] as const;
export type ContactWhom = (typeof CONTACT_WHOM)[number];

export const CONTACT_OUTCOMES = [
  'reached',
  'no-answer',
  'left-message',
  'wrong-number',
  'refused',
  'other',
] as const;
export type ContactOutcome = (typeof CONTACT_OUTCOMES)[number];

/** Whether somebody of the family was spoken or written with; who refused to talk was not. */
export function isReached(outcome: ContactOutcome): boolean {
  return outcome === 'reached';
}

/** The reason a contact cannot be taken, or null. */
export function contactRefusal(date: IsoDate, today: IsoDate): Refusal | null {
  return date > today
    ? refusal(
        'DATE_IN_FUTURE',
        `${shortDate(date)} is after today, ${shortDate(today)}; log it when it has happened.`,
      )
    : null;
}
