/** `notice print`, `posted`, `manifest`, `reprint`, `delivered`, `returned`: letters on paper, from the queue to their proof. */
import type { Command } from 'commander';
import { spelledArticleNumber } from '../../../domain/certified-mail.ts';
import { shortDate, type IsoDate } from '../../../domain/dates.ts';
import type { MailOutcome } from '../../../domain/mail-proof.ts';
import { counted } from '../../../domain/words.ts';
import { readLabels, readTracking } from '../../../imports/mail-tracking.ts';
import { inputName, openText } from '../../../imports/text-stream.ts';
import type { ShownNotice } from '../../services/cases.ts';
import type { ProofRecorded, ProofsImported } from '../../services/mail-proofs.ts';
import type { NoticeDone } from '../../services/notices.ts';
import type { BatchMade, BatchPosted, BatchShown, LabelsSet } from '../../services/print-batches.ts';
import { part, type ApiSource } from '../api-source.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { cell, collect, verb, withId } from '../verb.ts';
import { doneText, listText, writePrivately } from './notices.ts';

export function registerPost(notice: Command): void {
  registerPrint(notice);
  registerManifest(notice);
  registerProofs(notice);
}

interface PrintOptions {
  readonly out?: string;
  readonly batch?: string;
  readonly duplex?: boolean;
  readonly certifiedFrom?: string;
  readonly certifiedKind?: string[];
  readonly atMost?: string;
  readonly manifest?: string;
  readonly book?: string;
  readonly id?: string;
}

function registerPrint(notice: Command): void {
  verb<PrintOptions>(notice, {
    name: 'print',
    description: 'The print queue; with --out, take it into a batch: one PDF in the order of the post.',
    example: 'notice print --out batch.pdf --duplex --manifest batch.csv --book book.pdf',
    options: (c) =>
      withId(c)
        .option('--out <file>', 'write the batch’s PDF there')
        .option('--duplex', 'each letter begins on the front of a sheet')
        .option('--certified-from <number>', 'the number on the first label of a roll')
        .option('--certified-kind <kind>', 'only these letters get a label (again for more)', collect)
        .option('--at-most <letters>', 'letters a batch (default: 500)')
        .option('--manifest <file>', 'write the manifest there (CSV)')
        .option('--book <file>', 'write the firm mailing book there (.csv or .pdf)')
        .option('--batch <number>', 'not a new one: this batch again, while it is not posted'),
    run: async (options, { api, out }) => {
      if (options.out === undefined && options.batch === undefined) {
        const queue = await api.get<{ print: ShownNotice[]; unknown: ShownNotice[] }>('print-queue');
        out.result(queue, queueText(queue));
        return;
      }
      const made =
        options.batch === undefined
          ? await api.post<BatchMade>('print-batches', wishOf(options))
          : { batch: await batchOf(api, options.batch), made: false, left: 0 };
      const { batch } = made;
      if (batch === null) {
        out.result(made, leftText(made.left, 'Nothing waits to be printed.'));
        return;
      }
      if (options.out !== undefined) {
        writePrivately(options.out, await api.bytes(`print-batches/${batch.batch}`, { format: 'pdf' }));
      }
      const files = await writeLists(api, batch, options);
      out.result(
        { ...made, files: [options.out, ...files].filter((file) => file !== undefined) },
        [
          `Batch ${batch.batch}: ${counted(batch.letters, 'letter')} in ${counted(batch.envelopes, 'envelope')}, ${counted(batch.pages, 'page')}${batch.duplex ? ' for both sides' : ''}.`,
          ...(options.out === undefined ? [] : [`Written to ${options.out}.`]),
          ...files.map((file) => `Written to ${file}.`),
          ...(made.left > 0 ? [leftText(made.left, '')] : []),
          `When it is in the post: truancy notice posted --batch ${batch.batch}`,
        ].join('\n'),
      );
    },
  });
  verb<{ notice?: string; batch?: string; on?: string }>(notice, {
    name: 'posted',
    description: 'A print, or a whole batch, is in the post.',
    example: 'notice posted --batch 12',
    options: (c) =>
      c
        .option('--notice <key>', 'one letter, by its key')
        .option('--batch <number>', 'all letters of a batch')
        .option('--on <date>', 'posted on (default: today)'),
    run: async ({ notice: key, batch, on }, { api, out }) => {
      const body = on === undefined ? {} : { on };
      if (oneOf(key, batch) === 'notice') {
        const done = await api.post<NoticeDone>(`notices/${part(key ?? '')}/posted`, body);
        out.result(done, doneText(done));
        return;
      }
      const done = await api.post<BatchPosted>(`print-batches/${numberOf(batch)}/posted`, body);
      out.result(done, postedText(done));
    },
  });
  verb<{ notice?: string; batch?: string; out: string }>(notice, {
    name: 'reprint',
    description: 'A letter, or a whole batch, once more: every page is marked as a copy.',
    example: 'notice reprint --notice C-000017/first-notice/1/g12 --out copy.pdf',
    options: (c) =>
      c
        .option('--notice <key>', 'one letter, by its key')
        .option('--batch <number>', 'all letters of a batch')
        .requiredOption('--out <file>', 'write the PDF there'),
    run: async ({ notice: key, batch, out: file }, { api, out }) => {
      const route =
        oneOf(key, batch) === 'notice' ? `notices/${part(key ?? '')}` : `print-batches/${numberOf(batch)}`;
      const bytes = await api.bytes(route, { format: 'copy' });
      writePrivately(file, bytes);
      out.result({ file, bytes: bytes.length }, `Written to ${file}; every page says that it is a copy.`);
    },
  });
}

