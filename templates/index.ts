/** Letters: what activities and the command line may use. */
export { CASE_LETTER_KINDS, DEPARTMENT_LETTER_KINDS, LETTER_KINDS, LETTER_LANGUAGES } from './kinds.ts';
export type { CaseLetterKind, DepartmentLetterKind, LetterKind, LetterLanguage } from './kinds.ts';
export { LETTER_SCHEMAS, tidyLine } from './letter-context.ts';
export type { CheckedContext, LetterContext } from './letter-context.ts';
export { checkContext } from './check-context.ts';
export { languagesOf } from './source.ts';
export { renderLetter } from './render.ts';
export type { RenderedLetter } from './render.ts';
export { renderPdf } from './pdf/render-pdf.ts';
export type { PrintOptions, PrintableLetter } from './pdf/render-pdf.ts';
export { ADDRESS_BOX, WINDOW_REACH } from './pdf/page.ts';
export { INTERPRETER_LANGUAGES } from './interpreter-lines.ts';
export { checkTemplates, listTemplates } from './check-templates.ts';
export type { TemplateEntry, TemplateFault } from './check-templates.ts';
export { REQUIRED_CONTENTS } from './required-contents.ts';
export { sampleContext } from './samples.ts';
export { CHRONIC_FROM_DAYS, TRUANT_ABOVE_DAYS, truancyWord } from './wording.ts';
