/**
 * Each letter in each language for each kind of reader as text, and for the first of them as HTML, kept word for word. By
 * e-mail it is the same letter but for the address; what the school is told is kept, too.
 * `UPDATE_GOLDEN=1` writes them anew: read the difference.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schoolCopyDraft } from '../../activities/school-copy.ts';
import type { NoticeListed } from '../../db/stores/notices.ts';
import type { LetterAtHand } from '../../letters/letter-at-hand.ts';
import { renderLetter, sampleContext, type LetterContext } from '../../templates/index.ts';
import { everyLetter, familyLetters, readersOf } from './letter-readers.ts';

const GOLDEN = join(import.meta.dirname, '../golden/letters');
const written = new Set<string>();

function matchesGolden(name: string, content: string): void {
  const file = join(GOLDEN, name);
  written.add(name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(file, content);
  }
  expect(existsSync(file), `${name} is missing: run with UPDATE_GOLDEN=1 and read it`).toBe(true);
  expect(content).toBe(readFileSync(file, 'utf8'));
}

it.each(everyLetter().map((one) => [one.name, one] as const))('%s reads as agreed', (name, one) => {
  const { kind, language, reader, letter } = one;
  matchesGolden(`${name}.txt`, `Subject: ${letter.subject}\n\n${letter.text}`);
  if (reader === readersOf(kind)[0]) matchesGolden(`${kind}.${language}.html`, letter.html);
});

describe('by e-mail', () => {
  it.each(familyLetters().map((one) => [one.name, one] as const))(
    '%s is the letter that goes by post, without the address on the envelope',
    (_name, { kind, language, context, letter }) => {
      if (!('recipients' in context)) throw new Error('a letter to nobody');
      const { addressLines } = context.recipients as { addressLines: string[] };
      const byEmail = { ...context.recipients, addressLines: null };
      const email = renderLetter(kind, language, {
        ...context,
        recipients: byEmail,
      } as unknown as LetterContext);
      const onEnvelope = `\n${addressLines.join('\n')}\n`;
      expect(letter.text).toContain(onEnvelope);
      expect(email.text).toBe(letter.text.replace(onEnvelope, '\n'));
      expect(email.html).not.toContain(addressLines[0]);
    },
  );
});

it('a practice letter with an interpreter line reads as agreed', () => {
  const letter = renderLetter('first-notice', 'en', {
    ...sampleContext('first-notice'),
    practice: true,
    interpreter: { readerLanguage: 'sw', phone: '309-555-0100' },
  });
  matchesGolden('first-notice.practice.en.txt', `Subject: ${letter.subject}\n\n${letter.text}`);
  matchesGolden('first-notice.practice.en.html', letter.html);
});

describe('what goes to the school when a letter has left', () => {
  /** Copies of the letter: by e-mail and by post, one whose fate nobody knows, one that stayed in the house. */
  const copies = [
    ...[['email', 'en', 'sent', '2026-01-15'] as const, ['print', 'es', 'posted', '2026-01-16'] as const],
    ...[['email', 'en', 'unknown', null] as const, ['print', 'en', 'withheld', null] as const],
  ].map(([channel, language, status, outOn], i) => ({
    ...{ key: `C-000042/first-notice/1/g${i}`, channel, language, status, outOn, recipientKind: 'guardian' },
  })) as unknown as NoticeListed[];
  const facts = (practice: boolean) =>
    ({
      letter: { caseNumber: 'C-000042', kind: 'first-notice', sequence: 1 },
      office: { practice },
      profile: {
        name: 'Regional Office of Education #53',
        phone: '309-555-0100',
        email: 'truancy@roe53.example',
      },
      school: {
        name: 'Riverbend Middle School',
        contacts: [{ function: 'attendance-clerk', name: 'Dana Whitfield', email: 'dana@riverbend.example' }],
      },
      rules: { name: 'roe53', version: '1' },
      schoolCopy: 'attendance-clerk',
    }) as unknown as LetterAtHand;

  it.each([
    ['school-copy.en.txt', false],
    ['school-copy.practice.en.txt', true],
  ])('%s', async (name, practice) => {
    const draft = await schoolCopyDraft(facts(practice), copies, 'k', async () => null);
    if (typeof draft === 'string') throw new Error(draft);
    matchesGolden(name, `Subject: ${draft.subject}\n\n${draft.text}`);
  });
});

it('no kept letter is of a kind, language or reader that is gone', () => {
  expect(readdirSync(GOLDEN).filter((name) => !written.has(name))).toEqual([]);
});