function oneOf(key: string | undefined, batch: string | undefined): 'notice' | 'batch' {
  if ((key === undefined) === (batch === undefined)) {
    throw new CliError('BAD_USAGE', 'give either --notice KEY or --batch NUMBER', EXIT.badInput);
  }
  return key === undefined ? 'batch' : 'notice';
}

function numberOf(batch: string | undefined): string {
  if (batch === undefined || !/^[1-9]\d{0,8}$/.test(batch)) {
    throw new CliError('BAD_NUMBER', '--batch: is no number of a batch, e.g. 12', EXIT.badInput);
  }
  return batch;
}

async function batchOf(api: ApiSource, number: string): Promise<BatchShown> {
  return api.get<BatchShown>(`print-batches/${numberOf(number)}`);
}

function wishOf(options: PrintOptions): object {
  const { id, duplex, certifiedFrom, certifiedKind, atMost } = options;
  if (atMost !== undefined && !/^[1-9]\d{0,3}$/.test(atMost)) {
    throw new CliError('BAD_NUMBER', '--at-most: is no number of letters, e.g. 200', EXIT.badInput);
  }
  if (certifiedKind !== undefined && certifiedFrom === undefined) {
    throw new CliError('BAD_USAGE', '--certified-kind needs --certified-from', EXIT.badInput);
  }
  return {
    ...{ id, duplex, certifiedFrom, certifiedKinds: certifiedKind },
    ...(atMost === undefined ? {} : { atMost: Number(atMost) }),
  };
}

async function writeLists(
  api: ApiSource,
  batch: BatchShown,
  { manifest, book }: { manifest?: string | undefined; book?: string | undefined },
): Promise<string[]> {
  const route = `print-batches/${batch.batch}`;
  const written: string[] = [];
  if (manifest !== undefined) {
    writePrivately(manifest, await api.bytes(route, { format: 'manifest-csv' }));
    written.push(manifest);
  }
  if (book !== undefined) {
    if (!/\.(csv|pdf)$/i.test(book)) {
      throw new CliError('BAD_USAGE', '--book: name a file that ends in .csv or .pdf', EXIT.badInput);
    }
    const format = book.toLowerCase().endsWith('.pdf') ? 'book-pdf' : 'book-csv';
    writePrivately(book, await api.bytes(route, { format }));
    written.push(book);
  }
  return written;
}

function queueText(queue: { print: ShownNotice[]; unknown: ShownNotice[] }): string {
  return [
    queue.print.length === 0
      ? 'Nothing waits to be printed or posted.'
      : `To print and post (a number in brackets is its batch):\n${table(
          ['Letter', 'Batch'],
          queue.print.map((one) => [one.key, one.mail.batch === null ? 'none yet' : `[${one.mail.batch}]`]),
        )}`,
    ...(queue.unknown.length === 0 ? [] : [`Outcome unknown, to be settled:\n${listText(queue.unknown)}`]),
  ].join('\n\n');
}

