/** The hour it is at the office. */
import type { Db } from '../../db/connect.ts';
import { officeOf } from './context.ts';

/**
 * Local time, `HH:MM`. A driven office has dates but no hours: what is done on its day counts as done in the evening, after
 * any cut-off, so that a rehearsal (which has no hours either) agrees with it.
 */
export async function localTime(db: Db, clock: Date = new Date()): Promise<string> {
  const { drivenToday, zone } = await officeOf(db);
  if (drivenToday !== null) return EVENING;
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(clock);
}

const EVENING = '23:59';
