/** `truancy templates check`: every template's fields, contents and markup, all faults together. */
import { checkFields } from './check-fields.ts';
import type { TemplateFault } from './check-fields.ts';
import { foreignWords } from './mixed-language.ts';
import { layoutFaults } from './pdf/render-pdf.ts';
import { LETTER_KINDS, LETTER_LANGUAGES, officeOfLetter } from './kinds.ts';
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

/** All faults of all templates together; empty when every letter can be made, in every language. */
export async function checkTemplates(): Promise<TemplateFault[]> {
  const faults: TemplateFault[] = [];
  for (const kind of LETTER_KINDS) {
    const written = languagesOf(kind);
    for (const language of LETTER_LANGUAGES) {
      if (!written.includes(language)) {
        faults.push({
          place: `${officeOfLetter(kind)}/${kind}.${language}.hbs`,
          message: 'is missing: this letter is not written in that language',
        });
        continue;
      }
      faults.push(...(await checkWhole(templateSource(kind, language))));
    }
  }
  return faults;
}

/** All faults of one template: its text, then the letter and the pages it makes of the sample. */
export async function checkWhole(source: TemplateSource): Promise<TemplateFault[]> {
  const found = checkSource(source);
  return found.length > 0 ? found : tryOut(source);
}

/** Checks one template's text against what its kind knows and what it must hold. */
export function checkSource(source: TemplateSource): TemplateFault[] {
  const { faults, used } = checkFields(source);
  const lost = REQUIRED_CONTENTS[source.kind].filter(({ field }) => !used.has(field));
  return [
    ...faults,
    ...leftovers(source),
    ...lost.map(({ field, what, source: from }) => ({
      place: source.file,
      message: `lacks ${what} (${field}; ${from})`,
    })),
  ];
}

/** What is written in the file itself, in every branch of it: words of another language? */
function leftovers(source: TemplateSource): TemplateFault[] {
  const { language, file } = source;
  const folder = file.replace(/[^/]+$/, 'partials/');
  const texts = [
    [file, `${source.subject} ${source.body}`],
    ...Object.entries(source.partials).map(([name, text]) => [`${folder}${name}.${language}.hbs`, text]),
  ];
  return texts.flatMap(([place = '', text = '']) => {
    const words = foreignWords(text.replace(/{{[^}]*}}|<[^>]*>/g, ' '), language);
    return words.length > 0 ? [{ place, message: `has words of another language: ${words.join(' ')}` }] : [];
  });
}

/** Filled with its sample: does the markup hold, is it of one language, does it keep to the page? */
async function tryOut(source: TemplateSource): Promise<TemplateFault[]> {
  const { kind, language, file } = source;
  try {
    const letter = renderLetter(kind, language, sampleContext(kind, language), { source });
    const overflows = await layoutFaults(letter);
    return [...letter.mixed.map((words) => `has words of another language: ${words}`), ...overflows].map(
      (message) => ({ place: file, message }),
    );
  } catch (cause) {
    return [{ place: file, message: cause instanceof Error ? cause.message : 'cannot be filled' }];
  }
}
