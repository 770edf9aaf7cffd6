/** What the post did with a letter: its batch, the number on its envelope, and its proof. */
import { standingProof, type MailProof } from '../../domain/mail-proof.ts';
import type { Db } from '../../db/connect.ts';
import { proofsOf } from '../../db/stores/mail-proofs.ts';
import { piecesOf } from '../../db/stores/print-batches.ts';

export interface MailFacts {
  readonly batch: number | null;
  /** Article number of certified mail, digits only. */
  readonly certified: string | null;
  readonly proof: MailProof | null;
}

export const NO_MAIL: MailFacts = { batch: null, certified: null, proof: null };

export async function mailFactsOf(db: Db, keys: readonly string[]): Promise<(key: string) => MailFacts> {
  const [pieces, proofs] = [await piecesOf(db, { keys }), await proofsOf(db, keys)];
  const pieceOf = new Map(pieces.map((one) => [one.noticeKey, one]));
  return (key) => {
    const piece = pieceOf.get(key);
    const standing = standingProof(proofs.filter((one) => one.noticeKey === key));
    return {
      batch: piece?.batch ?? null,
      certified: piece?.certified ?? null,
      proof: standing && { outcome: standing.outcome, on: standing.on, reference: standing.reference },
    };
  };
}
