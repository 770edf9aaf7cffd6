/** Letters that go into one envelope, or lie beside each other: siblings of one home stay separate letters. */
import type { PostalAddress } from './records.ts';

/**
 * Same home, same key, whatever the blanks, capitals and the four digits after a ZIP code. Keys sort as the post
 * office wants its letters: by postal code, then by place and street.
 */
export function envelopeKey(address: PostalAddress): string {
  const { lines, city, state, postalCode } = address;
  const zip = tidy(postalCode).replace(/^(\d{5})-?\d{4}$/, '$1');
  return [zip, state, city, ...lines].map(tidy).join('|');
}

function tidy(part: string): string {
  return part.trim().toLowerCase().replace(/\s+/g, ' ');
}
