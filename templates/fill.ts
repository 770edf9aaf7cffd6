/**
 * Handlebars, kept small: an instance of our own with the helpers below and nothing else. `log` (prints data) and
 * `lookup` (reaches anything) are gone, unknown helpers and fields throw, values are escaped as they enter.
 */
import Handlebars from 'handlebars';
import { LETTER_WORDS } from './languages/index.ts';
import { checkFields } from './check-fields.ts';
import { helpersFor, LETTER_HELPERS, SUBJECT_FIELDS } from './helpers.ts';
import type { CheckedContext } from './letter-context.ts';
import type { TemplateSource } from './source.ts';
import { InputFault } from '../domain/refusal.ts';

const COMMON: RuntimeAndCompile = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: {
    ...Object.fromEntries(LETTER_HELPERS.map((name) => [name, true])),
    log: false,
    lookup: false,
    with: false,
    blockHelperMissing: false,
    helperMissing: false,
  },
};
type RuntimeAndCompile = Parameters<typeof Handlebars.compile>[1] & object;

export interface Filled {
  readonly subject: string;
  /** The letter in its small markup (markup.ts). */
  readonly body: string;
  readonly version: string;
}

type Fill = (context: CheckedContext) => Filled;
const compiled = new Map<string, Fill>();

/** Compiles one template; `LETTER_TEMPLATE_BAD` where it asks for something its letter does not know. */
export function compileLetter(source: TemplateSource): Fill {
  const [fault] = checkFields(source).faults;
  if (fault) throw new InputFault('LETTER_TEMPLATE_BAD', fault.message, fault.place);
  const env = Handlebars.create();
  env.unregisterHelper('log');
  env.unregisterHelper('lookup');
  env.unregisterHelper('with');
  env.registerHelper(helpersFor(LETTER_WORDS[source.language]));
  for (const [name, text] of Object.entries(source.partials)) env.registerPartial(name, text);
  const body = env.compile(source.body, { ...COMMON, noEscape: false });
  // A subject is a header line, not HTML: nothing is escaped, and nothing in it comes from people.
  const subject = env.compile(source.subject, { ...COMMON, noEscape: true });
  return (context) => ({
    subject: subject(
      Object.fromEntries(
        Object.entries(context).filter(([key]) => (SUBJECT_FIELDS as readonly string[]).includes(key)),
      ),
    ),
    body: body(context),
    version: source.version,
  });
}

/** Versions compiled and kept: an office writes from few, and a preview of many drafts must not fill the memory. */
const MOST_COMPILED = 200;

/** Fills a template with a context that `checkContext` has passed. */
export function fillLetter(source: TemplateSource, context: CheckedContext): Filled {
  const key = `${source.kind}.${source.language}.${source.version}`;
  const fill = compiled.get(key) ?? compileLetter(source);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(key, fill);
  return fill(context);
}
