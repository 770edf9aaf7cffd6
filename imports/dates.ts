/** Dates as student systems write them. Reading only what can mean one day: never a guess. */
import { isIsoDate, type IsoDate } from '../domain/dates.ts';

const ISO_WITH_TIME = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const MONTH_FIRST = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?)?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;

/** What {@link readDate} reads, for messages. */
export const DATE_FORMS = 'write it as YYYY-MM-DD or m/d/yyyy';

/**
 * `2022-03-01`, `3/1/2022`, `20220301`, each also with a local time. Undefined for anything else: a two-digit year, a
 * time with a zone (its local day may be another one), a day that does not exist.
 */
export function readDate(text: string): IsoDate | undefined {
  const value = text.trim();
  if (isIsoDate(value)) return value;
  const withTime = ISO_WITH_TIME.exec(value)?.[1];
  if (withTime !== undefined) return isIsoDate(withTime) ? withTime : undefined;
  const us = MONTH_FIRST.exec(value);
  if (us) return existing(us[3], us[1], us[2]);
  const compact = COMPACT.exec(value);
  if (compact) return existing(compact[1], compact[2], compact[3]);
  return undefined;
}

function existing(year = '', month = '', day = ''): IsoDate | undefined {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isIsoDate(date) ? date : undefined;
}
