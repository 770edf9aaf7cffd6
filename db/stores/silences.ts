/** Schools of which nothing arrives: found, told once a stretch to the school and the Case Manager, and over again. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { knownUpTo, silenceNews, type Coverage, type SchoolKnown } from '../../domain/coverage.ts';
import { addDays, shortDate, type IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { silences, tasks } from '../schema/index.ts';
import { asTexts, now, rowsOf, serialise } from './common.ts';
import { addTask } from './tasks.ts';

export const SILENT_SCHOOL = 'silent-school';

export interface KnownSchool extends SchoolKnown {
  readonly school: string;
}

/** What is known of each school (of all, where none are named), by code: one question to the records. */
export async function schoolsKnown(db: Db, schools?: readonly string[]): Promise<KnownSchool[]> {
  const rows = await rowsOf<{
    school: string;
    calendar: SchoolCalendar | null;
    coverage: Coverage;
    attended: boolean;
    since: IsoDate | null;
    toldOn: IsoDate | null;
  }>(
    db,
    sql`
      select s.code as school,
             coalesce(
               (select value from calendars where scope_kind = 'school' and scope = s.code
                 order by version desc limit 1),
               (select value from calendars where scope_kind = 'district' and scope = s.district
                 order by version desc limit 1)) as calendar,
             coalesce(
               (select jsonb_agg(jsonb_build_object('from', from_date, 'to', to_date) order by from_date)
                  from coverage where school = s.code), '[]') as coverage,
             (exists (select 1 from enrollments e where e.school = s.code and e.to_date is null)
               or exists (select 1 from cases c where c.school = s.code and c.status = 'open')) as attended,
             q.since, q.told_on as "toldOn"
        from schools s
        left join silences q on q.school = s.code and q.ended_on is null
       ${schools === undefined ? sql`` : sql`where s.code = any(${asTexts(schools)})`}
       order by s.code`,
  );
  return rows.map(({ since, toldOn, ...known }) => ({
    ...known,
    told: since === null || toldOn === null ? null : { since, on: toldOn },
  }));
}

/** Schools of which there is something to say on a morning: today's file may still come, so yesterday is the last day. */
export async function schoolsWithNews(db: Db, date: IsoDate, tellAfter: number): Promise<string[]> {
  return (await schoolsKnown(db))
    .filter((one) => silenceNews(one, addDays(date, -1), tellAfter) !== null)
    .map((one) => one.school);
}

/**
 * Says it, if it still is so: tasks for the school and the Case Manager when it has fallen silent, off their worklists when
 * the silence is over. Locks: the school's coverage (advisory), so that a file arriving meanwhile is seen or comes after.
 */
export async function tellOfSilence(
  tx: Tx,
  school: string,
  date: IsoDate,
  tellAfter: number,
): Promise<'silent' | 'over' | null> {
  await serialise(tx, `coverage/${school}`);
  const [known] = await schoolsKnown(tx, [school]);
  const news = known && silenceNews(known, addDays(date, -1), tellAfter);
  if (!known || !news) return null;
  if (news.kind === 'over') {
    await end(tx, school, date);
    return 'over';
  }
  const { since, schoolDays } = news.silence;
  const upTo = knownUpTo(known.coverage);
  await tx
    .insert(silences)
    .values({ school, since, toldOn: date, at: now() })
    .onConflictDoUpdate({
      target: [silences.school, silences.since],
      set: { toldOn: date, endedOn: null, at: now() },
    });
  for (const role of ['school', 'case-manager']) {
    await addTask(tx, {
      key: `silence/${school}/${since}/${date}/${role}`,
      kind: SILENT_SCHOOL,
      school,
      role,
      textCode: 'ATTENDANCE_DOES_NOT_ARRIVE',
      details: { since, schoolDays, knownUpTo: upTo, sentence: sentenceOf(school, since, upTo) },
      createdOn: date,
    });
  }
  return 'silent';
}

function sentenceOf(school: string, since: IsoDate, upTo: IsoDate | null): string {
  if (upTo === null)
    return `Nothing has ever arrived of ${school}; it has had school since ${shortDate(since)}.`;
  return upTo < since
    ? `No attendance of ${school} has arrived since ${shortDate(since)}; it is known up to ${shortDate(upTo)}.`
    : `School days of ${school} from ${shortDate(since)} on are missing in between.`;
}

/** Attendance of these schools has arrived: silences of which no day is missing any more are over at once. */
export async function endSilences(tx: Tx, schools: readonly string[], date: IsoDate): Promise<string[]> {
  const open = await rowsOf<{ school: string }>(
    tx,
    sql`
      select school from silences
       where ended_on is null and school = any(${asTexts(schools)}) order by school`,
  );
  if (open.length === 0) return [];
  const ended: string[] = [];
  for (const known of await schoolsKnown(
    tx,
    open.map((one) => one.school),
  )) {
    // No school is told of here, whatever is missing: that is the morning's to say.
    if (silenceNews(known, addDays(date, -1), Number.POSITIVE_INFINITY)?.kind !== 'over') continue;
    await end(tx, known.school, date);
    ended.push(known.school);
  }
  return ended;
}

async function end(tx: Tx, school: string, date: IsoDate): Promise<void> {
  await tx
    .update(silences)
    .set({ endedOn: date })
    .where(and(eq(silences.school, school), isNull(silences.endedOn)));
  await tx
    .update(tasks)
    .set({ doneAt: now(), doneBy: 'coverage', doneNote: 'its attendance has arrived' })
    .where(and(eq(tasks.kind, SILENT_SCHOOL), eq(tasks.school, school), isNull(tasks.doneAt)));
}
