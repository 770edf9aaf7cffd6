/** What a year really contained, counted by SQL in the records it left: a proof over calm years would prove nothing. */
import { clientFor, closeClient } from '../../db/connect.ts';

export interface LivedThrough {
  /** Marks changed by hand after the fact, and the students they belong to. */
  readonly corrections: number;
  readonly studentsCorrected: number;
  /** Calendar versions after each school's first. */
  readonly calendarChanges: number;
  /** Deadlines of open cases that those moved. */
  readonly deadlinesMoved: number;
  readonly holds: number;
  /** Letters that had to wait, under a hold or because a correction took their basis. */
  readonly lettersParked: number;
  /** Students who changed school, and open cases that went with them. */
  readonly transfers: number;
  readonly casesTransferred: number;
  /** Letters out whose facts or basis a correction put in question. */
  readonly lettersQuestioned: number;
  readonly hearings: number;
  readonly ordersBroken: number;
  /** Office days on which some case wrote something down, and how many entries there are in all. */
  readonly daysWithEntries: number;
  readonly entries: number;
}

const COUNTS = `
with journal as (select distinct case_number, seq, type, office_date from case_journal)
select
  (select count(*) from attendance_marks where by_hand and revision > 1)::int as "corrections",
  (select count(distinct student_id) from attendance_marks where by_hand and revision > 1)::int as "studentsCorrected",
  (select count(*) - count(distinct (scope_kind, scope)) from calendars)::int as "calendarChanges",
  (select count(*) from (select student_id from enrollments group by student_id having count(*) > 1) moved)::int as "transfers",
  (select count(*) from journal where type = 'deadline-moved')::int as "deadlinesMoved",
  (select count(*) from journal where type = 'hold-placed')::int as "holds",
  (select count(*) from journal where type = 'letter-parked')::int as "lettersParked",
  (select count(*) from journal where type = 'transferred')::int as "casesTransferred",
  (select count(*) from journal where type = 'letter-questioned')::int as "lettersQuestioned",
  (select count(*) from journal where type = 'hearing-scheduled')::int as "hearings",
  (select count(*) from journal where type = 'order-broken')::int as "ordersBroken",
  (select count(distinct office_date) from journal)::int as "daysWithEntries",
  (select count(*) from journal)::int as "entries"`;

export async function livedThrough(databaseUrl: string): Promise<LivedThrough> {
  const sql = clientFor(databaseUrl, { max: 1 });
  try {
    const [row] = await sql.unsafe<LivedThrough[]>(COUNTS);
    return row!;
  } finally {
    await closeClient(sql);
  }
}
