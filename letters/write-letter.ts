/** One reader's copy of a letter, from the text a person approved. */
import type { Addressee } from '../domain/recipients.ts';
import { renderLetter, type RenderedLetter, type RenderOptions } from '../templates/index.ts';
import { letterToWrite } from './letter-context.ts';
import type { LetterFacts } from './letter-facts.ts';
import { inUse } from './templates-in-use.ts';

/** Throws an `InputFault` that says what is missing where it cannot be written. */
export function writeLetter(
  facts: LetterFacts,
  addressee: Addressee,
  dress: Pick<RenderOptions, 'logo'> = {},
): RenderedLetter {
  const { kind } = facts.letter;
  const { language, context, translations } = letterToWrite(facts, addressee);
  return renderLetter(kind, language, context, {
    ...dress,
    translations,
    source: inUse(facts.templates, kind, language),
  });
}