function leftText(left: number, none: string): string {
  if (left === 0) return none;
  return `${left} ${left === 1 ? 'letter waits' : 'letters wait'} for the next batch.`;
}

function postedText(done: BatchPosted): string {
  return [
    `Batch ${done.batch}: ${counted(done.posted, 'letter')} posted on ${shortDate(done.on)}${done.already > 0 ? `, ${done.already} had been said already` : ''}.`,
    ...done.pullOut.map((key) => `Pull out ${key}: it may not leave any more.`),
    ...(done.waits ? ['The cases are told as soon as Temporal is back.'] : []),
  ].join('\n');
}

// ---------------------------------------------------------------- manifest

function registerManifest(notice: Command): void {
  verb<object>(notice, {
    name: 'batches',
    description: 'The latest print batches.',
    example: 'notice batches',
    run: async (_options, { api, out }) => {
      const { batches } = await api.get<{ batches: { number: number; madeOn: IsoDate; pages: number }[] }>(
        'print-batches',
      );
      out.result(
        batches,
        batches.length === 0
          ? 'No batch has been printed yet.'
          : table(
              ['Batch', 'Printed', 'Pages'],
              batches.map((one) => [one.number, shortDate(one.madeOn), one.pages]),
            ),
      );
    },
  });
  verb<{ batch: string; out?: string; book?: string; certified?: string[]; certifiedFile?: string }>(notice, {
    name: 'manifest',
    description: 'What is in a batch, and the certified numbers on its envelopes.',
    example: 'notice manifest --batch 12 --certified C-000017/order/1/g12=70200640000112345676',
    options: (c) =>
      c
        .requiredOption('--batch <number>', 'the batch')
        .option('--certified <key=number>', 'the label on a letter’s envelope (again for more)', collect)
        .option('--certified-file <file>', 'labels from a CSV with the columns notice, certified')
        .option('--out <file>', 'write the manifest there (CSV)')
        .option('--book <file>', 'write the firm mailing book there (.csv or .pdf)'),
    run: async (options, { api, out }) => {
      const labels = [
        ...(options.certified ?? []).map(labelOf),
        ...(options.certifiedFile === undefined ? [] : await labelsIn(options.certifiedFile)),
      ];
      const set =
        labels.length === 0
          ? null
          : await api.post<LabelsSet>(`print-batches/${numberOf(options.batch)}/labels`, { labels });
      const batch = await batchOf(api, options.batch);
      const files = await writeLists(api, batch, { manifest: options.out, book: options.book });
      out.result(
        { ...batch, changed: set?.changed ?? 0, files },
        [
          ...(set === null ? [] : [`${set.changed} envelopes have a new number.`]),
          manifestText(batch),
          ...files.map((file) => `Written to ${file}.`),
        ].join('\n'),
      );
    },
  });
}

function labelOf(text: string): { notice: string; certified: string } {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new CliError(
      'BAD_USAGE',
      '--certified: write KEY=NUMBER, the key as `notice list` shows it',
      EXIT.badInput,
    );
  }
  return { notice: text.slice(0, at), certified: text.slice(at + 1) };
}

async function labelsIn(file: string): Promise<{ notice: string; certified: string }[]> {
  const name = inputName(file);
  const rows = await readLabels(openText(file, name), name);
  return rows.map(({ notice, certified }) => ({ notice, certified }));
}

function manifestText(batch: BatchShown): string {
  const lines = batch.manifest.map((one) => [
    one.envelope,
    one.key,
    one.pages,
    one.status === 'queued' ? 'to post' : `${one.status} ${one.outOn ?? ''}`.trimEnd(),
  ]);
  const labels = new Map(batch.manifest.map((one) => [one.envelope, one.certified]));
  const labelled = [...labels].filter(([, certified]) => certified !== null);
  return [
    `Batch ${batch.batch}, printed ${shortDate(batch.madeOn)}: ${counted(batch.letters, 'letter')}, ${counted(batch.envelopes, 'envelope')}, ${counted(batch.pages, 'page')}.`,
    table(['Envelope', 'Letter', 'Pages', 'State'], lines),
    ...(labelled.length === 0
      ? []
      : [
          table(
            ['Envelope', 'Certified number'],
            labelled.map(([envelope, certified]) => [envelope, spelledArticleNumber(certified ?? '')]),
          ),
        ]),
  ].join('\n');
}

