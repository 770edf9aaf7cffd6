/**
 * What became of a letter in the post: delivered, refused at the door, not collected, or sent back. A posted letter stays
 * out whatever becomes of it (the dates of a case count from posting [ours]); a letter that comes back says that the address
 * is wrong, and the next one must not go there.
 */
import { shortDate, type IsoDate } from './dates.ts';
import type { LadderPolicy } from './policy.ts';
import { refusal, type Refusal } from './refusal.ts';

/**
 * `refused`: somebody at the address would not take it. `unclaimed`: nobody fetched it. `undeliverable`: moved, no such
 * address: only this one speaks against the address.
 */
export const MAIL_OUTCOMES = ['delivered', 'refused', 'unclaimed', 'undeliverable'] as const;
export type MailOutcome = (typeof MAIL_OUTCOMES)[number];

export interface MailProof {
  readonly outcome: MailOutcome;
  /** The day it was delivered, refused or sent back. */
  readonly on: IsoDate;
  /** A green card's number, a file, a scan: in the office's own words. */
  readonly reference: string | null;
}

export const OUTCOME_WORDS: Readonly<Record<MailOutcome, string>> = {
  delivered: 'delivered',
  refused: 'refused at the door',
  unclaimed: 'not collected',
  undeliverable: 'came back: undeliverable',
};

/** What a proof is of: one print of ours. */
export interface PostedLetter {
  readonly status: string;
  readonly outOn: IsoDate | null;
}

/** Only a letter that was posted has been delivered, not before its posting and not after today. */
export function proofRefusal(
  letter: PostedLetter,
  proof: Pick<MailProof, 'on'>,
  today: IsoDate,
): Refusal | null {
  if (letter.status !== 'posted' || letter.outOn === null) {
    return refusal(
      'LETTER_NOT_POSTED',
      `Only a letter that was posted is delivered or comes back; this one is ${letter.status}.`,
    );
  }
  if (proof.on > today) {
    return refusal('DATE_IN_FUTURE', `${shortDate(proof.on)} is after today, ${shortDate(today)}.`);
  }
  if (proof.on < letter.outOn) {
    return refusal(
      'PROOF_BEFORE_POSTING',
      `${shortDate(proof.on)} is before the day it was posted, ${shortDate(letter.outOn)}.`,
      { postedOn: letter.outOn },
    );
  }
  return null;
}

/** Of several (delivered, then sent back by whoever lives there now) the one of the latest day holds; given in the order of entry. */
export function standingProof<P extends MailProof>(proofs: readonly P[]): P | null {
  let latest: P | null = null;
  for (const proof of proofs) if (latest === null || proof.on >= latest.on) latest = proof;
  return latest;
}

export interface AfterReturn {
  /** No further letter goes to that address until it changes: another channel, or the letter waits for a person. */
  readonly marksAddress: boolean;
  /** The Case Manager finds another address. */
  readonly asksCaseManager: boolean;
  /** Somebody is asked to see whether the student lives there. */
  readonly asksVerification: boolean;
}

/** What the office does about a letter that did not arrive. [ours][config: returnedMail] */
export function afterReturn(outcome: MailOutcome, policy: Pick<LadderPolicy, 'returnedMail'>): AfterReturn {
  const { marksAddress, asksAddressVerification } = policy.returnedMail ?? {
    marksAddress: true,
    asksAddressVerification: false,
  };
  const back = outcome === 'undeliverable';
  return {
    marksAddress: back && marksAddress,
    asksCaseManager: outcome !== 'delivered',
    asksVerification: back && marksAddress && asksAddressVerification,
  };
}

/** `delivered Thu 20 Nov 2025 (green card 17)`. */
export function proofWords({ outcome, on, reference }: MailProof): string {
  return `${OUTCOME_WORDS[outcome]} ${shortDate(on)}${reference === null ? '' : ` (${reference})`}`;
}
