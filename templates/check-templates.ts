/** `truancy templates check`: every template's fields, contents and markup, all faults together. */
import { checkFields } from './check-fields.ts';
import type { TemplateFault } from './check-fields.ts';
import { LETTER_KINDS } from './kinds.ts';
import type { LetterKind, LetterLanguage } from './kinds.ts';
import { renderLetter } from './render.ts';
import { REQUIRED_CONTENTS } from './required-contents.ts';
import { sampleContext } from './samples.ts';
import { languagesOf, templateSource } from './source.ts';
import type { TemplateSource } from './source.ts';

export type { TemplateFault } from './check-fields.ts';

export interface TemplateEntry {
  readonly kind: LetterKind;
  readonly language: LetterLanguage;
  readonly version: string;
  readonly file: string;
}

/** Every template there is, in the order of the ladder. */
export function listTemplates(): TemplateEntry[] {
  return LETTER_KINDS.flatMap((kind) =>
    languagesOf(kind).map((language) => {
      const { version, file } = templateSource(kind, language);
      return { kind, language, version, file };
    }),
  );
}

/** All faults of all templates together; empty when every letter can be made. */
export function checkTemplates(): TemplateFault[] {
  return LETTER_KINDS.flatMap((kind) =>
    languagesOf(kind).flatMap((language) => {
      const source = templateSource(kind, language);
      const faults = checkSource(source);
      return faults.length > 0 ? faults : tryOut(source);
    }),
  );
}

/** Checks one template's text against what its kind knows and what it must hold. */
export function checkSource(source: TemplateSource): TemplateFault[] {
  const { faults, used } = checkFields(source);
  const lost = REQUIRED_CONTENTS[source.kind].filter(({ field }) => !used.has(field));
  return [
    ...faults,
    ...lost.map(({ field, what, source: from }) => ({
      place: source.file,
      message: `lacks ${what} (${field}; ${from})`,
    })),
  ];
}

/** Filled with its sample: does the markup hold? */
function tryOut({ kind, language, file }: TemplateSource): TemplateFault[] {
  try {
    renderLetter(kind, language, sampleContext(kind));
    return [];
  } catch (cause) {
    return [{ place: file, message: cause instanceof Error ? cause.message : 'cannot be filled' }];
  }
}
