/** A short week of service calls with a worker killed in it; and that each check of the records would see what it is for. */
import { sql, TransactionRollbackError } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { districtWeek } from '../support/district-week.ts';
import { CHECKS, type WeekPlace } from '../support/week-report.ts';

it(
  'two officers, six schools, fourteen calls, a worker killed: the records hold, and the checks can fail',
  { timeout: 300_000 },
  async () => {
    const caught: Record<string, boolean> = {};
    const report = await districtWeek(
      {
        ...{ seed: 7, schools: 6, officers: 2, calls: 14, days: 2, kills: 1 },
        ...{ minuteMs: 100, dayMinutes: 45 },
      },
      async (place) => {
        for (const [what, doctor] of Object.entries(DOCTORED)) caught[what] = await seen(place, doctor);
      },
    );
    const { lost, twoPlaces, passedOver, standing } = report;
    expect({ lost, twoPlaces, passedOver, faults: standing.faults }).toEqual({
      ...{ lost: [], twoPlaces: [], passedOver: [], faults: [] },
    });
    expect(Object.values(report.calls).reduce((all, n) => all + n, 0)).toBe(14);
    expect(report.kills).toBe(1);
    expect(standing.closed).toBeGreaterThan(5);
    expect(caught).toEqual(Object.fromEntries(Object.keys(DOCTORED).map((what) => [what, true])));
  },
);

const stands = async (place: WeekPlace) => (await CHECKS.standing(place)).faults;

/** What would be wrong, put into the records; and the check it is for. */
const DOCTORED: Readonly<
  Record<
    string,
    { readonly by: ReturnType<typeof sql>; readonly sees: (place: WeekPlace) => Promise<readonly string[]> }
  >
> = {
  'an entry of a journal is gone': {
    by: sql`delete from call_journal where (call_number, seq) in (select call_number, 2 from call_journal limit 1)`,
    sees: CHECKS.lost,
  },
  'a call is open in the records whose workflow has ended': {
    by: sql`update service_calls set status = 'open' where number = (select min(number) from service_calls where status = 'closed')`,
    sees: CHECKS.lost,
  },
  'an officer is back an hour later than they left for the next': {
    by: sql`update visits set back_at = back_at + interval '1 hour'`,
    sees: CHECKS.twoPlaces,
  },
  'a priority call has waited since it came': {
    by: sql`
      with first as (select number from service_calls where priority is not null order by opened_at limit 1),
           gone as (delete from record_changes where nth is not null and call in (select number from first)),
           offers as (delete from call_offers where call_number in (select number from first)
                        and not exists (select 1 from visits v where v.call_number = call_offers.call_number))
      update record_changes set seeking = true, status = 'open' where nth is null and call in (select number from first)`,
    sees: CHECKS.passedOver,
  },
  'a step of a closed call was waived without a reason': {
    by: sql`update call_journal set data = data - 'reason' where type = 'step-waived'`,
    sees: stands,
  },
  'a call was closed over a step that was open': {
    by: sql`update call_journal set type = 'step-waived', data = data || '{"reason": "transported to school"}'
             where type = 'step-done' and data ->> 'step' = 'log-note'
               and call_number in (select number from service_calls where outcome = 'transported')`,
    sees: stands,
  },
  'a step of a closed call was never done': {
    by: sql`delete from call_journal where type = 'step-done' and data ->> 'step' = 'log-note'`,
    sees: stands,
  },
};

/** Doctored, looked at, and put back. */
async function seen(
  place: WeekPlace,
  {
    by,
    sees,
  }: { readonly by: ReturnType<typeof sql>; readonly sees: (place: WeekPlace) => Promise<readonly string[]> },
): Promise<boolean> {
  let found = 0;
  await place.db
    .transaction(async (tx) => {
      await tx.execute(by);
      found = (await sees({ ...place, db: tx })).length;
      tx.rollback();
    })
    .catch((error: unknown) => {
      if (!(error instanceof TransactionRollbackError)) throw error;
    });
  return found > 0;
}
