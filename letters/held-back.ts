/** Why a letter cannot leave, by the records as they are: what its delivery asks, and whoever lets it go once they are mended. */
import type { Addressee } from '../domain/recipients.ts';
import { InputFault } from '../domain/refusal.ts';
import type { LetterAtHand } from './letter-at-hand.ts';

/** The code of the first reason; null where every copy can be written to somebody who may have it. */
export function whyHeldBack(facts: LetterAtHand): string | null {
  const { recipients, basisLost } = facts;
  return recipients.ok ? (basisLost ?? unwritable(facts, recipients.addressees)) : recipients.code;
}

function unwritable(facts: LetterAtHand, addressees: readonly Addressee[]): string | null {
  for (const addressee of addressees) {
    try {
      facts.write(addressee);
    } catch (error) {
      if (error instanceof InputFault) return error.code;
      throw error;
    }
  }
  return null;
}
