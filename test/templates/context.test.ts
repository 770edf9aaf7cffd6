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
import type { CaseLetterKind, LetterContext, LetterKind } from '../../templates/index.ts';

type Path = readonly (string | number)[];

/** Fields that may be absent, as documented. */
const OPTIONAL =
  /^(office\.website|recipients\.(addressLines|reader)|interpreter|(dispute\.contact|school\.attendanceContact|officer)\.email|hearing\.(interpreter|accommodation)|count\.(notes|window\.from)|interventions|order\.terms|court\.(reason|missing)|meeting|plan\.(revised|supports\[\d\]\.who)|closing\.cleanDays|counselor(\.email)?|schoolAddressLines)$/;

/** Before the history of an invitation something may have been sent, or nothing; the department has no e-mail, or one. */
const OPTIONAL_HERE: Readonly<Partial<Record<LetterKind, RegExp>>> = {
  'caseload-invitation': /^history$/,
  'monitor-contract': /^office\.email$/,
  'door-note': /^office\.email$/,
  'address-findings': /^office\.email$/,
};

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
      if (OPTIONAL.test(name) || OPTIONAL_HERE[kind]?.test(name)) continue;
      for (const blank of [undefined, null, '', ' \u200f ']) {
        const fault = faultOf(kind, without(context, path, blank));
        expect(fault.code, name).toBe('LETTER_FIELD_MISSING');
        expect(fault.place).toBe(kind);
        expect(fault.message).toContain(`${kind}: ${name} is missing`);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(90);
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

describe('a correction', () => {
  const base = sampleContext('correction');
  /** Of a letter that listed so many whole days, `gone` of which no longer count; as it reads. */
  const corrected = (days: number, gone: number, language: 'en' | 'es' = 'en') => {
    const changes = Array.from({ length: gone }, (_, i) => ({ date: `2025-10-${10 + i}`, said: 1, now: 0 }));
    const said = { ...base.said, days, changes };
    return renderLetter('correction', language, {
      ...sampleContext('correction', language),
      said,
    }).text.replace(/\s+/g, ' ');
  };

  it('takes back the word of the law that its count no longer allows, and no other', () => {
    expect(corrected(3, 2)).toContain('also used the word “truant”. For 1 day the law does not use it.');
    expect(corrected(10, 2)).toContain(
      'also used the words “chronic or habitual truant”. For 8 days the law does not use them.',
    );
    expect(corrected(10, 10)).toContain('For 0 days the law does not use them.');
    for (const [days, gone] of [
      [3, 1],
      [11, 1],
      [1, 1],
    ] as const) {
      expect(corrected(days, gone), `${days}, ${gone}`).not.toMatch(/does not use/);
    }
    expect(corrected(3, 2, 'es')).toContain('Con 1 día la ley no usa esas palabras. Las retiramos.');
    expect(corrected(10, 2, 'es')).toContain('crónico o habitual”. Con 8 días la ley no usa esas palabras.');
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
});

describe('dates', () => {
  it('that ask for something on a weekend are refused', () => {
    for (const [kind, context] of [
      ['first-notice', { ...sampleContext('first-notice'), respondBy: '2026-01-24' }],
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

  it('of school may be a Saturday that is made up', () => {
    const notice = { ...sampleContext('first-notice'), nextStep: { earliest: '2026-01-24' } };
    expect(checkContext('first-notice', notice)).toMatchObject({ nextStep: { earliest: '2026-01-24' } });
  });

  it('by which to answer lie after the letter', () => {
    const fault = faultOf('first-notice', { ...sampleContext('first-notice'), respondBy: '2026-01-15' });
    expect(fault.message).toContain('respondBy must be a date after the letter’s own');
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

describe('a letter about an earlier one', () => {
  const correction = sampleContext('correction');
  const withdrawal = sampleContext('withdrawal');
  const text = (letter: { text: string }) => letter.text.replace(/\s+/g, ' ');
  const attorney = {
    recipients: {
      names: ['Morgan Adeyemi'],
      addressLines: ['State’s Attorney', '342 Court Street', 'Pekin, IL 61554'],
      reader: 'attorney' as const,
    },
    about: { kind: 'state-attorney-referral' as const, sentOn: '2026-02-02', channel: 'email' as const },
  };

  it('corrects only what counts less than the letter said, and adds up what is left', () => {
    const letter = text(renderLetter('correction', 'en', correction));
    expect(letter).toContain('corrects our second notice, sent by e-mail on Friday, January 30, 2026');
    expect(letter).toContain('That letter listed 6.5 days of unexcused absence, as of Thursday, January 29');
    expect(letter).toMatch(/Tuesday, January 13, 2026 1 day no longer counts/);
    expect(letter).toMatch(/Thursday, January 22, 2026 1 day 0\.5 days/);
    expect(letter).toContain('that letter would have listed 5 days');
    const more = [{ date: '2026-01-13', said: 0.5, now: 1 }];
    expect(
      faultOf('correction', { ...correction, said: { ...correction.said, changes: more } }).message,
    ).toContain('said.changes[0].now must be less than the letter said');
    expect(
      faultOf('correction', { ...correction, said: { ...correction.said, changes: [] } }).message,
    ).toContain('said.changes is missing');
  });

  it('can say that nothing is left', () => {
    const count = { ...correction.count, days: 0, dates: [] };
    const letter = text(renderLetter('correction', 'en', { ...correction, count }));
    expect(letter).toContain('Linh had 0 days of unexcused absence');
    expect(letter).not.toMatch(/Unexcused absence on|called/);
  });

  it('says of each step what need not be done', () => {
    const of = (kind: CaseLetterKind) =>
      text(renderLetter('withdrawal', 'en', { ...withdrawal, about: { ...withdrawal.about, kind } }));
    expect(of('first-notice')).toContain('The school’s referral that it told of no longer counts.');
    expect(of('hearing-notice')).toContain('There is no hearing.');
    expect(of('hearing-moved')).toContain('There is no hearing.');
    expect(of('order')).toContain('The order no longer holds.');
    for (const kind of ['first-notice', 'hearing-notice', 'order'] as const)
      expect(of(kind)).toContain('Nothing follows from that letter.');
  });

  it('goes to the State’s Attorney about a referral to him, to a family about anything else', () => {
    for (const letter of [
      renderLetter('correction', 'en', { ...correction, ...attorney, dispute: null }),
      renderLetter('withdrawal', 'en', { ...withdrawal, ...attorney }),
    ]) {
      expect(letter.text).toContain('Dear Morgan Adeyemi,');
      expect(letter.text).not.toMatch(/cc:|Is a date wrong|IS A DATE WRONG/);
    }
    const { recipients } = withdrawal;
    expect(faultOf('withdrawal', { ...withdrawal, ...attorney, recipients }).message).toContain(
      'recipients.reader must be the one whom the earlier letter was written to',
    );
    expect(faultOf('withdrawal', { ...withdrawal, recipients: attorney.recipients }).code).toBe(
      'LETTER_FIELD_BAD',
    );
    expect(faultOf('correction', { ...correction, dispute: null }).message).toContain('dispute is missing');
  });

  it('lies after that one', () => {
    const about = { ...withdrawal.about, sentOn: '2026-02-06' };
    expect(faultOf('withdrawal', { ...withdrawal, about }).message).toContain('about.sentOn');
  });
});

describe('a hearing', () => {
  const moved = sampleContext('hearing-moved');
  const text = (context: typeof moved) =>
    renderLetter('hearing-moved', 'en', context).text.replace(/\s+/g, ' ');

  it('that was moved names the old and the new date, without anybody’s reason', () => {
    expect(text(moved)).toContain('It is now set for the date, time and place below');
    expect(text(moved)).toContain('was set for Tuesday, March 10, 2026 at 9:30 a.m.');
    expect(text(moved)).toContain(
      'takes the place of our hearing notice, sent by mail on Thursday, February 19',
    );
  });

  it('that is continued says so', () => {
    const continued = text({ ...moved, hearing: { ...moved.hearing, continued: true } });
    expect(continued).toContain('was opened and is not finished');
    expect(continued).not.toContain('set the hearing anew');
  });

  it('moved back to what the family was told is no change', () => {
    const { date, time, place } = moved.hearing.movedFrom;
    const back = text({ ...moved, hearing: { ...moved.hearing, date, time, place, askBy: '2026-03-05' } });
    expect(back).toContain('This is the same date, time and place as in our hearing notice');
    expect(back).not.toContain('That no longer holds');
  });

  it('notices name interpreter and accommodation where there are any', () => {
    const notice = sampleContext('hearing-notice');
    const without = renderLetter('hearing-notice', 'en', notice).text;
    expect(without).not.toMatch(/^(Interpreter|Arranged)/m);
    const hearing = { ...notice.hearing, interpreter: 'Spanish', accommodation: 'large print' };
    const given = renderLetter('hearing-notice', 'en', { ...notice, hearing }).text;
    expect(given).toMatch(/^Interpreter +Spanish, free of charge$/m);
    expect(given).toMatch(/^Arranged for you +large print$/m);
    const coded = { ...notice, hearing: { ...hearing, interpreter: 'es' } };
    expect(renderLetter('hearing-notice', 'en', coded).text).toMatch(/^Interpreter +Spanish, free/m);
    expect(renderLetter('hearing-notice', 'es', coded).text).toMatch(/^Intérprete +español, sin costo$/m);
  });

  it('can be off on its own day', () => {
    const off = sampleContext('hearing-cancelled');
    expect(renderLetter('hearing-cancelled', 'en', { ...off, date: off.hearing.date }).subject).toContain(
      'is off',
    );
  });
});

describe('the letters sent before', () => {
  const second = sampleContext('second-notice');
  const first = { kind: 'first-notice' as const, sentOn: '2025-12-15', channel: 'print' as const };

  it('read right where they went out on paper, or were taken back', () => {
    const history = [
      { ...first, takenBack: true },
      { ...first, sentOn: '2026-01-12', beforeSystem: true },
    ];
    const text = renderLetter('second-notice', 'en', { ...second, history }).text.replace(/\s+/g, ' ');
    expect(text).toContain('sent by mail on Monday, December 15, 2025; taken back by a later letter');
    expect(text).toContain('sent by mail on Monday, January 12, 2026, on paper, before our present record');
  });

  it('do not count once taken back', () => {
    expect(
      faultOf('second-notice', { ...second, history: [{ ...first, takenBack: true }] }).message,
    ).toContain('history must be a list with each letter that comes before this one');
  });
});

describe('a referral to the State’s Attorney', () => {
  const referral = sampleContext('state-attorney-referral');

  it('without a breach gives its reason; without both it is refused', () => {
    const court = { ...referral.court, breaches: [], reason: 'The student is in danger at home.' };
    const { text } = renderLetter('state-attorney-referral', 'en', { ...referral, court });
    expect(text).toContain('The student is in danger at home.');
    expect(text).not.toContain('has not been kept');
    expect(
      faultOf('state-attorney-referral', { ...referral, court: { ...court, reason: null } }).message,
    ).toContain('court.breaches');
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
      expect(subject).toContain(sampleContext(kind).caseNumber);
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
