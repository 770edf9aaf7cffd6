/**
 * A service call begins: its row and the message that starts its workflow, in the transaction of whoever took the call. What
 * may be called for at all is judged before, at intake.
 */
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { isSchoolDay, nextSchoolDay } from '../../domain/calendar.ts';
import type { CallKind, CallPolicy } from '../../domain/calls/policy.ts';
import type { CallBeginning, GateCondition } from '../../domain/calls/state.ts';
import { addDays, isWeekend, type IsoDate } from '../../domain/dates.ts';
import type { PostalAddress } from '../../domain/records.ts';
import type { Tx } from '../../db/connect.ts';
import { hazardsAt } from '../../db/stores/hazards.ts';
import { insertCall, startStream, type CallRow } from '../../db/stores/service-calls.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { SERVICE_CALL, type CallInput } from '../../workflows/service-call.messages.ts';
import { officeClock } from '../office-clock.ts';
import { callPolicyOf, causeOf, officeOf, todayOf, type Call } from './context.ts';

export interface CallStart {
  readonly kind: CallKind;
  /** Null where police do not know. */
  readonly school: string | null;
  readonly student: { readonly id: number; readonly sisId: string } | null;
  /** The school's; none known: an empty one, and days are counted by nobody. */
  readonly calendar: SchoolCalendar | null;
  readonly address: PostalAddress | null;
  /** Where it is, where there is no address: what police said. */
  readonly area?: string | null | undefined;
  readonly conditions: readonly GateCondition[];
  /** Everything said at intake, as its door checked it. */
  readonly intake: JsonObject;
  /** When it came in (ISO instant); now, where none is given. */
  readonly at?: string | undefined;
  /** Test hook. */
  readonly continueAsNewEvery?: number | undefined;
}

const NO_CALENDAR: SchoolCalendar = { terms: [], closed: [], open: [] };

export async function startCall(tx: Tx, call: Call, wanted: CallStart): Promise<CallRow> {
  const office = await officeOf(tx);
  const today = await todayOf(tx);
  const policy = await callPolicyOf(call, tx);
  const calendar = wanted.calendar ?? NO_CALENDAR;
  const openedAt = wanted.at ?? new Date().toISOString();
  const goesFrom = goesFromOf(policy, wanted.kind, today, calendar);
  // Two officers, where the policy asks: by kind, or because of what was met at the address.
  const noted = policy.visits.pairOnHazard ? await hazardsAt(tx, wanted.address) : [];
  const pair = policy.kinds[wanted.kind].pair || noted.length > 0;
  const row = await insertCall(
    tx,
    {
      kind: wanted.kind,
      school: wanted.school,
      studentId: wanted.student?.id ?? null,
      policyName: office.policyName,
      policyVersion: office.policyVersion,
      openedAt,
      openedOn: today,
      goesFrom,
      priority: policy.kinds[wanted.kind].priority,
      area: wanted.area ?? wanted.address?.postalCode ?? null,
      address: wanted.address,
      intake: wanted.intake,
      pair,
    },
    causeOf(call),
  );
  const beginning: CallBeginning = {
    callNumber: row.number,
    kind: wanted.kind,
    policy,
    clock: officeClock(office, today),
    school: wanted.school,
    student: wanted.student?.sisId ?? null,
    openedAt,
    openedOn: today,
    goesFrom,
    calendar,
    conditions: wanted.conditions,
    ...(pair ? { pair } : {}),
  };
  const { continueAsNewEvery } = wanted;
  const input: CallInput = {
    beginning,
    office: office.code,
    ...(continueAsNewEvery === undefined ? {} : { continueAsNewEvery }),
  };
  await startStream(tx, row.number, SERVICE_CALL, input as unknown as JsonObject);
  return row;
}

/** A visit that may wait goes on the next school day; where no calendar says which, on the next weekday. */
export function goesFromOf(
  policy: CallPolicy,
  kind: CallKind,
  today: IsoDate,
  calendar: SchoolCalendar,
): IsoDate {
  if (policy.kinds[kind].goes !== 'next-school-day') return today;
  const next = nextSchoolDay(calendar, today);
  if (next !== undefined) return next;
  for (let date = addDays(today, 1); ; date = addDays(date, 1)) {
    if (!isWeekend(date) || isSchoolDay(calendar, date)) return date;
  }
}
