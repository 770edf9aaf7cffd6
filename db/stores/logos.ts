/** The office's logo: read when a page is drawn, and by nobody else. */
import { sql } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { officeLogos } from '../schema/index.ts';
import { firstOf, now } from './common.ts';

export async function officeLogo(db: Db): Promise<Uint8Array | null> {
  const [row] = await db.select({ image: officeLogos.image }).from(officeLogos).limit(1);
  return row?.image ?? null;
}

/** Its size, without reading it; null where there is none. */
export async function logoBytes(db: Db): Promise<number | null> {
  const row = await firstOf<{ size: number }>(
    db,
    sql`select octet_length(image) as size from office_logos limit 1`,
  );
  return row?.size ?? null;
}

/** Null takes it away. Letters that have left keep what they showed. */
export async function keepLogo(db: Db, office: string, image: Uint8Array | null): Promise<void> {
  await db.delete(officeLogos);
  if (image !== null) await db.insert(officeLogos).values({ office, image, updatedAt: now() });
}
