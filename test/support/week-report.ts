/** A week afterwards, from the records: what it was, and what each check says of it. */
import type { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import type { Db } from '../../db/connect.ts';
import { rowsOf } from '../../db/stores/common.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { CALL_RULES } from './call-story.ts';
import { atTwoPlaces, howTheyStand, lostCalls, passedOver, type Standing } from './week-checks.ts';

export interface WeekReport {
  readonly calls: Readonly<Record<string, number>>;
  readonly refusedAtTheDoor: number;
  readonly closures: number;
  readonly kills: number;
  readonly offDutyInTheMiddle: number;
  /** Offers, by how they ended. */
  readonly offers: Readonly<Record<string, number>>;
  readonly visits: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Commands refused because something else had come before, by code. */
  readonly cameTooLate: Readonly<Record<string, number>>;
  readonly medianMinutesToArrival: Readonly<Record<string, number>>;
  readonly standing: Standing;
  readonly lost: readonly string[];
  readonly twoPlaces: readonly string[];
  readonly passedOver: readonly string[];
}

/** What the checks are asked of, while it still stands. */
export interface WeekPlace {
  readonly db: Db;
  readonly client: Client;
  readonly opened: readonly string[];
  readonly lastDay: IsoDate;
  readonly askAgainMs: number;
  readonly marginMs: number;
}

/** What nobody can read off the records afterwards. */
export interface Lived {
  readonly refusedAtTheDoor: number;
  readonly closures: number;
  readonly kills: number;
  readonly brokenOff: number;
  readonly tooLate: Readonly<Record<string, number>>;
  readonly minuteMs: number;
}

export async function reported(place: WeekPlace, week: Lived): Promise<WeekReport> {
  const { db } = place;
  const counted = async (rows: ReturnType<typeof sql>) =>
    Object.fromEntries(
      (await rowsOf<{ what: string; n: number }>(db, rows)).map(({ what, n }) => [what, n] as const),
    );
  return {
    calls: await counted(
      sql`select kind as what, count(*)::int as n from service_calls group by 1 order by 1`,
    ),
    refusedAtTheDoor: week.refusedAtTheDoor,
    closures: week.closures,
    kills: week.kills,
    offDutyInTheMiddle: week.brokenOff,
    offers: await counted(
      sql`select status as what, count(*)::int as n from call_offers group by 1 order by 1`,
    ),
    visits: (await rowsOf(db, sql`select 1 from visits`)).length,
    outcomes: await counted(
      sql`select outcome as what, count(*)::int as n from service_calls where outcome is not null group by 1 order by 2 desc`,
    ),
    cameTooLate: week.tooLate,
    medianMinutesToArrival: await counted(sql`
      select c.kind as what, round(percentile_cont(0.5) within group (
               order by extract(epoch from v.arrived_at - c.opened_at) * 1000 / ${week.minuteMs}))::int as n
        from service_calls c
        join lateral (select min(arrived_at) as arrived_at from visits where call_number = c.number) v
          on v.arrived_at is not null
       where c.priority is not null group by 1 order by 1`),
    standing: await CHECKS.standing(place),
    lost: await CHECKS.lost(place),
    twoPlaces: await CHECKS.twoPlaces(place),
    passedOver: await CHECKS.passedOver(place),
  };
}

/** Each check, of the records as they are now. */
export const CHECKS = {
  standing: ({ db, lastDay }: WeekPlace) => howTheyStand(db, CALL_RULES, lastDay),
  lost: ({ db, client, opened }: WeekPlace) => lostCalls(db, client, opened),
  twoPlaces: ({ db }: WeekPlace) => atTwoPlaces(db),
  passedOver: ({ db, askAgainMs: again, marginMs }: WeekPlace) => passedOver(db, again, marginMs),
};

/** For people: what the week was, and what the records say of it. */
export function weekTable(report: WeekReport): string {
  const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((all, n) => all + n, 0);
  const line = (name: string, n: number) => `  ${name.padEnd(56)}${String(n).padStart(6)}`;
  const lines = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([name, n]) => line(name, n));
  const { standing } = report;
  return [
    line('CALLS', sum(report.calls)),
    ...lines(report.calls),
    line('refused at the door of a closed school', report.refusedAtTheDoor),
    line('schools closed on a morning', report.closures),
    line('workers killed with -9', report.kills),
    line('officers off duty in the middle of a visit', report.offDutyInTheMiddle),
    line('OFFERS', sum(report.offers)),
    ...lines(report.offers),
    line('VISITS', report.visits),
    line('commands that something else had come before', sum(report.cameTooLate)),
    ...lines(report.cameTooLate),
    'Median minutes from a priority call to an arrival',
    ...lines(report.medianMinutesToArrival),
    line('CLOSED', standing.closed),
    ...lines(report.outcomes),
    line('steps done', standing.stepsDone),
    line('steps waived, each with its reason', standing.stepsWaived),
    line('CARRIED OVER', sum(standing.carriedOver)),
    ...lines(standing.carriedOver),
    'From the records',
    line('calls lost', report.lost.length),
    line('officers at two places', report.twoPlaces.length),
    line('lesser calls before a waiting priority call', report.passedOver.length),
    line('closed without a full checklist, or open without a reason', standing.faults.length),
  ].join('\n');
}
