/** Prints taken into batches: one PDF in the order of the post, its manifest, the labels of its envelopes, and its posting. */
import { createHash, randomUUID } from 'node:crypto';
import { articleDigits, articleNumberFault, spelledArticleNumber } from '../../domain/certified-mail.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { labelEnvelopes, planBatch } from '../../domain/print-batch.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import { reaches } from '../../domain/access.ts';
import type { Db } from '../../db/connect.ts';
import { letterSubject } from '../../db/stores/letter-subjects.ts';
import { noticeByKey, type NoticeRow } from '../../db/stores/notices.ts';
import {
  batchByNumber,
  batchOfCommand,
  batchPdf,
  certifiedTaken,
  keepBatch,
  listBatches,
  lockPrintsToBatch,
  piecesOf,
  setCertified,
  turnToPrint,
  type BatchPiece,
  type PrintBatchRow,
} from '../../db/stores/print-batches.ts';
import { markCopies, mergeKept } from '../../templates/pdf/kept-pages.ts';
import { shortDate } from '../../domain/dates.ts';
import { Refused, Unknown } from '../failures.ts';
import { allow, audited, causeOf, todayOf, type Call } from './context.ts';
import { postNotice } from './notices.ts';

/** One letter of a batch, as the manifest lists it. */
export interface ManifestLine {
  readonly sequence: number;
  readonly envelope: number;
  readonly key: string;
  readonly caseNumber: string;
  readonly letter: string;
  readonly toName: string;
  readonly toAddress: PostalAddress;
  readonly firstPage: number;
  readonly pages: number;
  /** Digits only; null where the envelope has no label. */
  readonly certified: string | null;
  readonly status: string;
  readonly outOn: IsoDate | null;
}

export interface BatchShown {
  readonly batch: number;
  readonly madeOn: IsoDate;
  readonly duplex: boolean;
  readonly letters: number;
  readonly envelopes: number;
  readonly pages: number;
  readonly sha256: string;
  readonly manifest: readonly ManifestLine[];
}

export interface BatchMade {
  /** Null where nothing waits. */
  readonly batch: BatchShown | null;
  /** False where the same command had made it before. */
  readonly made: boolean;
  /** Prints that still wait: more than one batch takes, or without anything to print. */
  readonly left: number;
}

export interface BatchWish {
  readonly id?: string | undefined;
  readonly duplex?: boolean | undefined;
  /** The number on the first label of a roll. */
  readonly certifiedFrom?: string | undefined;
  /** Only envelopes with a letter of these kinds get a label. */
  readonly certifiedKinds?: readonly string[] | undefined;
  readonly atMost?: number | undefined;
}

/** What one batch holds where nothing else is said: a morning's work, and a file one can open. */
const USUAL_MOST = 500;

/** Takes what waits in the print queue into a batch, once. */
export async function makeBatch(call: Call, wish: BatchWish): Promise<BatchMade> {
  allow(call, 'notice.post');
  const from = wish.certifiedFrom === undefined ? null : labelOf(wish.certifiedFrom, 'certifiedFrom');
  const commandId = wish.id ?? randomUUID();
  const done = await call.db.transaction(async (tx) => {
    await turnToPrint(tx);
    const before = await batchOfCommand(tx, commandId);
    if (before !== undefined) return { number: before, made: false, left: 0 };
    const waiting = await withinReach(call, tx, await lockPrintsToBatch(tx));
    const ready = waiting.flatMap((row) => {
      const { key, kind, toName, toAddress, pdf } = row;
      return toName !== null && toAddress !== null && pdf !== null
        ? [{ key, kind, toName, toAddress, pdf }]
        : [];
    });
    const taken = wholeEnvelopes(planBatch(ready), wish.atMost ?? USUAL_MOST);
    if (taken.length === 0) return { number: null, made: false, left: waiting.length };
    const letters = taken.flatMap((envelope) => envelope.letters);
    const duplex = wish.duplex ?? false;
    const merged = await mergeKept(
      letters.map(({ pdf }) => pdf),
      { duplex },
    );
    const labels =
      from === null ? new Map<number, string>() : labelEnvelopes(taken, from, wish.certifiedKinds ?? null);
    await refuseTaken(tx, [...labels.values()], null);
    const envelopeOf = new Map(
      taken.flatMap(({ number, letters: of }) => of.map(({ key }) => [key, number])),
    );
    const number = await keepBatch(
      tx,
      {
        ...{ commandId, madeOn: await todayOf(tx), duplex, pages: merged.pages, pdf: merged.pdf },
        sha256: sha256(merged.pdf),
        envelopes: taken.map((one) => ({
          ...{ number: one.number, toName: one.toName, toAddress: one.toAddress },
          certified: labels.get(one.number) ?? null,
        })),
        pieces: letters.map(({ key }, i) => ({
          ...{ noticeKey: key, envelope: envelopeOf.get(key) ?? 0, sequence: i + 1 },
          ...(merged.placed[i] ?? { firstPage: 0, pages: 0 }),
        })),
      },
      causeOf(call),
    );
    await audited(tx, call, 'batch.printed', `batch ${number}`, { letters: letters.length });
    return { number, made: true, left: waiting.length - letters.length };
  });
  return {
    batch: done.number === null ? null : await shown(call.db, done.number),
    made: done.made,
    left: done.left,
  };
}

