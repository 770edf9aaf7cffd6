/** One e-mail address, checked strictly: a letter about a child goes to exactly this mailbox or to none. */

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * The address, trimmed, or why it is none. Line breaks, commas, semicolons, quoted or commented forms and several addresses
 * are refused: mail software reads more recipients, or headers, out of them.
 */
export function checkEmail(text: string): { readonly email: string } | { readonly fault: string } {
  // Only blanks around it are harmless; a line break anywhere is an attempt at a header, or a damaged cell.
  const email = text.replace(/^[ \t]+|[ \t]+$/g, '');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(email)) return { fault: 'holds a line break or control character' };
  if (/[,;]/.test(email)) return { fault: 'holds a comma or semicolon: give one address' };
  if (/[\s<>()"[\]\\:]/.test(email)) return { fault: 'is not a plain address such as name@example.org' };
  if (email.length > 254) return { fault: 'is too long' };
  const parts = email.split('@');
  const [local = '', domain = ''] = parts;
  if (parts.length !== 2) return { fault: 'is not one address with one @' };
  const labels = domain.split('.');
  if (local.length > 64 || !LOCAL.test(local)) return { fault: 'has a wrong part before the @' };
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? '')) {
    return { fault: 'has a wrong part after the @' };
  }
  return { email };
}
