/**
 * Article numbers of accountable mail: 20 digits on a certified label (7020 …), 22 on a barcode of the postal
 * service's newer kind (9407 …). The last digit checks the others. [USPS, Publication 199: Mod 10 check digit]
 */

/** Without the blanks and hyphens people type. */
export function articleDigits(written: string): string {
  return written.replace(/[\s-]+/g, '');
}

/** From the right the digits weigh 3, 1, 3, 1 …; the check digit brings the sum to a multiple of ten. */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}

/** Why it cannot be an article number; null when it can. The number itself is never part of the answer. */
export function articleNumberFault(written: string): string | null {
  const digits = articleDigits(written);
  if (!/^\d+$/.test(digits)) return 'has something other than digits in it';
  if (digits.length !== 20 && digits.length !== 22) {
    return `has ${digits.length} digits; an article number has 20 or 22`;
  }
  if (digits.length === 22 && !/^9[1-5]/.test(digits)) return 'with 22 digits must begin with 91 to 95';
  return checkDigit(digits.slice(0, -1)) === digits.slice(-1)
    ? null
    : 'its last digit does not fit the others: a digit was mistyped';
}

/** The number on the next label of a roll: one more, with its own check digit. */
export function nextArticleNumber(digits: string): string {
  const serial = (BigInt(digits.slice(0, -1)) + 1n).toString().padStart(digits.length - 1, '0');
  return serial + checkDigit(serial);
}

/** `7020 0640 0001 1234 5670`, as it stands on the label. */
export function spelledArticleNumber(digits: string): string {
  return digits.replace(/(\d{4})(?=\d)/g, '$1 ');
}