/** Siblings' letters are not torn apart by the end of a batch; one envelope is taken, however much is in it. */
function wholeEnvelopes<E extends { readonly letters: readonly unknown[] }>(
  envelopes: readonly E[],
  most: number,
): E[] {
  const taken: E[] = [];
  let letters = 0;
  for (const envelope of envelopes) {
    if (taken.length > 0 && letters + envelope.letters.length > most) break;
    taken.push(envelope);
    letters += envelope.letters.length;
  }
  return taken;
}

/** Somebody kept to certain schools prints for these only. */
async function withinReach(call: Call, db: Db, rows: readonly NoticeRow[]): Promise<NoticeRow[]> {
  const { schools } = call.caller;
  if (schools === null) return [...rows];
  const mine: NoticeRow[] = [];
  for (const row of rows) {
    const school = (await letterSubject(db, row.caseNumber))?.school;
    if (school !== undefined && school !== null && reaches(schools, [school])) mine.push(row);
  }
  return mine;
}

function labelOf(written: string, place: string): string {
  const fault = articleNumberFault(written);
  if (fault !== null) throw new InputFault('BAD_CERTIFIED_NUMBER', `the number ${fault}`, place);
  return articleDigits(written);
}

async function refuseTaken(
  tx: Db,
  numbers: readonly string[],
  except: { batch: number; envelope: number } | null,
): Promise<void> {
  const taken = await certifiedTaken(tx, numbers, except);
  if (taken[0] !== undefined) {
    throw new Refused(
      refusal(
        'CERTIFIED_NUMBER_TAKEN',
        `The number ${spelledArticleNumber(taken[0])} belongs to another envelope already; look at the label again.`,
      ),
    );
  }
}

// ---------------------------------------------------------------- reading

export async function batchesFor(call: Call): Promise<PrintBatchRow[]> {
  allow(call, 'notice.post');
  return listBatches(call.db);
}

export async function showBatch(call: Call, number: number): Promise<BatchShown> {
  await batchFor(call, number);
  return shown(call.db, number);
}

/** The batch as it was made; after posting only as copies ({@link copyOfBatch}), so that nothing is posted twice. */
export async function readBatchPdf(call: Call, number: number): Promise<Uint8Array> {
  const { pieces } = await batchFor(call, number);
  if (pieces.some(({ status }) => status === 'posted')) {
    throw new Refused(
      refusal(
        'BATCH_POSTED',
        `Letters of batch ${number} are in the post; it is printed again as copies only (\`notice reprint --batch ${number}\`).`,
      ),
    );
  }
  await audited(call.db, call, 'batch.read', `batch ${number}`);
  return pdfOf(call.db, number);
}

export async function copyOfBatch(call: Call, number: number): Promise<Uint8Array> {
  await batchFor(call, number);
  await audited(call.db, call, 'batch.reprinted', `batch ${number}`);
  return markCopies(await pdfOf(call.db, number), copyWords(await todayOf(call.db)));
}

/** One letter printed again; every page says that it is a copy. */
export async function copyOfNotice(call: Call, row: NoticeRow): Promise<Uint8Array> {
  allow(call, 'notice.post');
  if (row.pdf === null) throw new Unknown('NO_SUCH_FORMAT', 'This letter was not rendered as pdf.');
  await audited(call.db, call, 'notice.reprinted', `notice ${row.key}`);
  return markCopies(row.pdf, copyWords(await todayOf(call.db)));
}

function copyWords(today: IsoDate): string {
  return `COPY printed on ${shortDate(today)}`;
}

async function batchFor(
  call: Call,
  number: number,
): Promise<{ readonly row: PrintBatchRow; readonly pieces: readonly BatchPiece[] }> {
  allow(call, 'notice.post');
  const row = await batchByNumber(call.db, number);
  const pieces = row ? await piecesOf(call.db, { batch: number }) : [];
  const { schools } = call.caller;
  const reached = await Promise.all(
    (schools === null ? [] : pieces).map(async ({ caseNumber }) => {
      const school = (await letterSubject(call.db, caseNumber))?.school;
      return school !== undefined && school !== null && reaches(schools, [school]);
    }),
  );
  if (!row || reached.includes(false)) {
    throw new Unknown('UNKNOWN_BATCH', `There is no batch ${number} here; \`notice batches\` lists them.`);
  }
  return { row, pieces };
}

