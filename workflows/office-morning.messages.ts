/** The office's morning, as others start and schedule it. */
import type { IsoDate } from '../domain/dates.ts';

export const OFFICE_MORNING = 'officeMorning';

export interface MorningInput {
  /** Office date of a driven office; without it, the day it is when the morning runs. */
  readonly date?: IsoDate | undefined;
}

/** A driven office's morning of a date: its id lets it run once. */
export function morningWorkflowId(date: IsoDate): string {
  return `${OFFICE_MORNING_ID}-${date}`;
}

/** Id of the schedule, and the beginning of its workflows' ids. */
export const OFFICE_MORNING_ID = 'office-morning';

/** Local time at the office: after the cases have woken ({@link WAKING_TIME}), so that what fell due today is told. */
export const MORNING_TIME = { hour: 6, minute: 30 } as const;
