/** What goes along with a batch: its manifest, and the sheet the post office stamps. */
import { spelledArticleNumber } from '../domain/certified-mail.ts';
import { shortDate } from '../domain/dates.ts';
import type { PostalAddress } from '../domain/records.ts';
import { counted } from '../domain/words.ts';
import { Report } from '../templates/pdf/report.ts';
import { csvText } from './csv.ts';
import type { BatchShown, ManifestLine } from './services/print-batches.ts';

/** One line a letter, in the order of the batch. */
export function manifestCsv(batch: BatchShown): string {
  return csvText(
    [
      ...['batch', 'sequence', 'envelope', 'case', 'letter', 'notice', 'addressee', 'address', 'city'],
      ...[
        'state',
        'postal code',
        'first page',
        'pages',
        'certified number',
        'state of the letter',
        'posted on',
      ],
    ],
    batch.manifest.map((one) => [
      ...[batch.batch, one.sequence, one.envelope, one.caseNumber, one.letter, one.key, one.toName],
      ...[one.toAddress.lines.join(', '), one.toAddress.city, one.toAddress.state, one.toAddress.postalCode],
      ...[one.firstPage, one.pages, one.certified === null ? '' : spelledArticleNumber(one.certified)],
      ...[one.status, one.outOn ?? ''],
    ]),
  );
}

interface Article {
  readonly line: number;
  readonly number: string;
  readonly name: string;
  readonly street: string;
  readonly place: string;
}

/** One line an envelope: what is handed in at the counter is envelopes, not letters. */
function articlesOf({ manifest }: BatchShown): Article[] {
  const first = new Map<number, ManifestLine>();
  for (const one of manifest) if (!first.has(one.envelope)) first.set(one.envelope, one);
  return [...first.values()].map(({ certified, toName, toAddress }, i) => ({
    line: i + 1,
    number: certified === null ? '' : spelledArticleNumber(certified),
    name: toName,
    street: toAddress.lines.join(', '),
    place: placeOf(toAddress),
  }));
}

function placeOf({ city, state, postalCode }: PostalAddress): string {
  return `${city}, ${state} ${postalCode}`;
}

/** The columns of a firm mailing book; postage and fees are filled in by whoever pays them. */
export function bookCsv(batch: BatchShown): string {
  return csvText(
    [
      ...['line', 'article number', 'addressee name', 'street', 'city, state and ZIP'],
      ...['postage', 'certified fee', 'return receipt fee', 'other fees', 'remarks'],
    ],
    articlesOf(batch).map((one) => [
      one.line,
      one.number,
      one.name,
      one.street,
      one.place,
      '',
      '',
      '',
      '',
      '',
    ]),
  );
}

export interface Sender {
  readonly name: string;
  readonly addressLines: readonly string[];
}

/** The same as a sheet for the counter, with room for the stamp and the receiving employee's name. */
export async function bookPdf(batch: BatchShown, sender: Sender): Promise<Buffer> {
  const articles = articlesOf(batch);
  const sheet = new Report({
    title: `Firm mailing book, batch ${batch.batch}`,
    author: sender.name,
    date: batch.madeOn,
    landscape: true,
  });
  sheet.title('Firm mailing book');
  sheet.table(
    [
      { head: 'Sender', share: 40 },
      { head: 'Batch', share: 20 },
      { head: 'Kind of mail', share: 20 },
      { head: 'Postmark and date of receipt', share: 20 },
    ],
    [
      [
        [sender.name, ...sender.addressLines].join('\n'),
        `${batch.batch}, printed ${shortDate(batch.madeOn)}\n${counted(batch.letters, 'letter')} in ${counted(batch.envelopes, 'envelope')}`,
        articles.some(({ number }) => number !== '') ? 'Certified mail' : 'Certificate of mailing',
        '\n\n\n',
      ],
    ],
  );
  sheet.table(
    [
      { head: 'Line', share: 5 },
      { head: 'Article number', share: 21 },
      { head: 'Addressee', share: 20 },
      { head: 'Street', share: 19 },
      { head: 'City, state and ZIP', share: 18 },
      { head: 'Postage', share: 7 },
      { head: 'Fee', share: 7 },
      { head: 'Return receipt', share: 8 },
      { head: 'Other', share: 6 },
    ],
    articles.map((one) => [String(one.line), one.number, one.name, one.street, one.place, '', '', '', '']),
  );
  sheet.table(
    [
      { head: 'Pieces listed by sender', share: 30 },
      { head: 'Pieces received at the post office', share: 30 },
      { head: 'Receiving employee', share: 40 },
    ],
    [[String(articles.length), ' ', '\n']],
  );
  sheet.numberPages(`${sender.name} · batch ${batch.batch}`);
  return sheet.end();
}
