/** What no letter may have, looked for in every letter, language and kind of reader as it is rendered. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calendarNotes } from '../../domain/calendar-notes.ts';
import { isWeekend, shortDate, type IsoDate } from '../../domain/dates.ts';
import { printsNumber, renderLetter, sampleContext } from '../../templates/index.ts';
import { foreignWords } from '../../templates/mixed-language.ts';
import { LETTER_WORDS } from '../../templates/languages/index.ts';
import { contextFor, everyLetter, type Sample } from './letter-readers.ts';

const DISPATCH_NUMBER = '337-9911';
/** Days on which the sample's schools are closed although it is no weekend. */
const CLOSED = new Set(['2026-01-19', '2026-02-12', '2026-02-16', '2026-03-02', '2026-04-03']);

/** In one line, without line ends: a word that goes over the line is one word again. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

const MONTHS = {
  en: 'January February March April May June July August September October November December'.split(' '),
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' '),
};
const WEEKDAYS = {
  en: 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' '),
  es: 'domingo lunes martes miércoles jueves viernes sábado'.split(' '),
};
const DATES = {
  en: /(?:(\p{L}+), )?(\p{L}+) (\d{1,2}), (\d{4})/gu,
  es: /(?:(\p{L}+), )?(\d{1,2}) de (\p{L}+) de (\d{4})/gu,
};

interface FoundDate {
  readonly iso: IsoDate;
  readonly weekday: string | undefined;
  readonly at: number;
}

/** Every date that stands in a text, with the weekday beside it. */
function datesIn(text: string, language: 'en' | 'es'): FoundDate[] {
  return [...text.matchAll(DATES[language])].flatMap((match) => {
    const [, weekday, a = '', b = '', year = ''] = match;
    const [month, day] = language === 'en' ? [a, b] : [b, a];
    const index = MONTHS[language].indexOf(month);
    if (index < 0) return [];
    const two = (n: number) => String(n).padStart(2, '0');
    return [{ iso: `${year}-${two(index + 1)}-${two(Number(day))}`, weekday, at: match.index }];
  });
}

