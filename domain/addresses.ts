/** When two postal addresses are one: of one home's letter, of one envelope, of a hazard note. */
import type { PostalAddress } from './records.ts';

/**
 * Same home, same key, whatever the blanks, empty lines, capitals and the four digits after a ZIP code. Keys sort as the post
 * office wants its letters: by postal code, then by place and street.
 */
export function addressKey(address: PostalAddress): string {
  const { lines, city, state, postalCode } = address;
  const zip = tidy(postalCode).replace(/^(\d{5})-?\d{4}$/, '$1');
  return [zip, state, city, ...lines]
    .map(tidy)
    .filter((part) => part !== '')
    .join('|');
}

function tidy(part: string): string {
  return part.trim().toLowerCase().replace(/\s+/g, ' ');
}
