/** One copy of a letter as it will leave and be kept: rendered once, its e-mail and its print from the same contents. */
import { createHash } from 'node:crypto';
import type { SentLetterRef } from '../domain/department-letters.ts';
import type { Addressee } from '../domain/recipients.ts';
import type { PostalAddress } from '../domain/records.ts';
import { InputFault } from '../domain/refusal.ts';
import type { Db } from '../db/connect.ts';
import type { NoticeDraft } from '../db/stores/notices.ts';
import { stepKeyOf } from '../db/stores/steps.ts';
import {
  languagesOf,
  LOGO_IN_MAIL,
  renderPdf,
  tidyLine,
  type PrintOptions,
  type RenderedLetter,
} from '../templates/index.ts';
import { letterhead } from '../letters/logo.ts';
import type { LetterAtHand } from '../letters/letter-at-hand.ts';

export function noticeKey(letter: SentLetterRef, addressee: string): string {
  return `${stepKeyOf(letter.caseNumber, letter.kind, letter.sequence)}/${addressee}`;
}

/** Whether the letter goes in English with interpreter lines, for want of a translation into the reader's language. */
export function needsInterpreter(facts: LetterAtHand, { language }: Addressee): boolean {
  return !(languagesOf(facts.letter.kind) as readonly string[]).includes(language);
}

export async function draftOf(
  db: Db,
  facts: LetterAtHand,
  addressee: Addressee,
  key: string,
): Promise<NoticeDraft> {
  const print = await letterhead(db);
  const letter = facts.write(addressee, print.logo ? { logo: LOGO_IN_MAIL } : {});
  const pdf = await pdfOf(facts, addressee, letter, print);
  const email = addressee.channel === 'email';
  return {
    key,
    stepKey: stepKeyOf(facts.letter.caseNumber, facts.letter.kind, facts.letter.sequence),
    // Everybody it names is looked at once more when it is claimed.
    recipientGuardianIds: [...addressee.named],
    recipientKind: addressee.kind,
    channel: addressee.channel,
    language: letter.language,
    messageId: email ? messageIdOf(facts, key) : null,
    toEmail: email ? addressee.email : null,
    toName: [...facts.names(addressee)].map(tidyLine).join(' & '),
    toAddress: addressee.address && tidyAddress(addressee.address),
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    pdf,
    sha256: createHash('sha256').update(letter.text).update(letter.html).update(pdf).digest('hex'),
    templateVersion: letter.templateVersion,
    ...keptWith(facts),
    evidence: facts.evidence(addressee),
    insteadOf: null,
    alongside: null,
  };
}

export function keptWith(facts: LetterAtHand): { policyVersion: string; practice: boolean } {
  const { name, version } = facts.rules;
  return { policyVersion: `${name}/${version}`, practice: facts.office.practice };
}

/** From the key alone: a second attempt carries the same one, and it says nothing about anybody. */
export function messageIdOf(facts: LetterAtHand, key: string): string {
  const domain = facts.profile.email.split('@')[1] ?? 'localhost';
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${domain}>`;
}

/**
 * The print of an e-mail bears the postal address where there is one: should the e-mail come back, this very letter goes
 * by post. An address too long for the envelope's window keeps no e-mail from leaving.
 */
async function pdfOf(
  facts: LetterAtHand,
  addressee: Addressee,
  letter: RenderedLetter,
  print: PrintOptions,
): Promise<Uint8Array> {
  if (addressee.channel === 'print' || addressee.address === null) return renderPdf(letter, print);
  try {
    return await renderPdf(facts.write({ ...addressee, channel: 'print' }), print);
  } catch (error) {
    if (error instanceof InputFault) return renderPdf(letter, print);
    throw error;
  }
}

/** As the letter itself prints it: manifest, mailing book and the order of a batch read what is kept here. */
function tidyAddress({ lines, city, state, postalCode }: PostalAddress): PostalAddress {
  return {
    ...{ lines: lines.map(tidyLine), city: tidyLine(city) },
    ...{ state: tidyLine(state), postalCode: tidyLine(postalCode) },
  };
}
