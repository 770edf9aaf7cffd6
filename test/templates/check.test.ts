/** Templates are looked at before they are used: a fault is found by its file and line, not by a family. */
import { describe, expect, it } from 'vitest';
import {
  LETTER_KINDS,
  LETTER_LANGUAGES,
  checkTemplates,
  layoutFaults,
  listTemplates,
  renderLetter,
  sampleContext,
} from '../../templates/index.ts';
import { checkSource } from '../../templates/check-templates.ts';
import { compileLetter } from '../../templates/fill.ts';
import { parseMarkup } from '../../templates/markup.ts';
import { templateSource } from '../../templates/source.ts';
import type { TemplateSource } from '../../templates/source.ts';

const good = templateSource('first-notice', 'en');
const changed = (change: Partial<TemplateSource>): TemplateSource => ({ ...good, ...change });

it('every template is without fault, and every kind is written in every language', async () => {
  expect(await checkTemplates()).toEqual([]);
  for (const language of LETTER_LANGUAGES) {
    expect(
      listTemplates()
        .filter((t) => t.language === language)
        .map((t) => t.kind),
    ).toEqual([...LETTER_KINDS]);
  }
  for (const { version } of listTemplates()) expect(version).toMatch(/^[0-9a-f]{12}$/);
});

describe('a template is refused before its first letter when it', () => {
  it.each([
    ['asks for an unknown field', '<p>{{child.birthDate}}</p>', 'unknown field child.birthDate'],
    ['asks for one only in an if', '{{#if child.nickname}}<p>x</p>{{/if}}', 'unknown field child.nickname'],
    ['asks for one only in a helper', '<p>{{longDate dispute.from}}</p>', 'unknown field dispute.from'],
    [
      'asks an item for one',
      '{{#each count.dates as |d|}}<p>{{d.code}}</p>{{/each}}',
      'unknown field d.code',
    ],
    ['does not name its item', '{{#each count.dates}}<p>{{date}}</p>{{/each}}', 'each must name its item'],
    ['goes through what is no list', '{{#each child as |c|}}<p>{{c}}</p>{{/each}}', 'each needs a list'],
    ['prints markup from a name', '<p>{{{child.fullName}}}</p>', 'three braces'],
    ['uses lookup', '<p>{{lookup child "fullName"}}</p>', 'unknown helper lookup'],
    ['uses log', '<p>{{log child.fullName}}</p>', 'unknown helper log'],
    ['uses a partial that is not there', '{{> footer}}', 'no partial of that name'],
    ['is no Handlebars', '{{#if child}}', 'is no template'],
  ])('%s', (_, addition, message) => {
    const source = changed({ body: `${good.body}\n${addition}` });
    expect(
      checkSource(source)
        .map((f) => f.message)
        .join('\n'),
    ).toContain(message);
    expect(() => compileLetter(source)).toThrow(expect.objectContaining({ code: 'LETTER_TEMPLATE_BAD' }));
  });

  it.each(['child.firstName', 'recipients.names', 'school.name'])('names %s in its subject', (field) => {
    const source = changed({ subject: `About {{${field}}}` });
    expect(checkSource(source)[0]).toMatchObject({ message: `unknown field ${field}` });
    expect(() => compileLetter(source)).toThrow(expect.objectContaining({ code: 'LETTER_TEMPLATE_BAD' }));
  });
});

it('a template that lost the dispute paragraph is named with what it lacks and who asks for it', () => {
  const faults = checkSource(changed({ body: good.body.replace('{{> dispute}}', '') }));
  expect(faults.map((f) => f.message)).toContain(
    'lacks until when a date can be disputed (dispute.until; practice: how to dispute the record)',
  );
});

it('a Spanish template with a sentence left in English is named, in whichever branch it stands', () => {
  const spanish = templateSource('third-notice', 'es');
  const body = spanish.body.replace('Juntos revisarán el plan', 'Together you will go over the plan');
  expect(checkSource({ ...spanish, body }).map((f) => f.message)).toEqual([
    'has words of another language: you will the',
  ]);
});

it('what does not fit its place on the page is named', async () => {
  const context = sampleContext('first-notice');
  const addressLines = Array.from(
    { length: 4 },
    () => 'A very long line that takes two lines of the letterhead',
  );
  const letter = renderLetter('first-notice', 'en', {
    ...context,
    office: { ...context.office, addressLines, website: `www.${'x'.repeat(150)}.example` },
  });
  expect(await layoutFaults(letter)).toEqual([
    'a word or address is wider than its line and is cut',
    'the letterhead reaches into the envelope’s window',
  ]);
});

describe('the markup refuses', () => {
  it.each([
    '<script>alert(1)</script>',
    '<p onclick="x()">a</p>',
    '<p><img src="x"></p>',
    '<p><a href="javascript:x()">a</a></p>',
    '<div>a</div>',
    '<table><tbody><tr><td>a</td></tr><tr><td>a</td><td>b</td></tr></tbody></table>',
    '<section data-part="banner"><p>a</p></section>',
    'loose text',
  ])('%s', (html) => {
    expect(() => parseMarkup(html)).toThrow(expect.objectContaining({ code: 'LETTER_MARKUP_BAD' }));
  });
});
