/** The cells of an attendance row that carry a number, read strictly: a wrong one makes the row a fault, never a guess. */

/** Why one row cannot be used; its file goes on. */
export class RowError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'RowError';
    this.code = code;
  }
}

const NUMBER = /^\+?\d*[.,]?\d+$|^\d+\.$/;
const RATIO = /^(\d+)\s*\/\s*(\d+)$/;

/** Part of the day missed: `1`, `0.50`, `.5`, `1/3`. Refuses what is not above 0 and at most 1. */
export function readFraction(text: string, field: string): number {
  const ratio = RATIO.exec(text.trim());
  const value = ratio ? Number(ratio[1]) / Number(ratio[2]) : readNumber(text, field);
  if (!(value > 0 && value <= 1)) {
    throw new RowError(
      'BAD_FRACTION',
      `${field}: ${shown(text)} is no part of a day; it must be above 0 and at most 1`,
    );
  }
  return value;
}

/** Minutes missed, above 0 and at most a whole day of 1440. */
export function readMinutes(text: string, field: string): number {
  const value = readNumber(text, field);
  if (!(value > 0 && value <= 1440)) {
    throw new RowError(
      'BAD_MINUTES',
      `${field}: ${shown(text)} is no time missed; it must be above 0 minutes`,
    );
  }
  return value;
}

/** A number with a decimal point or comma. */
export function readNumber(text: string, field: string): number {
  const value = text.trim();
  if (!NUMBER.test(value)) throw new RowError('BAD_NUMBER', `${field}: ${shown(text)} is no number`);
  return Number(value.replace(',', '.'));
}

/** The value for a message: only where it is plainly a number or date. A cell that slipped may hold a name. */
export function shown(text: string): string {
  const value = text.trim();
  return /^[\d\s.,/:+-]{1,20}$/.test(value) ? `"${value}"` : 'the value';
}
