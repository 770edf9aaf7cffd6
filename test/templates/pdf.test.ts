/** The printed letter, read back with poppler: what stands on which page, and where. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, describe, expect, it } from 'vitest';
import {
  LETTER_KINDS,
  LETTER_LANGUAGES,
  layoutFaults,
  renderLetter,
  renderPdf,
  sampleContext,
} from '../../templates/index.ts';
import type { LetterContext, LetterKind } from '../../templates/index.ts';
import { fontRuns } from '../../templates/pdf/fonts.ts';
import { ADDRESS_BOX, WINDOW_REACH } from '../../templates/pdf/page.ts';
import { INTERPRETER_LANGUAGES, interpreterLines } from '../../templates/interpreter-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'letters-'));
afterAll(() => rmSync(folder, { recursive: true }));

const poppler = spawnSync('pdftotext', ['-v']).error === undefined;
if (!poppler) console.warn('pdftotext (poppler-utils) is not here: what the pages say is not looked at');

function run(program: string, pdf: Buffer, ...options: string[]): string {
  const file = join(folder, 'letter.pdf');
  writeFileSync(file, pdf);
  const result = spawnSync(program, [...options, file, ...(program === 'pdftotext' ? ['-'] : [])], {
    encoding: 'utf8',
  });
  expect(result.status).toBe(0);
  return result.stdout;
}
/** A grey PNG of that size. */
function pngOf(width: number, height: number): Buffer {
  const image = new PNG({ width, height });
  image.data.fill(0x60);
  return PNG.sync.write(image);
}
/** The text of each page. */
function pagesOf(pdf: Buffer): string[] {
  return run('pdftotext', pdf, '-layout').split('\f').slice(0, -1);
}

/** The hearing notice with so many whole days, each on a school day going back from February 2026. */
function withAbsences(rows: number): LetterContext<'hearing-notice'> {
  const context = sampleContext('hearing-notice');
  const dates = [];
  for (let day = Date.UTC(2026, 1, 18); dates.length < rows; day -= 86_400_000) {
    const date = new Date(day);
    if (date.getUTCDay() % 6 === 0) continue;
    dates.push({ date: date.toISOString().slice(0, 10), fraction: 1, school: 'Riverbend Middle School' });
  }
  return { ...context, count: { ...context.count, days: rows, dates } };
}

it('the same letter gives the same bytes', async () => {
  const letter = renderLetter('order', 'en', sampleContext('order'));
  const kept = JSON.parse(JSON.stringify(letter)) as typeof letter;
  expect((await renderPdf(letter)).equals(await renderPdf(kept))).toBe(true);
});

it('the same letter gives the same bytes whatever was printed before', async () => {
  const context = sampleContext('first-notice');
  const named = (name: string) =>
    renderPdf(
      renderLetter('first-notice', 'en', { ...context, child: { ...context.child, fullName: name } }),
    );
  // Nothing else in that letter has a Z; in the next it is only a part of the Ż.
  const before = await named('Zoe Quick');
  await named('Żaneta Ýrsa');
  expect((await named('Zoe Quick')).equals(before)).toBe(true);
  const after = await named('Żaneta Ýrsa');
  await named('Zoe Quick');
  expect((await named('Żaneta Ýrsa')).equals(after)).toBe(true);
});

it('every character of every interpreter line has a glyph', () => {
  const lines = interpreterLines('sw', '309-555-0100');
  expect(lines.map((l) => l.language)).toEqual(INTERPRETER_LANGUAGES);
  for (const { text } of lines)
    expect(fontRuns(text.replace(/[\u2066-\u2069]/g, ''), 'regular').length).toBeGreaterThan(0);
});

it('a name that cannot be printed is refused, not printed as boxes', async () => {
  const context = sampleContext('first-notice');
  const letter = renderLetter('first-notice', 'en', {
    ...context,
    recipients: { ...context.recipients, names: ['ᏣᎳᎩ'] },
  });
  await expect(renderPdf(letter)).rejects.toMatchObject({ code: 'LETTER_GLYPH_MISSING' });
  await expect(renderPdf(letter)).rejects.not.toThrow(/ᏣᎳᎩ/);
});

const SHEETS: Readonly<Record<LetterKind, number>> = {
  'first-notice': 2,
  'second-notice': 3,
  'third-notice': 3,
  'caseload-invitation': 2,
  'improvement-plan': 2,
  'hearing-notice': 3,
  'hearing-moved': 3,
  'hearing-cancelled': 1,
  order: 3,
  'state-attorney-referral': 3,
  correction: 2,
  'closing-thanks': 1,
  withdrawal: 1,
  'monitor-contract': 2,
  'door-note': 1,
  'address-findings': 1,
};