describe.each(everyLetter().map((one) => [one.name, one] as const))('%s', (_, one: Sample) => {
  const { letter, language, kind } = one;
  const text = oneLine(`${letter.subject} ${letter.text}`);

  it('has no field unfilled and no sentence with a hole', () => {
    for (const form of [text, letter.html, letter.markup]) {
      expect(form).not.toMatch(/\{\{|\}\}|\[object|undefined|\bnull\b|NaN|«|»/);
    }
    expect(letter.markup.replace(/<[^>]+>/g, '')).not.toMatch(/\S {2,}\S/);
    expect(text).not.toMatch(/(Dear|Estimado\(a\)|Estimados)\s*[,:]/);
    // A blank before a comma or full stop, two marks in a row, an empty bracket.
    expect(text).not.toMatch(/ [,;:](?!\S)|[,;] ?[.,;]|\.\.(?!\.)|\(\s*\)/);
  });

  it('is of one language', () => {
    expect(letter.mixed).toEqual([]);
    expect(foreignWords(letter.subject, language)).toEqual([]);
  });

  it('gives each date its right weekday', () => {
    const dates = datesIn(text, language);
    expect(dates.length).toBeGreaterThan(0);
    for (const { iso, weekday } of dates) {
      // A birth date, the date within a proof and the like stand without one.
      if (weekday === undefined || !WEEKDAYS[language].includes(weekday)) continue;
      expect(weekday, iso).toBe(WEEKDAYS[language][new Date(`${iso}T12:00:00Z`).getUTCDay()]);
    }
  });

  it('asks for something only on a school day after its own date', () => {
    const asking = language === 'en' ? / by $/ : /a más tardar el $/;
    const asked = datesIn(text, language).filter(({ at }) =>
      asking.test(text.slice(Math.max(0, at - 20), at)),
    );
    for (const { iso } of asked) {
      expect(isWeekend(iso) || CLOSED.has(iso), iso).toBe(false);
      expect(iso > letter.date, iso).toBe(true);
    }
    if (/notice|invitation|note/.test(kind)) expect(asked.length).toBeGreaterThan(0);
  });

  it('counts the same in words, in its table and in the record', () => {
    const { context } = one;
    if (!('count' in context)) return;
    const { days, dates } = context.count;
    const said = LETTER_WORDS[language].days(days);
    const phrase = language === 'en' ? 'of unexcused absence' : 'de ausencia injustificada';
    expect(text).toContain(`${said} ${phrase}`);
    const head = language === 'en' ? 'Unexcused absence on' : 'Ausencia injustificada';
    const table = new RegExp(`<th>${head}</th>[\\s\\S]*?</table>`).exec(letter.markup)?.[0] ?? '';
    const rows = [...table.matchAll(/<tr><td>([^<]+)<\/td><td>([\d.]+) (?:days?|días?)<\/td>/g)];
    expect(rows).toHaveLength(dates.length);
    expect(rows.reduce((sum, row) => sum + Number(row[2]), 0)).toBe(days);
    expect(rows.flatMap((row) => datesIn(row[1] ?? '', language).map(({ iso }) => iso))).toEqual(
      dates.map(({ date }) => date).toSorted(),
    );
    expect(table).toContain(`<strong>${said}</strong>`);
  });

  it('names the unit of every part of a day, and never speaks of hours', () => {
    expect(text).not.toMatch(/(?<![\d-])\d+\.\d+(?! (days?|días?)\b)(?!\d)/);
    expect(text).not.toMatch(/\b\d+ (hours?|horas?)\b/);
  });

  it('uses the words of the law only where the count allows them', () => {
    const { context } = one;
    const days = 'count' in context ? context.count.days : 0;
    const truant = language === 'en' ? /called “truant”|\ba truant\b/ : /“ausentismo injustificado”/;
    const chronic = language === 'en' ? /chronic/i : /crónico/i;
    expect(truant.test(text)).toBe(days > 1.8 && days < 9);
    expect(chronic.test(text)).toBe(days >= 9);
  });

  it('does not print the dispatch number', () => {
    expect(printsNumber(`${text} ${letter.html}`, DISPATCH_NUMBER)).toBe(false);
  });
});

describe('the Intervention Department', () => {
  const letters = everyLetter().filter(({ kind }) =>
    ['monitor-contract', 'door-note', 'address-findings'].includes(kind),
  );

  it('cites no law of Illinois and has no word of the other office’s ladder', () => {
    expect(letters.length).toBeGreaterThan(12);
    for (const { name, letter } of letters) {
      expect(letter.text, name).not.toMatch(
        /ILCS|Illinois law|ley de Illinois|Regional|Superintenden|Case Manager|Responsable del caso/i,
      );
      expect(letter.text, name).not.toMatch(
        /referral|hearing|notice|truan|audiencia|aviso\b|ausentismo|remisi|fiscal/i,
      );
    }
  });

  it('has no field for its own telephone, and no file of either office holds the dispatch number', () => {
    const folder = join(import.meta.dirname, '../../templates');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) =>
      /\.(hbs|ts)$/.test(f),
    );
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const source = readFileSync(join(folder, file), 'utf8');
      // The comment that says how a forbidden number may be written names it.
      if (!file.endsWith('render.ts')) expect(printsNumber(source, DISPATCH_NUMBER), file).toBe(false);
      if (file.includes('intervention-department') && file.endsWith('.hbs'))
        expect(source, file).not.toContain('office.phone');
    }
  });

  it.each(['337-9911', '(309) 337 9911', '309.337.9911', '3379911', '337–9911'])(
    'prints no letter with the dispatch number in it, also as %s',
    (phone) => {
      const context = sampleContext('door-note');
      expect(() =>
        renderLetter(
          'door-note',
          'en',
          { ...context, officer: { ...context.officer, phone } },
          { neverPrint: [DISPATCH_NUMBER] },
        ),
      ).toThrow(expect.objectContaining({ code: 'LETTER_NUMBER_FORBIDDEN' }));
    },
  );

  it('leaves nothing about the child at a door', () => {
    for (const { name, letter } of letters.filter(
      ({ kind, reader }) => kind === 'door-note' && reader !== 'student',
    )) {
      // The parents' own name stands in the window, as on any letter.
      const body = letter.text.replaceAll('Maria Nguyễn', '');
      expect(body, name).not.toMatch(/Linh|Nguyễn|absen|ausen|attendance record|student|estudiante/i);
    }
    const interpreter = { readerLanguage: 'sw', phone: '309-555-0177' };
    const { text } = renderLetter('door-note', 'en', { ...sampleContext('door-note'), interpreter });
    expect(text).toContain('This is an important letter. For a free interpreter');
    expect(text).not.toMatch(/child|hijo|dziecka|孩子|طفلكم|con quý vị|anak|ребён|дитин|enfant/);
  });
});

