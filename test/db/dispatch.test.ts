/** Who goes where, with a real Postgres and many who ask at once: no officer twice, no lesser call before a priority call. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { dispatch, type Dispatch } from '../../db/stores/dispatch.ts';
import { comeOnDuty, goOffDuty } from '../../db/stores/officer-duty.ts';
import { addOfficer } from '../../db/stores/officers.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { insertCall, offersOf, reserveFor } from '../../db/stores/service-calls.ts';
import type { CallKind } from '../../domain/calls/policy.ts';
import { CLERK, setUpOffice } from '../support/office-records.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const TODAY = '2025-02-12';
const AT = '2025-02-12T15:00:00.000Z';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.freshDatabase();
  await setUpOffice(db);
});

const PRIORITY: Readonly<Record<CallKind, number | null>> = {
  'police-transport': 1,
  'true-refusal': 2,
  'mia-visit': null,
  'address-verification': null,
};

let minute = 0;
/** Each a minute after the one before. */
async function called(
  kind: CallKind,
  more: { school?: string | null; area?: string; goesFrom?: string } = {},
): Promise<string> {
  minute += 1;
  const openedAt = new Date(Date.parse('2025-02-12T10:00:00Z') + minute * 60_000).toISOString();
  const row = await db.transaction((tx) =>
    insertCall(
      tx,
      {
        ...{ kind, openedAt, openedOn: TODAY, policyName: 'p', policyVersion: '1', studentId: null },
        school: more.school === undefined ? 'NORTH-HS' : more.school,
        goesFrom: more.goesFrom ?? TODAY,
        priority: PRIORITY[kind],
        area: more.area ?? null,
        address: null,
        intake: {},
      },
      CLERK,
    ),
  );
  return row.number;
}

async function officer(schools: string[] | null = null, until: string | null = null): Promise<string> {
  return db.transaction(async (tx) => {
    const row = await addOfficer(
      tx,
      { name: 'Test', userId: null, channel: 'radio', reach: null, schools },
      CLERK,
    );
    await comeOnDuty(tx, row.id, '2025-02-12T09:00:00.000Z', CLERK, { until, said: false });
    return row.id;
  });
}

async function run(more: Partial<Dispatch> = {}): Promise<string[]> {
  const made = await dispatch(db, { at: AT, officeDate: TODAY, askAgainMs: 300_000, ...more });
  return made.map((one) => `${one.callNumber} ${one.officer}`);
}

/** As the call's workflow writes it. */
async function ends(call: string, status: string, at = AT): Promise<void> {
  await db.execute(
    sql`update call_offers set status = ${status}, ended_at = ${at}::timestamptz
         where call_number = ${call} and status in ('open', 'accepted')`,
  );
}

describe('the order', () => {
  it('is police, then true refusals, then all others, each by age', async () => {
    const calls = [
      await called('mia-visit'),
      await called('true-refusal'),
      await called('police-transport'),
      await called('true-refusal'),
      await called('police-transport'),
    ];
    const [visit, refusal, police, refusal2, police2] = calls as [string, string, string, string, string];
    const served: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      await officer();
      served.push(...(await run()).map((one) => one.split(' ')[0] ?? ''));
    }
    expect(served).toEqual([police, police2, refusal, refusal2, visit]);
  });

  it('gives nobody what they do not cover; a call of an unknown school is everybody’s', async () => {
    const south = await officer(['SOUTH-HS']);
    const north = await called('police-transport');
    const visit = await called('mia-visit', { school: 'SOUTH-HS' });
    // The priority call waits: this officer could not take it, so the visit may go.
    expect(await run()).toEqual([`${visit} ${south}`]);
    const anywhere = await officer(['SOUTH-HS']);
    const nowhere = await called('police-transport', { school: null });
    expect(await run()).toEqual([`${nowhere} ${anywhere}`]);
    const both = await officer(['NORTH-HS', 'SOUTH-HS']);
    expect(await run()).toEqual([`${north} ${both}`]);
  });

  it('keeps an officer in the area of their last visit, oldest first within it', async () => {
    const first = await called('mia-visit', { area: '61554' });
    const other = await called('address-verification', { area: '61604' });
    const same = await called('address-verification', { area: '61554' });
    const one = await officer();
    const round: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const at = new Date(Date.parse(AT) + n * 3_600_000).toISOString();
      const [made = ''] = await run({ at });
      round.push(made);
      const number = made.split(' ')[0] ?? '';
      await ends(number, 'done', at);
      await db.execute(sql`update service_calls set seeking = false where number = ${number}`);
    }
    expect(round).toEqual([`${first} ${one}`, `${same} ${one}`, `${other} ${one}`]);
  });

  it('leaves a visit of another day alone until its day', async () => {
    const one = await officer();
    const visit = await called('mia-visit', { goesFrom: '2025-02-13' });
    expect(await run()).toEqual([]);
    expect(await run({ officeDate: '2025-02-13' })).toEqual([`${visit} ${one}`]);
  });
});