async function shown(db: Db, number: number): Promise<BatchShown> {
  const row = await batchByNumber(db, number);
  if (!row) throw new Error(`batch ${number} is gone`);
  const pieces = await piecesOf(db, { batch: number });
  return {
    batch: number,
    ...{ madeOn: row.madeOn, duplex: row.duplex, pages: row.pages, sha256: row.sha256 },
    letters: pieces.length,
    envelopes: new Set(pieces.map(({ envelope }) => envelope)).size,
    manifest: pieces.map((one) => ({
      ...{ sequence: one.sequence, envelope: one.envelope, key: one.noticeKey, caseNumber: one.caseNumber },
      ...{ letter: one.kind, toName: one.toName, toAddress: one.toAddress },
      ...{ firstPage: one.firstPage, pages: one.pages, certified: one.certified },
      ...{ status: one.status, outOn: one.outOn },
    })),
  };
}

async function pdfOf(db: Db, number: number): Promise<Uint8Array> {
  const pdf = await batchPdf(db, number);
  if (!pdf) throw new Error(`batch ${number} has no pages`);
  return pdf;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

// ---------------------------------------------------------------- labels

export interface LabelsSet {
  readonly batch: number;
  readonly changed: number;
  readonly manifest: readonly ManifestLine[];
}

/** Which label went onto which envelope; a letter's key names its envelope. All of them, or none. */
export async function setLabels(
  call: Call,
  number: number,
  labels: readonly { readonly notice: string; readonly certified: string }[],
): Promise<LabelsSet> {
  const { pieces } = await batchFor(call, number);
  const changed = await call.db.transaction(async (tx) => {
    await turnToPrint(tx);
    let count = 0;
    const given = new Map<number, string>();
    for (const [i, { notice, certified }] of labels.entries()) {
      const digits = labelOf(certified, `labels.${i}.certified`);
      const piece = pieces.find((one) => one.noticeKey === notice);
      if (!piece) {
        throw new InputFault(
          'NOT_IN_BATCH',
          `no letter of batch ${number} has that key`,
          `labels.${i}.notice`,
        );
      }
      const { envelope } = piece;
      if ((given.get(envelope) ?? digits) !== digits) {
        throw new InputFault(
          'TWO_LABELS',
          `envelope ${envelope} is given two numbers; an envelope bears one label`,
          `labels.${i}.certified`,
        );
      }
      given.set(envelope, digits);
      await refuseTaken(tx, [digits], { batch: number, envelope });
      if (await setCertified(tx, { batch: number, envelope }, digits)) count += 1;
    }
    if (count > 0) await audited(tx, call, 'batch.labelled', `batch ${number}`, { envelopes: count });
    return count;
  });
  return { batch: number, changed, manifest: (await shown(call.db, number)).manifest };
}

// ---------------------------------------------------------------- posting

export interface BatchPosted {
  readonly batch: number;
  readonly on: IsoDate;
  readonly posted: number;
  /** Posted before. */
  readonly already: number;
  /** Taken back since it was printed: to be pulled out of the pile. */
  readonly pullOut: readonly string[];
  /** Cases are told as soon as Temporal is back. */
  readonly waits: boolean;
}

/** The whole batch is in the post. Each letter is its own transaction: interrupted, it is run again. */
export async function postBatch(
  call: Call,
  number: number,
  input: { on?: IsoDate | undefined },
): Promise<BatchPosted> {
  const { row, pieces } = await batchFor(call, number);
  const on = input.on ?? (await todayOf(call.db));
  if (on < row.madeOn) {
    throw new Refused(
      refusal(
        'POSTED_BEFORE_PRINTED',
        `${shortDate(on)} is before the day the batch was printed, ${shortDate(row.madeOn)}.`,
      ),
    );
  }
  let posted = 0;
  let already = 0;
  let waits = false;
  const pullOut: string[] = [];
  for (const { noticeKey } of pieces) {
    const now = await noticeByKey(call.db, noticeKey);
    if (now?.status !== 'queued' && now?.status !== 'posted') {
      pullOut.push(noticeKey);
      continue;
    }
    const done = await postNotice(call, noticeKey, { on });
    if (done.changed) posted += 1;
    else already += 1;
    waits ||= done.waits;
  }
  await audited(call.db, call, 'batch.posted', `batch ${number}`, { on, posted });
  return { batch: number, on, posted, already, pullOut, waits };
}
