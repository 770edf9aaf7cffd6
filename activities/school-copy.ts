/** What the school is told when a letter about one of its students has left: an e-mail of its own, the letter attached. */
import { createHash } from 'node:crypto';
import { letterName } from '../domain/department-letters.ts';
import { shortDate } from '../domain/dates.ts';
import type { NoticeDraft, NoticeListed } from '../db/stores/notices.ts';
import { stepKeyOf } from '../db/stores/steps.ts';
import { keptWith, messageIdOf } from './letter-draft.ts';
import type { LetterAtHand } from '../letters/letter-at-hand.ts';

/**
 * `copies`: those of the step so far. In English, for the contact whose function the policy names. The child's name stands
 * in the attached letter alone, neither in the subject nor in the text.
 */
export async function schoolCopyDraft(
  facts: LetterAtHand,
  copies: readonly NoticeListed[],
  key: string,
  pdfOf: (noticeKey: string) => Promise<Uint8Array | null>,
): Promise<NoticeDraft | 'no-letter-left' | 'no-address'> {
  const letters = copies.filter(({ recipientKind }) => recipientKind !== 'school');
  const gone = letters.filter(({ status }) => GONE.has(status));
  if (gone.length === 0) return 'no-letter-left';
  const wanted = facts.schoolCopy;
  const contact = facts.school.contacts.find((one) => one.function === wanted && one.email !== undefined);
  if (contact?.email === undefined) return 'no-address';
  const { kind, sequence, caseNumber } = facts.letter;
  const letter = letterName(kind);
  const first = gone.find((one) => one.language === 'en') ?? gone[0]!;
  const pdf = await pdfOf(first.key);
  const marked = facts.office.practice ? 'PRACTICE: ' : '';
  const text = [
    ...(facts.office.practice ? ['PRACTICE. This is no real letter.', ''] : []),
    `To the ${contact.function.replace('-', ' ')} of ${facts.school.name}`,
    '',
    `The ${letter} of case ${caseNumber} has been sent to the family:`,
    ...gone.map((one) => `- ${howItLeft(one)}`),
    '',
    'The letter is attached, for the school’s records.',
    '',
    `${facts.profile.name}, ${facts.profile.phone}`,
    '',
  ].join('\n');
  return {
    key,
    stepKey: stepKeyOf(caseNumber, kind, sequence),
    recipientGuardianIds: [],
    recipientKind: 'school',
    channel: 'email',
    language: 'en',
    messageId: messageIdOf(facts, key),
    toEmail: contact.email,
    toName: contact.name,
    toAddress: null,
    subject: `${marked}Copy for the school: ${letter} sent (case ${caseNumber})`,
    text,
    html: null,
    pdf,
    sha256: createHash('sha256')
      .update(text)
      .update(pdf ?? '')
      .digest('hex'),
    templateVersion: 'school-copy-1',
    ...keptWith(facts),
    evidence: {},
    insteadOf: null,
    alongside: null,
  };
}

const GONE: ReadonlySet<NoticeListed['status']> = new Set<NoticeListed['status']>([
  'sent',
  'unknown',
  'queued',
  'posted',
]);

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });

function howItLeft({ status, outOn, language }: NoticeListed): string {
  const inWords = LANGUAGES.of(language) ?? language;
  switch (status) {
    case 'sent':
      return `by e-mail${outOn ? ` on ${shortDate(outOn)}` : ''}, in ${inWords}`;
    case 'posted':
      return `by post${outOn ? ` on ${shortDate(outOn)}` : ''}, in ${inWords}`;
    case 'unknown':
      return `by e-mail, in ${inWords}; whether it arrived is being looked into`;
    default:
      return `printed, in ${inWords}, to be posted`;
  }
}