describe('words that the records supply in English', () => {
  it('of our own policy and rules have a Spanish form, also every note on a count', () => {
    const { supplied } = LETTER_WORDS.es;
    const policy = readFileSync(join(import.meta.dirname, '../../policies/roe53.yaml'), 'utf8');
    const labels = [...policy.matchAll(/label: ([^},]+)/g), ...policy.matchAll(/title: ([^}'\n]+) }/g)].map(
      (match) => (match[1] ?? '').trim(),
    );
    expect(labels.length).toBeGreaterThan(12);
    const letterLabels = labels.filter(
      (label) => !/^(medical|homebound|IEP|homeless|custody|legal)/.test(label),
    );
    for (const label of letterLabels) expect(supplied(label), label).not.toBeNull();
    // Two years with a long gap between them, the second not yet over.
    const calendar = {
      terms: [
        { from: '2025-01-06', to: '2025-02-28' },
        { from: '2025-10-06', to: '2025-10-31' },
      ],
      closed: [],
      open: [],
    };
    const notes = [
      ...calendarNotes(calendar, '2026-01-15', 180),
      'no attendance has arrived yet',
      `attendance known up to ${shortDate('2025-10-09')} only: 1 school day after it not covered`,
      `attendance known up to ${shortDate('2025-10-09')} only: 3 school days after it not covered`,
      `attendance known from ${shortDate('2025-10-09')} on; 12 school days of the window before it not covered`,
      `attendance of ${shortDate('2025-10-09')} not known`,
      `attendance not known for 4 school days between ${shortDate('2025-10-09')} and ${shortDate('2025-10-20')}`,
      `accepted by the mail server on ${shortDate('2025-10-09')}`,
      `posted by the office on ${shortDate('2025-10-09')}`,
      'in the paper file of the case',
    ];
    expect(notes.length).toBe(12);
    for (const note of notes) {
      const spanish = supplied(note);
      expect(spanish, note).not.toBeNull();
      expect(foreignWords(spanish ?? '', 'es'), note).toEqual([]);
      expect(spanish).not.toMatch(/undefined|NaN|-0/);
    }
  });

  it('of the office stand in its own translation; without one they are found as another language', () => {
    const context = contextFor('order', 'es', 'one-guardian');
    const services = ['A seat on the early bus, made by the school'];
    const own = { ...context, order: { ...context.order, services } };
    expect(renderLetter('order', 'es', own).mixed).toEqual(['the bus made by school']);
    const translations = { [services[0] ?? '']: 'Un asiento en el autobús temprano' };
    const letter = renderLetter('order', 'es', own, { translations });
    expect(letter.mixed).toEqual([]);
    expect(letter.text).toContain('Un asiento en el autobús temprano');
  });

  it('and names are no other language', () => {
    const context = contextFor('first-notice', 'en', 'one-guardian');
    const child = {
      firstName: 'María de la Luz',
      lastName: 'del Río',
      fullName: 'María de la Luz del Río y Vega',
    };
    const recipients = { ...context.recipients, names: ['José de los Santos y Vega'] };
    expect(renderLetter('first-notice', 'en', { ...context, child, recipients }).mixed).toEqual([]);
  });
});

describe('Spanish', () => {
  const { list, days, time, atTime, longDate } = LETTER_WORDS.es;
  it('joins names with y, and with e before the sound of i', () => {
    expect(list(['Ana', 'Luis'])).toBe('Ana y Luis');
    expect(list(['Luis', 'Inés'])).toBe('Luis e Inés');
    expect(list(['Luis', 'Hilda'])).toBe('Luis e Hilda');
    expect(list(['agua', 'hielo'])).toBe('agua y hielo');
    expect(list(['Ana', 'Luis', 'Íñigo'])).toBe('Ana, Luis e Íñigo');
  });
  it('writes dates, times and days as a family reads them', () => {
    expect(longDate('2026-02-12')).toBe('jueves, 12 de febrero de 2026');
    expect(time('14:30').replace(/\u00a0/g, ' ')).toBe('2:30 p. m.');
    expect(atTime('13:00').replace(/\u00a0/g, ' ')).toBe('a la 1:00 p. m.');
    expect(atTime('09:30').replace(/\u00a0/g, ' ')).toBe('a las 9:30 a. m.');
    expect([1, 0.5, 9].map(days)).toEqual(['1 día', '0.5 días', '9 días']);
  });
});
