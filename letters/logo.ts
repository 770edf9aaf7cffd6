/** The office's logo as a page takes it, and as an e-mail bears it. */
import type { Db } from '../db/connect.ts';
import { officeLogo } from '../db/stores/logos.ts';
import { logoType, type PrintOptions } from '../templates/index.ts';

export async function letterhead(db: Db): Promise<PrintOptions> {
  const logo = await officeLogo(db);
  return logo === null ? {} : { logo: Buffer.from(logo) };
}

/** The picture itself in a page's address, for a browser that has no e-mail to take it from. */
export function logoInPage({ logo }: PrintOptions): string | undefined {
  return logo && `data:${logoType(logo)};base64,${logo.toString('base64')}`;
}
