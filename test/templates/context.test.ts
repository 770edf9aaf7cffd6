/** A letter is never made with a gap, and never says more than the numbers allow. */
import { describe, expect, it } from 'vitest';
import { InputFault } from '../../domain/refusal.ts';
import {
  LETTER_KINDS,
  checkContext,
  renderLetter,
  sampleContext,
  tidyLine,
  truancyWord,
} from '../../templates/index.ts';
import type { LetterContext, LetterKind } from '../../templates/index.ts';

type Path = readonly (string | number)[];

/** Fields that may be absent, as documented. */
const OPTIONAL =
  /^(office\.website|recipients\.(addressLines|reader)|interpreter|dispute\.contact\.email|school\.attendanceContact\.email|hearing\.movedFrom|count\.(notes|window\.from)|interventions|order\.terms)$/;

function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    ...(path.length ? [path] : []),
    ...Object.entries(value).flatMap(([key, inner]) =>
      leaves(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function without(context: object, path: Path, blank: unknown): unknown {
  const copy = structuredClone(context) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = blank;
  return copy;
}

function faultOf(kind: LetterKind, context: unknown): InputFault {
  try {
    checkContext(kind, context as LetterContext<typeof kind>);
  } catch (error) {
    if (error instanceof InputFault) return error;
    throw error;
  }
  throw new Error(`${kind} was accepted`);
}

describe.each(LETTER_KINDS)('%s', (kind) => {
  it('is refused for every single field that is missing, null or blank, and the field is named', () => {
    const context = sampleContext(kind);
    let tried = 0;
    for (const path of leaves(context)) {
      const name = path
        .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${part}`))
        .join('');
      if (OPTIONAL.test(name)) continue;
      for (const blank of [undefined, null, '', ' \u200f ']) {
        const fault = faultOf(kind, without(context, path, blank));
        expect(fault.code, name).toBe('LETTER_FIELD_MISSING');
        expect(fault.place).toBe(kind);
        expect(fault.message).toContain(`${kind}: ${name} is missing`);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(150);
  });

  it('does not name any value in an error', () => {
    const fault = faultOf(kind, {
      ...sampleContext(kind),
      caseNumber: 'Linh Nguyễn, born 2013\nBcc: x@y.org',
    });
    expect(fault.code).toBe('LETTER_FIELD_BAD');
    expect(fault.message).toContain('caseNumber must be');
    expect(fault.message).not.toMatch(/Linh|2013|Bcc/);
  });

  it('is refused with a field it does not know', () => {
    expect(faultOf(kind, { ...sampleContext(kind), word: 'truant' }).code).toBe('LETTER_FIELD_BAD');
  });
});

describe('the count', () => {
  const first = sampleContext('first-notice');
  const counted = (days: number) => {
    const dates = Array.from({ length: Math.ceil(days) }, (_, i) => ({
      date: `2025-${String(10 + Math.floor(i / 20)).padStart(2, '0')}-${String((i % 20) + 1).padStart(2, '0')}`,
      fraction: i === 0 && days % 1 > 0 ? days % 1 : 1,
      school: 'Riverbend Middle School',
    }));
    return renderLetter('first-notice', 'en', {
      ...first,
      count: { ...first.count, days, dates },
    }).text.replace(/\s+/g, ' ');
  };

  it('is refused when it is not the sum of the dates listed', () => {
    const fault = faultOf('first-notice', { ...first, count: { ...first.count, days: 6 } });
    expect(fault.message).toContain('count.days must be the same as the dates listed, added up');
  });

  it('with a date outside the window is refused', () => {
    const dates = first.count.dates.map((d, i) => (i === 0 ? { ...d, date: '2025-03-05' } : d));
    expect(faultOf('first-notice', { ...first, count: { ...first.count, dates } }).message).toContain(
      'count.dates[0].date',
    );
  });

  it('of 1.5 days says unexcused absences only', () => {
    expect(counted(1.5)).toContain('1.5 days of unexcused absence');
    expect(counted(1.5)).not.toMatch(/called “/);
  });

  it('of 2 days says truant, not chronic', () => {
    expect(counted(2)).toContain('called “truant”');
    expect(counted(2)).not.toContain('chronic');
  });

  it('of 9 days says chronic or habitual truant', () => {
    expect(counted(9)).toContain('called a “chronic or habitual truant”');
    expect(counted(9)).toContain('9 days of unexcused absence');
  });

  it('decides the word at 1.8 and 9.0 days', () => {
    expect([0, 1.8, 1.81, 8.99, 9].map(truancyWord)).toEqual([
      null,
      null,
      'truant',
      'truant',
      'chronic or habitual truant',
    ]);
    // Sixths of a day added up: rounding dust decides nothing.
    expect(truancyWord(Array.from({ length: 54 }, () => 1 / 6).reduce((a, b) => a + b, 0))).toBe(
      'chronic or habitual truant',
    );
  });

  it('lists as many absences as it counts', () => {
    for (const kind of LETTER_KINDS) {
      const context = sampleContext(kind);
      const { markup } = renderLetter(kind, 'en', context);
      const table = /<th>Unexcused absence on<\/th>[\s\S]*?<\/table>/.exec(markup)?.[0] ?? '';
      expect(table.match(/<tr><td>(Mon|Tues|Wednes|Thurs|Fri)day/g), kind).toHaveLength(
        context.count.dates.length,
      );
    }
  });
});

describe('dates', () => {
  it('that ask for something on a weekend are refused', () => {
    for (const [kind, context] of [
      ['first-notice', { ...sampleContext('first-notice'), respondBy: '2026-01-24' }],
      ['first-notice', { ...sampleContext('first-notice'), nextStep: { earliest: '2026-01-25' } }],
      [
        'hearing-notice',
        {
          ...sampleContext('hearing-notice'),
          hearing: { ...sampleContext('hearing-notice').hearing, date: '2026-03-14' },
        },
      ],
    ] as const) {
      expect(faultOf(kind, context).message).toContain('must be a school day, not a weekend');
    }
  });

  it('by which to answer lie after the letter', () => {
    const fault = faultOf('first-notice', { ...sampleContext('first-notice'), respondBy: '2026-01-15' });
    expect(fault.message).toContain('respondBy must be a date after the letter’s own');
  });

  it('stand with their right weekday', () => {
    const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
    let seen = 0;
    for (const kind of LETTER_KINDS) {
      const { text } = renderLetter(kind, 'en', sampleContext(kind));
      for (const [, weekday, date] of text.replace(/\s+/g, ' ').matchAll(/(\w+day), (\w+ \d{1,2}, \d{4})/g)) {
        expect(days[new Date(`${date} 12:00 UTC`).getUTCDay()], date).toBe(weekday);
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(60);
  });
});

describe('the ladder', () => {
  it('has no third notice without the first two', () => {
    const third = sampleContext('third-notice');
    expect(faultOf('third-notice', { ...third, history: third.history.slice(0, 1) }).message).toContain(
      'history',
    );
  });
});

describe('names', () => {
  const hostile = [
    'O’Brien & Söhne <b>',
    '"Bobby" \'Tables\'',
    '{{child.birthDate}} {{{x}}}',
    '<script>alert(1)</script>',
    'Nguyễn Thị Hồng Đào',
    'Łukasz Żółć-Ümit',
    '&amp; &lt;b&gt;',
  ];

  it.each(hostile)('%s prints as it is in text, HTML and markup', (name) => {
    const context = sampleContext('first-notice');
    const letter = renderLetter('first-notice', 'en', {
      ...context,
      child: { ...context.child, fullName: name },
      recipients: { ...context.recipients, names: [name] },
    });
    expect(letter.text.replace(/\s+/g, ' ')).toContain(`This letter is about ${name}, a student`);
    expect(letter.html).not.toContain('<script');
    expect(letter.html).not.toMatch(/<b>/);
    const escaped = name
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;');
    expect(letter.html).toContain(`This letter is about ${escaped}, a student`);
    expect(letter.markup).toContain(`Dear ${escaped},`);
  });

  it('lose line breaks, control characters and direction marks', () => {
    expect(tidyLine('Ma\r\nria\u202e  \u0007Ng\u200fo\u0323\tX')).toBe('Ma ria Ngọ X');
    const context = sampleContext('first-notice');
    const letter = renderLetter('first-notice', 'en', {
      ...context,
      recipients: { ...context.recipients, names: ['Maria\r\nBcc: all@x.org\u202e'] },
    });
    expect(letter.text).toContain('Dear Maria Bcc: all@x.org,');
    expect(letter.text).not.toContain('\u202e');
  });

  it('of two guardians both stand in the letter', () => {
    const { text } = renderLetter('third-notice', 'en', sampleContext('third-notice'));
    expect(text).toContain('Dear Maria Nguyễn and Daniel O’Brien,');
    expect(text).toContain('Maria Nguyễn and Daniel O’Brien\n1207 Elm Street');
  });

  it('of the child or the family never stand in a subject', () => {
    for (const kind of LETTER_KINDS) {
      const { subject, title } = renderLetter(kind, 'en', sampleContext(kind));
      expect(`${subject} ${title}`).not.toMatch(/Linh|Nguyễn|Maria|Daniel|Brien/);
      expect(subject).toContain('2026-0042');
      expect(subject).not.toMatch(/[\r\n]/);
    }
  });
});

describe('practice', () => {
  it('is said in subject, text and HTML, first and last', () => {
    for (const kind of LETTER_KINDS) {
      const letter = renderLetter(kind, 'en', { ...sampleContext(kind), practice: true });
      expect(letter.subject).toMatch(/^PRACTICE: /);
      expect(letter.text).toMatch(/^PRACTICE – this is not a real letter/);
      expect(letter.text.trimEnd()).toMatch(
        /PRACTICE – this is not a real letter\. Nothing needs to be done\.$/,
      );
      expect(letter.html.match(/PRACTICE –/g)).toHaveLength(2);
      expect(renderLetter(kind, 'en', sampleContext(kind)).html).not.toContain('PRACTICE');
    }
  });
});

describe('e-mail', () => {
  it('has a text part of at most 78 columns', () => {
    for (const kind of LETTER_KINDS) {
      const long = { ...sampleContext(kind), practice: true } as LetterContext<typeof kind>;
      long.school = {
        ...long.school,
        name: 'The Very Long Consolidated Community Unit School District Academy of Applied Arts',
      };
      long.office = { ...long.office, website: `https://www.example.org/${'x'.repeat(120)}` };
      const { text } = renderLetter(kind, 'en', long);
      expect(Math.max(...text.split('\n').map((l) => [...l].length)), kind).toBeLessThanOrEqual(78);
    }
  });

  it('has an interpreter line in the reader’s language and in English', () => {
    const letter = renderLetter('first-notice', 'en', {
      ...sampleContext('first-notice'),
      interpreter: { readerLanguage: 'vi-VN', phone: '309-555-0100' },
    });
    expect(letter.text).toContain('Đây là thư quan trọng');
    expect(letter.text.replace(/\s+/g, ' ')).toContain('For a free interpreter');
    expect(letter.text).not.toContain('Esta es');
    expect(letter.html).toContain('<p lang="vi"');
  });

  it('shows all languages to a reader whose own has no line, Arabic from the right', () => {
    const letter = renderLetter('first-notice', 'en', {
      ...sampleContext('first-notice'),
      interpreter: { readerLanguage: 'sw', phone: '309-555-0100' },
    });
    for (const start of ['Esta es', 'To jest', '这是', 'Đây là', 'Mahalagang'])
      expect(letter.text).toContain(start);
    expect(letter.html).toContain('<p lang="ar" dir="rtl"');
  });
});
