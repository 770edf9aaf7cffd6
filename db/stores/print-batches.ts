/** Print batches: what waits in the queue is taken once, into envelopes, in the order of the post. */
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, ne, notExists, or, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { PostalAddress } from '../../domain/records.ts';
import type { Db, Tx } from '../connect.ts';
import { notices, printBatches, printEnvelopes, printPieces } from '../schema/index.ts';
import { causeColumns, serialise, type Cause } from './common.ts';
import type { NoticeRow } from './notices.ts';

export type PrintBatchRow = Omit<typeof printBatches.$inferSelect, 'pdf'>;
export type PrintEnvelopeRow = typeof printEnvelopes.$inferSelect;
export type PrintPieceRow = typeof printPieces.$inferSelect;

/** A piece with its envelope and as much of its letter as a list shows. */
export interface BatchPiece extends PrintPieceRow {
  readonly caseNumber: string;
  readonly kind: string;
  readonly status: NoticeRow['status'];
  readonly outOn: IsoDate | null;
  readonly toName: string;
  readonly toAddress: PostalAddress;
  readonly certified: string | null;
}

const { pdf: _pdf, ...WITHOUT_PDF } = getTableColumns(printBatches);

/** One batch is made at a time: two commands at once do not both take a letter. */
export async function turnToPrint(tx: Tx): Promise<void> {
  await serialise(tx, 'print-batch');
}

/** Prints that wait and are in no batch, locked until commit so that none is withheld meanwhile. By key. */
export async function lockPrintsToBatch(tx: Tx): Promise<NoticeRow[]> {
  return tx
    .select()
    .from(notices)
    .where(
      and(
        eq(notices.status, 'queued'),
        notExists(
          tx
            .select({ one: sql`1` })
            .from(printPieces)
            .where(eq(printPieces.noticeKey, notices.key)),
        ),
      ),
    )
    .orderBy(asc(notices.key))
    .for('update');
}

export interface NewBatch {
  readonly commandId: string;
  readonly madeOn: IsoDate;
  readonly duplex: boolean;
  readonly pages: number;
  readonly pdf: Uint8Array;
  readonly sha256: string;
  readonly envelopes: readonly Omit<PrintEnvelopeRow, 'batch'>[];
  readonly pieces: readonly Omit<PrintPieceRow, 'batch'>[];
}

export async function keepBatch(tx: Tx, batch: NewBatch, cause: Cause): Promise<number> {
  const { envelopes, pieces, ...row } = batch;
  const [kept] = await tx
    .insert(printBatches)
    .values({ ...row, ...causeColumns(cause) })
    .returning({ number: printBatches.number });
  if (!kept) throw new Error('the batch could not be kept');
  await tx.insert(printEnvelopes).values(envelopes.map((one) => ({ ...one, batch: kept.number })));
  await tx.insert(printPieces).values(pieces.map((one) => ({ ...one, batch: kept.number })));
  return kept.number;
}

export async function batchOfCommand(db: Db, commandId: string): Promise<number | undefined> {
  const [row] = await db
    .select({ number: printBatches.number })
    .from(printBatches)
    .where(eq(printBatches.commandId, commandId));
  return row?.number;
}

export async function batchByNumber(db: Db, number: number): Promise<PrintBatchRow | undefined> {
  const [row] = await db.select(WITHOUT_PDF).from(printBatches).where(eq(printBatches.number, number));
  return row;
}

export async function batchPdf(db: Db, number: number): Promise<Uint8Array | undefined> {
  const [row] = await db
    .select({ pdf: printBatches.pdf })
    .from(printBatches)
    .where(eq(printBatches.number, number));
  return row?.pdf;
}

/** The latest first. */
export async function listBatches(db: Db, limit = 50): Promise<PrintBatchRow[]> {
  return db.select(WITHOUT_PDF).from(printBatches).orderBy(desc(printBatches.number)).limit(limit);
}

/** In the order of the batch. */
export async function piecesOf(
  db: Db,
  where: { readonly batch: number } | { readonly keys: readonly string[] } | { readonly certified: string },
): Promise<BatchPiece[]> {
  const one =
    'batch' in where
      ? eq(printPieces.batch, where.batch)
      : 'keys' in where
        ? inArray(printPieces.noticeKey, [...where.keys])
        : eq(printEnvelopes.certified, where.certified);
  if ('keys' in where && where.keys.length === 0) return [];
  return db
    .select({
      ...getTableColumns(printPieces),
      caseNumber: notices.caseNumber,
      kind: notices.kind,
      status: notices.status,
      outOn: notices.outOn,
      toName: printEnvelopes.toName,
      toAddress: printEnvelopes.toAddress,
      certified: printEnvelopes.certified,
    })
    .from(printPieces)
    .innerJoin(notices, eq(notices.key, printPieces.noticeKey))
    .innerJoin(
      printEnvelopes,
      and(eq(printEnvelopes.batch, printPieces.batch), eq(printEnvelopes.number, printPieces.envelope)),
    )
    .where(one)
    .orderBy(asc(printPieces.batch), asc(printPieces.sequence));
}

/** Which of these numbers already belong to another envelope. */
export async function certifiedTaken(
  tx: Tx,
  numbers: readonly string[],
  except: { readonly batch: number; readonly envelope: number } | null,
): Promise<string[]> {
  if (numbers.length === 0) return [];
  const rows = await tx
    .select({ certified: printEnvelopes.certified })
    .from(printEnvelopes)
    .where(
      and(
        isNotNull(printEnvelopes.certified),
        inArray(printEnvelopes.certified, [...numbers]),
        except === null
          ? undefined
          : or(ne(printEnvelopes.batch, except.batch), ne(printEnvelopes.number, except.envelope)),
      ),
    );
  return rows.map(({ certified }) => certified ?? '');
}

/** The number on the envelope's label; false when it had that number already. */
export async function setCertified(
  tx: Tx,
  envelope: { readonly batch: number; readonly envelope: number },
  certified: string,
): Promise<boolean> {
  const rows = await tx
    .update(printEnvelopes)
    .set({ certified })
    .where(
      and(
        eq(printEnvelopes.batch, envelope.batch),
        eq(printEnvelopes.number, envelope.envelope),
        sql`${printEnvelopes.certified} is distinct from ${certified}`,
      ),
    )
    .returning({ number: printEnvelopes.number });
  return rows.length > 0;
}