describe('who could not go', () => {
  it('is passed over for a while; a visit is not offered to them again that day', async () => {
    const [first, second] = [await officer(), await officer()];
    const police = await called('police-transport');
    expect(await run()).toEqual([`${police} ${first}`]);
    await ends(police, 'declined');
    expect(await run()).toEqual([`${police} ${second}`]);
    await ends(police, 'timed-out');
    expect(await run()).toEqual([]);
    // Never dropped: some minutes later the first is asked again.
    const later = new Date(Date.parse(AT) + 301_000).toISOString();
    expect(await run({ at: later })).toHaveLength(1);
    await ends(police, 'done', later);
    await db.execute(sql`update service_calls set seeking = false`);
    const visit = await called('mia-visit');
    await goOff(second);
    const [made] = await run({ at: later });
    expect(made).toBe(`${visit} ${first}`);
    await ends(visit, 'declined', later);
    expect(await run({ at: '2025-02-12T22:00:00.000Z' })).toEqual([]);
    expect(await run({ at: '2025-02-13T15:00:00.000Z', officeDate: '2025-02-13' })).toEqual([
      `${visit} ${first}`,
    ]);
  });

  const goOff = (id: string) => db.transaction((tx) => goOffDuty(tx, id, AT, 'test'));
});

describe('the dispatcher’s own choice', () => {
  it('waits for that officer and goes to nobody else', async () => {
    const [first, second] = [await officer(), await officer()];
    const visit = await called('mia-visit');
    expect(await run()).toEqual([`${visit} ${first}`]);
    const chosen = await called('mia-visit');
    await db.transaction((tx) => reserveFor(tx, chosen, first));
    expect(await run()).toEqual([]);
    await ends(visit, 'done');
    await db.execute(sql`update service_calls set seeking = false where number = ${visit}`);
    expect(await run()).toEqual([`${chosen} ${first}`]);
    expect((await offersOf(db, chosen))[0]?.chosenBy).toBe('dispatcher');
    expect(second).not.toBe(first);
  });
});

describe('duty with a planned end', () => {
  const END = '2025-02-12T21:30:00.000Z';
  const BEFORE = '2025-02-12T21:29:59.999Z';
  const NIGHT = '2025-02-13T04:00:00.000Z';
  const comes = (id: string, at: string, until: string | null, said = false) =>
    db.transaction((tx) => comeOnDuty(tx, id, at, CLERK, { until, said }));
  const spans = async (id: string) =>
    [
      ...(await db.execute<{ from: string; until: string | null; to: string | null }>(sql`
        select to_char(from_at at time zone 'UTC', 'DD HH24:MI') as from, to_char(until_at at time zone 'UTC', 'DD HH24:MI') as until,
               to_char(to_at at time zone 'UTC', 'DD HH24:MI') as to from duty_spans where officer = ${id} order by id`)),
    ].map(({ from, until, to }) => [from, until, to]);

  it('past it an officer is offered nothing new: a police call goes to another', async () => {
    const [forgot, onDuty] = [await officer(null, END), await officer(['SOUTH-HS'])];
    const police = await called('police-transport');
    const elsewhere = await called('police-transport', { school: 'SOUTH-HS' });
    // The first in the order would be theirs; whoever is there takes what they cover, and the other call waits.
    expect(await run({ at: END })).toEqual([`${elsewhere} ${onDuty}`]);
    expect(await run({ at: NIGHT })).toEqual([]);
    expect(await run({ at: BEFORE })).toEqual([`${police} ${forgot}`]);
  });

  it('they keep what they have, and are not asked to give it up for a call they would not be asked for', async () => {
    const one = await officer(null, END);
    const visit = await called('mia-visit');
    expect(await run({ at: BEFORE })).toEqual([`${visit} ${one}`]);
    await called('police-transport');
    expect(await run({ at: END })).toEqual([]);
    const told = async () => (await outboxOf(db, visit)).map((row) => row.payload['type']);
    expect(await told()).toEqual(['offer-made']);
    expect((await offersOf(db, visit)).map((x) => x.status)).toEqual(['open']);
    await run({ at: BEFORE });
    expect(await told()).toEqual(['offer-made', 'give-way']);
  });

  it('a call the dispatcher kept for them waits for them no longer', async () => {
    const [theirs, other] = [await officer(null, END), await officer()];
    const police = await called('police-transport');
    await db.transaction((tx) => reserveFor(tx, police, theirs));
    expect(await run({ at: END })).toEqual([`${police} ${other}`]);
    expect((await offersOf(db, police))[0]?.chosenBy).toBe('order');
  });

  it('is moved by whoever says so; said anew after it, duty begins again and the old ends as planned', async () => {
    const one = await officer(null, END);
    expect(await comes(one, BEFORE, null)).toEqual({ changed: false, until: END });
    const later = '2025-02-12T23:00:00.000Z';
    expect(await comes(one, BEFORE, later, true)).toEqual({ changed: true, until: later });
    expect(await comes(one, NIGHT, null)).toEqual({ changed: true, until: null });
    expect(await spans(one)).toEqual([
      ['12 09:00', '12 23:00', '12 23:00'],
      ['13 04:00', null, null],
    ]);
    const police = await called('police-transport');
    expect(await run({ at: NIGHT })).toEqual([`${police} ${one}`]);
  });
});