/** Spanish takes more words; only these take a sheet more for it. */
const SHEETS_IN_SPANISH: Readonly<Partial<Record<LetterKind, number>>> = { 'hearing-moved': 4 };
const SHEETS_OF = {
  en: SHEETS,
  es: { ...SHEETS, ...SHEETS_IN_SPANISH },
} as const;
const FOOT = {
  en: { page: (n: number, of: number) => `Page ${n} of ${of}`, closing: 'Sincerely,', sign: 'Signature' },
  es: { page: (n: number, of: number) => `Página ${n} de ${of}`, closing: 'Atentamente,', sign: 'Firma' },
} as const;

/** Signed by hand on lines of their own, not below a closing. */
const SIGNED_ON_LINES: ReadonlySet<LetterKind> = new Set<LetterKind>([
  'improvement-plan',
  'monitor-contract',
]);

describe.skipIf(!poppler)('read back', () => {
  describe.each(LETTER_LANGUAGES)('in %s', (language) => {
    it.each(LETTER_KINDS)('%s: each page says page x of y, the last holds the signature', async (kind) => {
      const letter = renderLetter(kind, language, sampleContext(kind, language));
      const pages = pagesOf(await renderPdf(letter));
      // Short letters fit one sheet; none spills a signature over.
      expect(pages).toHaveLength(SHEETS_OF[language][kind] ?? 0);
      const { page, closing, sign } = FOOT[language];
      pages.forEach((text, i) => expect(text).toContain(page(i + 1, pages.length)));
      expect(pages.at(-1)).toContain(SIGNED_ON_LINES.has(kind) ? sign : closing);
      expect(pages.join('')).not.toMatch(/PRACTICE|PRÁCTICA/);
    });
  });

  it('print and e-mail say the same words', async () => {
    for (const kind of LETTER_KINDS) {
      const letter = renderLetter(kind, 'en', sampleContext(kind));
      const print = run('pdftotext', await renderPdf(letter), '-raw').replace(/\s+/g, ' ');
      for (const [, content = ''] of letter.markup.matchAll(/<(?:p|li|h2)>(.*?)<\/(?:p|li|h2)>/g)) {
        const text = content
          .replace(/<br>/g, ' ')
          .replace(/<[^>]+>/g, '')
          .replace(/\s+/g, ' ')
          .trim();
        // A paragraph that goes over a page has the page's foot and head in between.
        const start = text.slice(0, 40).trim();
        expect(print, `${kind}: ${start}`).toContain(start);
      }
    }
  });

  it('forty absences go over pages with the header repeated and no row lost', async () => {
    const context = withAbsences(40);
    const pages = pagesOf(await renderPdf(renderLetter('hearing-notice', 'en', context)));
    const rows = pages.map(
      (page) => page.match(/^ *\w+day, \w+ \d+, \d{4} +1 day +Riverbend/gm)?.length ?? 0,
    );
    expect(rows.reduce((a, b) => a + b, 0)).toBe(40);
    expect(rows.filter((n) => n > 0).length).toBeGreaterThan(1);
    pages.forEach((page, i) => {
      if (rows[i]) expect(page).toContain('Unexcused absence on');
    });
    expect(pages.join('\n')).toMatch(/All together +40 days/);
  });

  it('practice and copy stand on every page', async () => {
    const letter = renderLetter('hearing-notice', 'en', { ...withAbsences(40), practice: true });
    const pages = pagesOf(await renderPdf(letter, { copy: true }));
    expect(pages.length).toBeGreaterThan(2);
    for (const page of pages) {
      expect(page.match(/PRACTICE – this is not a real letter/g)).toHaveLength(2);
      expect(page).toContain('COPY');
    }
  });

  it('names with accents, quotes and braces print as they are', async () => {
    const context = sampleContext('first-notice');
    const names = ['O’Brien & Söhne <b>', 'Nguyễn Thị Hồng Đào {{x}}', 'Łukasz Żółć'];
    const pdf = await renderPdf(
      renderLetter('first-notice', 'en', { ...context, recipients: { ...context.recipients, names } }),
    );
    for (const name of names) expect(run('pdftotext', pdf).normalize('NFC')).toContain(name);
  });

  it.each(['Nguyễn Thị Ánh', 'José Ángel Muñoz Ibáñez', 'محمد علي حسن', 'דוד כהן', 'Олександр Коваль'])(
    'the name %s prints in its own letters, in their order, and the line goes on after it',
    async (name) => {
      const context = sampleContext('first-notice');
      const recipients = { ...context.recipients, names: [name, 'Ana Ruiz'] };
      const pdf = await renderPdf(renderLetter('first-notice', 'en', { ...context, recipients }));
      // Beside a script from the right the reader guesses at blanks: looked at by eye, not here.
      const close = (text: string) => text.replace(/[\s\u202a-\u202e\u2066-\u2069]/g, '').normalize('NFC');
      expect(close(run('pdftotext', pdf))).toContain(close(`Dear ${name} and Ana Ruiz,`));
    },
  );

  it('a hostile name cannot break out of its line: no new line, no turned text, no field filled', async () => {
    const context = sampleContext('first-notice');
    const names = ['Ana\r\nBcc: x@y.org\u202e {{child.fullName}} <b>', '"Bobby" \'Tables\' & Söhne'];
    const pdf = await renderPdf(
      renderLetter('first-notice', 'en', { ...context, recipients: { ...context.recipients, names } }),
    );
    expect(run('pdftotext', pdf).replace(/\s+/g, ' ')).toContain(
      'Dear Ana Bcc: x@y.org {{child.fullName}} <b> and "Bobby" \'Tables\' & Söhne,',
    );
  });

  it('the office’s logo stands in the letterhead, once; what no letterhead can carry is refused', async () => {
    const letter = renderLetter('first-notice', 'en', sampleContext('first-notice'));
    const logo = pngOf(300, 120);
    const images = run('pdfimages', await renderPdf(letter, { logo }), '-list');
    expect(images.match(/image +300 +120 /g)).toHaveLength(1);
    expect(await layoutFaults(letter, { logo })).toEqual([]);
    const interlaced = Buffer.from(logo);
    interlaced[28] = 1;
    const bad = [Buffer.from('<svg onload="x()"/>'), Buffer.alloc(300_000), logo.subarray(0, 60), interlaced];
    for (const image of bad)
      await expect(renderPdf(letter, { logo: image })).rejects.toMatchObject({ code: 'LOGO_BAD' });
  });

  it('is tagged, titled and in English, with nothing embedded from outside', async () => {
    const info = run(
      'pdfinfo',
      await renderPdf(renderLetter('first-notice', 'en', sampleContext('first-notice'))),
    );
    expect(info).toMatch(/Title: +First notice about unexcused absences/);
    expect(info).toMatch(/Tagged: +yes/);
    expect(info).toMatch(/Page size: +612 x 792 pts \(letter\)/);
    expect(info).not.toContain('Linh');
  });

  it('an i with a dot below does not turn every i of the letter into one', async () => {
    const context = sampleContext('first-notice');
    const child = { firstName: 'Thị', lastName: 'Đỗ', fullName: 'Đỗ Thị Mịn' };
    const pages = run(
      'pdftotext',
      await renderPdf(renderLetter('first-notice', 'en', { ...context, child })),
    );
    expect(pages.normalize('NFC').replace(/\s+/g, ' ')).toContain(
      'This letter is about Đỗ Thị Mịn, a student at Riverbend',
    );
  });

  describe('in a #10 window envelope', () => {
    const long = [
      '1207 North Martin Luther King Jr. Boulevard',
      'Apartment 3, Building C',
      'Care of the front office',
      'Pekin, IL 61554-1234',
    ];
    it.each([
      [['Maria Nguyễn'], ['1207 Elm Street', 'Pekin, IL 61554']],
      [['Maria Nguyễn', 'Daniel O’Brien'], long],
    ])('only the address shows, and all of it, however the sheet slides: %s', async (names, addressLines) => {
      const context = sampleContext('first-notice');
      const letter = renderLetter('first-notice', 'en', {
        ...context,
        practice: true,
        recipients: { names, addressLines },
        interpreter: { readerLanguage: 'sw', phone: '309-555-0100' },
      });
      const boxes = [
        ...run('pdftotext', await renderPdf(letter), '-bbox', '-l', '1').matchAll(
          /<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<\/word>/g,
        ),
      ].map(([, left, top, right, bottom, word]) => ({
        left: Number(left),
        top: Number(top),
        right: Number(right),
        bottom: Number(bottom),
        word,
      }));
      const showing = boxes.filter(
        (b) =>
          b.right > WINDOW_REACH.left &&
          b.left < WINDOW_REACH.right &&
          b.bottom > WINDOW_REACH.top &&
          b.top < WINDOW_REACH.bottom,
      );
      expect(
        showing
          .map((b) => b.word)
          .join(' ')
          .normalize('NFC'),
      ).toBe([names.join(' and '), ...addressLines].join(' '));
      for (const box of showing) {
        expect(box.left).toBeGreaterThanOrEqual(ADDRESS_BOX.left - 0.5);
        expect(box.right).toBeLessThanOrEqual(ADDRESS_BOX.right);
        // poppler's boxes include the font's room above and below the letters.
        expect(box.top).toBeGreaterThanOrEqual(ADDRESS_BOX.top - 3);
        expect(box.bottom).toBeLessThanOrEqual(ADDRESS_BOX.bottom + 3);
      }
    });

    it('an address that cannot show whole is refused', async () => {
      const context = sampleContext('first-notice');
      const names = [
        'Ana Lucía Fernández de la Vega y Ortiz de Zárate-Montgomery',
        'Maximilian von Hohenberg-Sonnenthal',
      ];
      const letter = renderLetter('first-notice', 'en', {
        ...context,
        recipients: { names: [...names, ...names], addressLines: long },
      });
      await expect(renderPdf(letter)).rejects.toMatchObject({ code: 'LETTER_ADDRESS_TOO_LONG' });
    });
  });
});
