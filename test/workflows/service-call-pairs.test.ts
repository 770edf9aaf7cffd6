/** Hazard notes and pairs: what is known of an address is told before leaving, and two officers go where the policy asks. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../../client/failures.ts';
import { hazardsFor, noteHazard, retireHazard } from '../../client/services/hazards.ts';
import { showCall } from '../../client/services/calls.ts';
import { officerStandings } from '../../db/stores/officers.ts';
import { visitsOf } from '../../db/stores/service-calls.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { station, type Station, type TestCall } from '../support/call-story.ts';

let harness: Harness;
let here: Station;
beforeAll(async () => {
  harness = await startHarness();
  here = await station(harness);
});
afterAll(() => harness.stop());
beforeEach(() => here.morning());
afterEach(async () => {
  await here.empty();
  for (const one of await hazardsFor(here.call)) await retireHazard(here.call, one.id, 'end of the story');
});

const HOME: PostalAddress = { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
const DOG = 'loose dog in the yard';

const tasksOf = async (one: TestCall) =>
  (await listTasks(harness.db, { caseNumber: one.number })).map((task) => `${task.role} ${task.textCode}`);
const standings = async () =>
  new Map((await officerStandings(harness.db)).map((one) => [one.id, one.standing]));

async function refusalOf(work: Promise<unknown>): Promise<Refused['refusal']> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof Refused)) throw new Error(`not refused: ${String(error)}`);
  return error.refusal;
}

/** Who is asked for what, as the call has it. */
async function asked(one: TestCall): Promise<{ lead: string; second: string | undefined }> {
  const offers = (await one.state()).offers.filter((offer) => ['open', 'accepted'].includes(offer.status));
  const lead = offers.find((offer) => offer.part !== 2)?.officer;
  if (lead === undefined) throw new Error('nobody is asked');
  return { lead, second: offers.find((offer) => offer.part === 2)?.officer };
}

async function leave(one: TestCall, officer: string): Promise<void> {
  await one.ask({ type: 'arrive', officer });
  await one.ask({ type: 'record-step', officer, step: 'home-visit', note: 'Spoke at the door.' });
  await one.ask({ type: 'leave', officer });
}

describe('a hazard note', () => {
  it('finds its address in every spelling, stands once, and is retired with a reason, not deleted', async () => {
    const first = await noteHazard(here.call, { address: HOME, note: DOG });
    const spelt = { ...HOME, lines: ['12  COURT street'], postalCode: '61554-0012' };
    const again = await noteHazard(here.call, { address: spelt, note: DOG });
    expect([first.added, again.added, again.id]).toEqual([true, false, first.id]);
    await retireHazard(here.call, first.id, 'the dog is gone');
    expect(await hazardsFor(here.call)).toEqual([]);
    expect((await hazardsFor(here.call, { ended: true })).at(-1)).toMatchObject({
      note: DOG,
      ended: { reason: 'the dog is gone', by: 'U-disp' },
    });
  });

  it('is told to officers and the dispatcher, to no school', async () => {
    await noteHazard(here.call, { address: HOME, note: DOG });
    const one = await here.open('true-refusal', { address: HOME });
    await one.until('call-begun');
    expect((await showCall(here.call, one.number)).hazards).toEqual([DOG]);
    const school = { ...here.call, caller: { id: 'U-school', role: 'school', schools: ['NORTH-HS'] } };
    expect((await showCall(school, one.number)).hazards).toEqual([]);
    await expect(hazardsFor(school)).rejects.toThrow(/may not do this/);
  });
});