describe('a waiting priority call', () => {
  it('asks an unanswered offer of a lesser call to give way, once; an accepted one stays', async () => {
    const [first, second] = [await officer(), await officer()];
    const [one, two] = [await called('mia-visit'), await called('mia-visit')];
    expect(await run()).toEqual([`${one} ${first}`, `${two} ${second}`]);
    await db.execute(sql`update call_offers set status = 'accepted' where call_number = ${one}`);
    await called('police-transport');
    expect(await run()).toEqual([]);
    expect(await run()).toEqual([]);
    const told = async (number: string) => (await outboxOf(db, number)).map((row) => row.payload['type']);
    expect(await told(one)).toEqual(['offer-made']);
    expect(await told(two)).toEqual(['offer-made', 'give-way']);
  });

  it('kept for one officer asks that one’s offer to give way, and nobody else’s', async () => {
    const [first, second] = [await officer(), await officer()];
    const [one, two] = [await called('mia-visit'), await called('mia-visit')];
    expect(await run()).toEqual([`${one} ${first}`, `${two} ${second}`]);
    const police = await called('police-transport');
    await db.transaction((tx) => reserveFor(tx, police, first));
    expect(await run()).toEqual([]);
    const told = async (number: string) => (await outboxOf(db, number)).map((row) => row.payload['type']);
    expect(await told(one)).toEqual(['offer-made', 'give-way']);
    expect(await told(two)).toEqual(['offer-made']);
  });
});

describe('many who ask at once', () => {
  it('no officer has two offers, no call two officers, and no priority call is passed over', async () => {
    const officers: string[] = [];
    for (let n = 0; n < 6; n += 1) officers.push(await officer(n % 3 === 0 ? ['NORTH-HS'] : null));
    const kinds: CallKind[] = ['mia-visit', 'address-verification', 'true-refusal', 'police-transport'];
    const calls: string[] = [];
    let served = 0;
    for (let round = 0; round < 12; round += 1) {
      // New calls come in, officers come back, and everybody asks, all at the same time.
      const asks = Array.from({ length: 8 }, () => run());
      const comes = Array.from({ length: 3 }, (_, n) =>
        called(kinds[(round + n) % 4] ?? 'mia-visit', { school: n % 2 === 0 ? 'NORTH-HS' : 'SOUTH-HS' }),
      );
      calls.push(...(await Promise.all(comes)));
      await Promise.all(asks);
      await run();
      const live = await db.execute<{ officer: string; call_number: string; priority: number | null }>(
        sql`select x.officer, x.call_number, c.priority from call_offers x join service_calls c on c.number = x.call_number
             where x.status in ('open', 'accepted')`,
      );
      expect(new Set(live.map((row) => row.officer)).size).toBe(live.length);
      expect(new Set(live.map((row) => row.call_number)).size).toBe(live.length);
      // Whoever is free could take none of the calls that wait.
      const idle = await db.execute<{ n: number }>(sql`
        select count(*)::int as n from service_calls c, officers o
         where c.status = 'open' and c.seeking
           and not exists (select 1 from call_offers x where x.call_number = c.number and x.status in ('open', 'accepted'))
           and not exists (select 1 from call_offers x where x.officer = o.id and x.status in ('open', 'accepted'))
           and (o.all_schools or exists (select 1 from officer_schools s where s.officer = o.id and s.school = c.school))`);
      expect(idle[0]?.n).toBe(0);
      // Half of them come back.
      for (const row of live.filter((_, n) => n % 2 === 0)) {
        await ends(row.call_number, 'done');
        await db.execute(sql`update service_calls set seeking = false where number = ${row.call_number}`);
        served += 1;
      }
    }
    expect(served).toBeGreaterThan(20);
    // Each offer was made at a moment at which no call before it in the order could have had that officer.
    const passedOver = await db.execute<{ n: number }>(sql`
      select count(*)::int as n
        from call_offers x
        join service_calls c on c.number = x.call_number and c.priority is null
        join service_calls p on p.priority is not null and p.at < c.at
        join officers o on o.id = x.officer
       where not exists (select 1 from call_offers y where y.call_number = p.number)
         and (o.all_schools or exists (select 1 from officer_schools s where s.officer = o.id and s.school = p.school))`);
    expect(passedOver[0]?.n).toBe(0);
  });
});
