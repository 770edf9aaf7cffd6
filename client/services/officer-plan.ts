/** An officer's day: the call they have, what waits for them in its order, papers they owe, the monitors they watch. */
import type { IsoDate } from '../../domain/dates.ts';
import { hazardsAt } from '../../db/stores/hazards.ts';
import { listMonitors } from '../../db/stores/monitors.ts';
import { plannedCalls, type PlannedCall } from '../../db/stores/officer-plan.ts';
import { allow, callPolicyOf, todayOf, type Call } from './context.ts';
import { officerFor, officersFor, type OfficerShown } from './officers.ts';

export interface PlannedVisit extends Omit<PlannedCall, 'address'> {
  /** As the policy calls the kind. */
  readonly label: string;
  /** Notes on its address, to be read before leaving (`call show`). */
  readonly hazards: number;
}

export interface OfficerPlan {
  readonly officer: string;
  readonly date: IsoDate;
  readonly standing: OfficerShown['standing'];
  /** Local time at which their duty is planned to end; null: when they say so, or not on duty. */
  readonly till: string | null;
  readonly calls: readonly PlannedVisit[];
  readonly monitors: readonly {
    readonly number: string;
    readonly school: string;
    readonly stopsOn: IsoDate | null;
    readonly breaches: number;
  }[];
}

/** Officers ask it of themselves, the dispatcher of anybody. It holds numbers, kinds and schools, and no name. */
export async function planOfOfficer(call: Call, named?: string): Promise<OfficerPlan> {
  allow(call, 'officer.read');
  const { db } = call;
  const officer = await officerFor(call, db, named);
  const date = await todayOf(db);
  const { kinds } = await callPolicyOf(call, db);
  const calls: PlannedVisit[] = [];
  for (const { address, ...one } of await plannedCalls(db, officer, date)) {
    const hazards = (await hazardsAt(db, address)).length;
    calls.push({ ...one, label: kinds[one.kind].label, hazards });
  }
  const watched = await listMonitors(db, {
    ...{ schools: call.caller.schools, status: 'open', officer, limit: 500 },
  });
  const now = (await officersFor(call)).find((one) => one.id === officer);
  return {
    ...{ officer, date, calls, standing: now?.standing ?? 'off-duty', till: now?.till ?? null },
    monitors: watched.map(({ number, school, stopsOn, breaches }) => ({ number, school, stopsOn, breaches })),
  };
}
