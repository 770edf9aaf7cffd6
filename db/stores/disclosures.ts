/** What of a child's record was given out: each production and each fetch is an entry of its own. */
import { and, desc, eq, getTableColumns } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { disclosures } from '../schema/index.ts';
import { causeColumns, type Cause } from './common.ts';

const { pdf: _pdf, ...WITHOUT_PDF } = getTableColumns(disclosures);

export type DisclosureRow = Omit<typeof disclosures.$inferSelect, 'pdf'>;
export type NewDisclosure = Omit<typeof disclosures.$inferInsert, 'id' | 'actor' | 'role' | 'at'>;

export async function enterDisclosure(tx: Tx, given: NewDisclosure, cause: Cause): Promise<DisclosureRow> {
  const [row] = await tx
    .insert(disclosures)
    .values({ ...given, ...causeColumns(cause) })
    .returning(WITHOUT_PDF);
  if (!row) throw new Error('the disclosure could not be entered');
  return row;
}

export async function disclosureOfCommand(db: Db, commandId: string): Promise<DisclosureRow | undefined> {
  const [row] = await db.select(WITHOUT_PDF).from(disclosures).where(eq(disclosures.commandId, commandId));
  return row;
}

/** The latest first. */
export async function disclosuresOf(db: Db, caseNumber: string): Promise<DisclosureRow[]> {
  return db
    .select(WITHOUT_PDF)
    .from(disclosures)
    .where(eq(disclosures.caseNumber, caseNumber))
    .orderBy(desc(disclosures.id));
}

/** A packet as it was given out, with its file; the latest of the case where none is named. */
export async function packetOf(
  db: Db,
  caseNumber: string,
  id?: number,
): Promise<(DisclosureRow & { readonly pdf: Uint8Array }) | undefined> {
  const [row] = await db
    .select()
    .from(disclosures)
    .where(
      and(
        eq(disclosures.caseNumber, caseNumber),
        eq(disclosures.kind, 'court-packet'),
        id === undefined ? undefined : eq(disclosures.id, id),
      ),
    )
    .orderBy(desc(disclosures.id))
    .limit(1);
  return row?.pdf ? { ...row, pdf: row.pdf } : undefined;
}