// ---------------------------------------------------------------- proof

interface ProofOptions {
  readonly notice?: string;
  readonly on?: string;
  readonly proof?: string;
  readonly because?: string;
  readonly file?: string;
}

const RETURNED = ['undeliverable', 'refused', 'unclaimed'] as const;

function registerProofs(notice: Command): void {
  verb<ProofOptions>(notice, {
    name: 'delivered',
    description: 'A posted letter was delivered; or --file, a carrier’s list of what became of letters.',
    example: 'notice delivered --notice C-000017/order/1/g12 --on 2026-02-12 --proof "green card"',
    options: (c) =>
      c
        .option('--notice <key>', 'its key')
        .option('--on <date>', 'the day')
        .option('--proof <reference>', 'where the proof is kept')
        .option('--file <file>', 'CSV with the columns certified, status, date'),
    run: async (options, { api, out }) => {
      if (options.file !== undefined) {
        const done = await importTracking(api, options.file);
        out.result(done, importedText(done));
        return;
      }
      const done = await record(api, options, 'delivered');
      out.result(done, recordedText(done));
    },
  });
  verb<ProofOptions>(notice, {
    name: 'returned',
    description: 'A posted letter came back, was refused at the door, or was not collected.',
    example: 'notice returned --notice C-000017/order/1/g12 --on 2026-02-12',
    options: (c) =>
      c
        .option('--notice <key>', 'its key')
        .option('--on <date>', 'the day')
        .option('--because <what>', `${RETURNED.join(', ')} (default: ${RETURNED[0]})`)
        .option('--proof <reference>', 'where the envelope is kept'),
    run: async (options, { api, out }) => {
      const because = options.because ?? RETURNED[0];
      if (!(RETURNED as readonly string[]).includes(because)) {
        throw new CliError('BAD_INPUT', `--because: choose one of: ${RETURNED.join(', ')}`, EXIT.badInput);
      }
      const done = await record(api, options, because as MailOutcome);
      out.result(done, recordedText(done));
    },
  });
}

async function record(api: ApiSource, options: ProofOptions, outcome: MailOutcome): Promise<ProofRecorded> {
  const { notice, on, proof } = options;
  if (notice === undefined || on === undefined) {
    throw new CliError('BAD_USAGE', 'give --notice KEY and --on DATE', EXIT.badInput);
  }
  return api.post<ProofRecorded>(`notices/${part(notice)}/proof`, {
    ...{ outcome, on, ...(proof === undefined ? {} : { reference: proof }) },
  });
}

function recordedText(done: ProofRecorded): string {
  return [
    done.changed ? `On record: ${done.notice.mail.proof?.outcome ?? '?'}.` : 'That had been said already.',
    ...(done.addressMarked
      ? ['The address is marked: no further letter goes there until it is changed.']
      : []),
    ...(done.asked ? ['The Case Manager has a task.'] : []),
    ...(done.verification
      ? [
          done.call === null
            ? 'The address is to be looked at: that is a task, too.'
            : `An officer looks at the address: call ${done.call}.`,
        ]
      : []),
  ].join('\n');
}

interface FileImported extends ProofsImported {
  readonly file: string;
  readonly underWay: number;
}

async function importTracking(api: ApiSource, file: string): Promise<FileImported> {
  const name = inputName(file);
  const read = await readTracking(openText(file, name), name);
  const done = await api.post<ProofsImported>('mail-proofs/imports', { rows: read.rows });
  return {
    ...done,
    file: name,
    read: read.rows.length + read.underWay + read.faults.length,
    underWay: read.underWay,
    unmatched: [...done.unmatched, ...read.faults].sort((a, b) => a.line - b.line),
  };
}

function importedText(done: FileImported): string {
  return [
    `${done.read} lines read: ${done.new} new, ${done.unchanged} known already, ${done.underWay} still on their way, ${done.unmatched.length} left out.`,
    ...(done.addressesMarked > 0
      ? [`${done.addressesMarked} letters came back: their addresses are marked.`]
      : []),
    ...done.unmatched.map((one) => cell(`${done.file}:${one.line}  ${one.reason}`, 160)),
  ].join('\n');
}
