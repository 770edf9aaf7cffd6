/** The week's page for the head of the Intervention Department. It names schools, never a child. */
import { addDays, weekday, type IsoDate } from '../../domain/dates.ts';
import { minutesMs } from '../../domain/office-clock.ts';
import {
  weekByKind,
  weekBySchool,
  weekInAll,
  weekMonitors,
  weekOutcomes,
  type WeekCounts,
  type WeekMonitors,
  type WeekOfKind,
  type WeekOfSchool,
  type WeekOutcome,
} from '../../db/stores/call-week.ts';
import { officeClock } from '../office-clock.ts';
import { weekPdf } from '../week-page.ts';
import { allow, callPolicyOf, officeOf, todayOf, type Call } from './context.ts';

export interface CallWeek {
  readonly office: string;
  /** Monday and Sunday. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** The office's date when it was counted: a week that is not over is counted so far. */
  readonly asOf: IsoDate;
  readonly practice: boolean;
  readonly all: WeekCounts;
  readonly byKind: readonly (WeekOfKind & { readonly label: string })[];
  readonly bySchool: readonly WeekOfSchool[];
  readonly outcomes: readonly (WeekOutcome & { readonly label: string })[];
  readonly monitors: WeekMonitors;
}

/** `day`: any day of the week meant; none: the week of the office's own date. */
export async function weekFor(call: Call, day?: IsoDate): Promise<CallWeek> {
  allow(call, 'board.read');
  const { db, caller } = call;
  const office = await officeOf(db);
  const asOf = await todayOf(db);
  const policy = await callPolicyOf(call, db);
  const from = mondayOf(day ?? asOf);
  const span = {
    ...{ from, to: addDays(from, 6), schools: caller.schools },
    minuteMs: minutesMs(officeClock(office, asOf), 1),
  };
  const labelOf = (code: string) => policy.outcomes.find((one) => one.code === code)?.label ?? code;
  const kindLabel = (kind: WeekOfKind['kind']) => policy.kinds[kind].label;
  return {
    office: office.profile?.name ?? office.name,
    ...{ from, to: span.to, asOf, practice: office.practice },
    all: await weekInAll(db, span),
    byKind: (await weekByKind(db, span)).map((one) => ({ ...one, label: kindLabel(one.kind) })),
    bySchool: await weekBySchool(db, span),
    outcomes: (await weekOutcomes(db, span)).map((one) => ({ ...one, label: labelOf(one.outcome) })),
    monitors: await weekMonitors(db, span),
  };
}

export async function weekPdfFor(call: Call, day?: IsoDate): Promise<Uint8Array> {
  return weekPdf(await weekFor(call, day));
}

/** The Monday on or before a date. */
export function mondayOf(date: IsoDate): IsoDate {
  return addDays(date, 1 - weekday(date));
}
