/** An office's logo, for the letterhead of a print and of an e-mail: a PNG or JPEG, small enough to be in every letter. */
import { InputFault } from '../../domain/refusal.ts';

export const LOGO_MAX_BYTES = 200_000;

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
/** In a PNG's header: 1 where its rows come interlaced, which the print cannot draw. */
const INTERLACE_BYTE = 28;

/** Refuses with `LOGO_BAD` what no letterhead can carry. */
export function checkLogo(image: Buffer): void {
  if (image.length > LOGO_MAX_BYTES) bad(`is larger than ${LOGO_MAX_BYTES / 1000} kB; save it smaller`);
  const isPng = image.subarray(0, PNG.length).equals(PNG);
  if (!isPng && !image.subarray(0, JPEG.length).equals(JPEG)) bad('is no PNG or JPEG');
  if (isPng && image[INTERLACE_BYTE] === 1) bad('is an interlaced PNG; save it without interlacing');
}

/** Its media type. */
export function logoType(image: Buffer): 'image/png' | 'image/jpeg' {
  return image.subarray(0, PNG.length).equals(PNG) ? 'image/png' : 'image/jpeg';
}

function bad(what: string): never {
  throw new InputFault('LOGO_BAD', `the logo ${what}`);
}
