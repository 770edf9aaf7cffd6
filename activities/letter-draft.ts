/** One copy of a letter as it will leave and be kept: rendered once, its e-mail and its print from the same contents. */
import { createHash } from 'node:crypto';
import type { NoticeEvidence } from '../domain/notice-evidence.ts';
import type { PostalAddress } from '../domain/records.ts';
import { InputFault } from '../domain/refusal.ts';
import type { Db } from '../db/connect.ts';
import type { JsonObject } from '../db/schema/columns.ts';
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
import { letterToWrite } from '../letters/letter-context.ts';
import type { Addressee, LetterFacts } from '../letters/letter-facts.ts';
import { writeLetter } from '../letters/write-letter.ts';
import type { LetterRef } from './ports.ts';

export function noticeKey(letter: LetterRef, addressee: string): string {
  return `${stepKeyOf(letter.caseNumber, letter.kind, letter.sequence)}/${addressee}`;
}

/** The first reason why a letter cannot be written from the records; null when every copy can. */
export function unwritable(facts: LetterFacts, addressees: readonly Addressee[]): string | null {
  for (const addressee of addressees) {
    try {
      writeLetter(facts, addressee);
    } catch (error) {
      if (error instanceof InputFault) return error.code;
      throw error;
    }
  }
  return null;
}

/** Whether the letter goes in English with interpreter lines, for want of a translation into the reader's language. */
export function needsInterpreter(facts: LetterFacts, { language }: Addressee): boolean {
  return !(languagesOf(facts.letter.kind) as readonly string[]).includes(language);
}

export async function draftOf(
  db: Db,
  facts: LetterFacts,
  addressee: Addressee,
  key: string,
): Promise<NoticeDraft> {
  const print = await letterhead(db);
  const letter = writeLetter(facts, addressee, print.logo ? { logo: LOGO_IN_MAIL } : {});
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
    toName: namesOf(facts, addressee).map(tidyLine).join(' & '),
    toAddress: addressee.address && tidyAddress(addressee.address),
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    pdf,
    sha256: createHash('sha256').update(letter.text).update(letter.html).update(pdf).digest('hex'),
    templateVersion: letter.templateVersion,
    ...keptWith(facts),
    evidence: evidenceOf(facts, addressee) as unknown as JsonObject,
    insteadOf: null,
    alongside: null,
  };
}

export function keptWith(facts: LetterFacts): { policyVersion: string; practice: boolean } {
  const { name, version } = facts.state.policy;
  return { policyVersion: `${name}/${version}`, practice: facts.office.practice };
}

/** From the key alone: a second attempt carries the same one, and it says nothing about anybody. */
export function messageIdOf(facts: LetterFacts, key: string): string {
  const domain = facts.profile.email.split('@')[1] ?? 'localhost';
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${domain}>`;
}

/**
 * The print of an e-mail bears the postal address where there is one: should the e-mail come back, this very letter goes
 * by post. An address too long for the envelope's window keeps no e-mail from leaving.
 */
async function pdfOf(
  facts: LetterFacts,
  addressee: Addressee,
  letter: RenderedLetter,
  print: PrintOptions,
): Promise<Uint8Array> {
  if (addressee.channel === 'print' || addressee.address === null) return renderPdf(letter, print);
  try {
    return await renderPdf(writeLetter(facts, { ...addressee, channel: 'print' }), print);
  } catch (error) {
    if (error instanceof InputFault) return renderPdf(letter, print);
    throw error;
  }
}

function evidenceOf(facts: LetterFacts, addressee: Addressee): NoticeEvidence {
  return { count: facts.count, decidedOn: facts.decidedOn, assumedRecipient: addressee.assumed };
}

/** As the letter itself prints it: manifest, mailing book and the order of a batch read what is kept here. */
function tidyAddress({ lines, city, state, postalCode }: PostalAddress): PostalAddress {
  return {
    ...{ lines: lines.map(tidyLine), city: tidyLine(city) },
    ...{ state: tidyLine(state), postalCode: tidyLine(postalCode) },
  };
}

function namesOf(facts: LetterFacts, addressee: Addressee): string[] {
  const { context } = letterToWrite(facts, addressee);
  if ('recipients' in context) return [...context.recipients.names];
  return 'court' in context ? [context.court.attorney.name] : [];
}