describe('a call to an address with a hazard note', () => {
  it('is offered to two; nobody leaves before both have accepted, and both are back together', async () => {
    await noteHazard(here.call, { address: HOME, note: DOG });
    const officers = [await here.officer(), await here.officer()];
    for (const officer of officers) await here.onDuty(officer);
    const one = await here.open('true-refusal', { address: HOME });
    await one.until('offer-made', 2);
    await expect.poll(async () => (await asked(one)).second).toBeDefined();
    const { lead, second = '' } = await asked(one);
    expect([lead, second].sort()).toEqual([...officers].sort());

    const accepted = await one.ask({ type: 'accept-offer', officer: lead });
    expect([accepted.done, accepted.hazards]).toEqual([`Officer ${lead} has the call.`, [DOG]]);
    expect(await refusalOf(one.ask({ type: 'start-visit', officer: lead }))).toMatchObject({
      code: 'PAIR_NEEDED',
      details: { second },
    });
    expect((await one.ask({ type: 'accept-offer', officer: second })).done).toBe(
      `Officer ${second} goes along.`,
    );
    // Whoever goes along does not have the call.
    expect((await one.state()).officer).toBe(lead);
    expect(await refusalOf(one.ask({ type: 'start-visit', officer: second }))).toMatchObject({
      code: 'NOT_THEIR_CALL',
    });
    const started = await one.ask({ type: 'start-visit', officer: lead });
    expect([started.done, started.hazards]).toEqual([
      `On the way with officer ${second}; expected back within 60 minutes.`,
      [DOG],
    ]);
    await expect.poll(async () => (await standings()).get(second)).toBe('out');
    await leave(one, lead);
    const visits = await visitsOf(harness.db, one.number);
    expect(visits.map((visit) => [visit.officer, visit.arrivedAt !== null, visit.backAt !== null])).toEqual([
      [lead, true, true],
      [second, true, true],
    ]);
    expect([(await standings()).get(lead), (await standings()).get(second)]).toEqual(['free', 'free']);
    // The rest of the checklist stays with whoever led.
    await one.ask({ type: 'record-step', officer: lead, step: 'ask-ct' });
  });

  it('with one officer on duty is the dispatcher’s to settle: find a second, or let one go alone', async () => {
    await noteHazard(here.call, { address: HOME, note: DOG });
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('true-refusal', { address: HOME });
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    await expect.poll(() => tasksOf(one)).toContain('dispatcher FIND_A_SECOND_OFFICER');
    expect((await one.row()).flags).toContain('second-officer-needed');
    expect(await refusalOf(one.ask({ type: 'start-visit', officer }))).toMatchObject({ code: 'PAIR_NEEDED' });
    await one.ask({ type: 'go-alone', reason: 'the dog is locked up' });
    await expect.poll(() => tasksOf(one)).toEqual([]);
    await one.ask({ type: 'start-visit', officer });
    await leave(one, officer);
    expect((await one.row()).stage).toBe('steps');
  });

  it('asks somebody else to go along when the second cannot', async () => {
    await noteHazard(here.call, { address: HOME, note: DOG });
    const [first, second] = [await here.officer(), await here.officer()];
    await here.onDuty(first);
    await here.onDuty(second);
    const one = await here.open('true-refusal', { address: HOME });
    await expect.poll(async () => (await one.until('offer-made', 2)).length).toBe(2);
    await expect.poll(async () => (await asked(one)).second).toBeDefined();
    const { lead, second: along = '' } = await asked(one);
    await one.ask({ type: 'accept-offer', officer: lead });
    await one.ask({ type: 'accept-offer', officer: along });
    const third = await here.officer();
    await here.onDuty(third);
    await here.offDuty(along, 'car broke down');
    await one.until('offer-made', 3);
    await expect.poll(async () => (await asked(one)).second).toBe(third);
    expect((await one.state()).officer).toBe(lead);
    await one.ask({ type: 'accept-offer', officer: third });
    await one.ask({ type: 'start-visit', officer: lead });
    await one.ask({ type: 'reassign-call', reason: 'both are needed elsewhere' });
    await expect
      .poll(async () => (await visitsOf(harness.db, one.number)).filter((visit) => visit.backAt === null))
      .toEqual([]);
  });

  it('that nobody leads any more frees the second, who may lead themselves', async () => {
    await noteHazard(here.call, { address: HOME, note: DOG });
    for (const officer of [await here.officer(), await here.officer()]) await here.onDuty(officer);
    const one = await here.open('true-refusal', { address: HOME });
    await one.until('offer-made', 2);
    await expect.poll(async () => (await asked(one)).second).toBeDefined();
    const { lead, second = '' } = await asked(one);
    await one.ask({ type: 'accept-offer', officer: second });
    await one.ask({ type: 'decline-offer', officer: lead, reason: 'in court this morning' });
    await one.until('offer-made', 3);
    await expect.poll(async () => (await asked(one)).lead).toBe(second);
    const { offers } = await one.state();
    expect(offers.map((offer) => [offer.officer, offer.status, offer.part ?? 1])).toEqual([
      [lead, 'declined', 1],
      [second, 'withdrawn', 2],
      [second, 'open', 1],
    ]);
  });

  it('that was open before the note learns of it', async () => {
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('true-refusal', { address: HOME });
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    const noted = await noteHazard(here.call, { call: one.number, note: DOG });
    expect(noted.calls).toEqual([one.number]);
    await one.until('pair-needed');
    expect(await refusalOf(one.ask({ type: 'start-visit', officer }))).toMatchObject({ code: 'PAIR_NEEDED' });
    const colleague = await here.officer();
    await here.onDuty(colleague);
    await expect.poll(async () => (await asked(one)).second, { timeout: 10_000 }).toBe(colleague);
  });
});

describe('the times of a visit', () => {
  it('that cannot be, or lie on a day without school, are flagged for the dispatcher, not refused', async () => {
    // Presidents' Day.
    await here.morning('2025-02-17');
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('police-transport');
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    const opened = Date.parse((await one.row()).openedAt);
    const later = (ms: number) => new Date(opened + ms).toISOString();
    await one.ask({ type: 'start-visit', officer, at: later(40) });
    await one.ask({ type: 'arrive', officer, at: later(20) });
    await one.ask({ type: 'record-step', officer, step: 'transport', note: 'There was no school.' });
    await one.ask({ type: 'leave', officer });
    const { visits } = await showCall(here.call, one.number);
    expect(visits[0]?.flagged).toEqual(['times-out-of-order', 'no-school-that-day']);
    expect(await tasksOf(one)).toContain('dispatcher LOOK_AT_THE_TIMES_OF_A_VISIT');
  });
});
