/** CSV for spreadsheets: commas and quotes kept apart, and no cell that a spreadsheet would run as a formula. */

/** RFC 4180: lines end in CRLF. */
export function csvText(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** A name such as `=HYPERLINK(…)` or `-2+3` gets an apostrophe before it, which spreadsheets read as "this is text". */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
