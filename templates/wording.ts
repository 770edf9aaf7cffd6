/** The words the law gives to a number of days. 105 ILCS 5/26-2a. */

/** More than 1 % of 180 school days: from above 1.8 days a student is "truant". */
export const TRUANT_ABOVE_DAYS = 1.8;
/** 5 % of 180 regular attendance days: from 9.0 days "chronic or habitual truant". */
export const CHRONIC_FROM_DAYS = 9;

export type TruancyWord = 'truant' | 'chronic or habitual truant';

/** Sums of thirds and sixths of a day end in rounding dust; a ten-thousandth of a day decides nothing. */
const DUST = 1e-4;

/** The strongest word a letter may use for this many unexcused days within 180; null: only "unexcused absences". */
export function truancyWord(unexcusedDays: number): TruancyWord | null {
  if (unexcusedDays >= CHRONIC_FROM_DAYS - DUST) return 'chronic or habitual truant';
  return unexcusedDays > TRUANT_ABOVE_DAYS + DUST ? 'truant' : null;
}

/** Whether two amounts of days are the same but for rounding. */
export function sameDays(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-3;
}
