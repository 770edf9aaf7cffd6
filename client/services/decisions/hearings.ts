/**
 * The hearing. Its hour on the docket is reserved before the case is asked, so that two cases cannot hold the same; the
 * case's own write books the hour it agreed to and frees the one it left. A refusal gives the reservation back; after a crash
 * it runs out by itself.
 */
import { indexCalendar } from '../../../domain/calendar.ts';
import type { MoveHearing, RecordHearing, ScheduleHearing } from '../../../domain/case/commands.ts';
import { earliestHearing } from '../../../domain/case/rules.ts';
import type { CaseState } from '../../../domain/case/state.ts';
import type { IsoDate } from '../../../domain/dates.ts';
import type { ChannelPolicy } from '../../../domain/recipients.ts';
import type { Db } from '../../../db/connect.ts';
import { releaseReservation } from '../../../db/stores/docket.ts';
import type { Student } from '../../../db/stores/students.ts';
import { Refused } from '../../failures.ts';
import { stateOf } from '../cases.ts';
import { allow, caseFor, todayOf, type Call } from '../context.ts';
import { keepHour, type KeptHour, type Wish } from '../docket.ts';
import { recipientsOf } from '../recipients.ts';
import {
  ask,
  prepare,
  reserving,
  settled,
  standing,
  unwrap,
  type Asked,
  type Bare,
  type DecisionAnswer,
  type WithId,
} from './asking.ts';

export interface HearingInput extends WithId {
  /** What is not given is the first free slot's, on or after the earliest lawful day. */
  readonly date?: IsoDate | undefined;
  readonly time?: string | undefined;
  readonly place?: string | undefined;
  /** Written reason for a closer date. */
  readonly override?: string | undefined;
  /** Language or person. */
  readonly interpreter?: string | undefined;
  readonly accommodation?: string | undefined;
}

export async function scheduleHearing(
  call: Call,
  number: string,
  input: HearingInput,
): Promise<DecisionAnswer> {
  return withAnHour(call, number, input, 'schedule-hearing', (asked) => ask(asked));
}

/** Another date: `move-hearing` before it is opened, `continue-hearing` on its day or after. */
export async function moveHearing(
  call: Call,
  number: string,
  input: HearingInput & { reason: string },
  how: MoveHearing['type'],
): Promise<DecisionAnswer> {
  // A notice that is leaving this moment would tell a date that no longer holds.
  return withAnHour(call, number, input, how, (asked) => reserving(asked, 'refuse'));
}

type HearingCommand = Bare<ScheduleHearing> | Bare<MoveHearing>;

async function withAnHour(
  call: Call,
  number: string,
  input: HearingInput & { reason?: string },
  type: HearingCommand['type'],
  decide: (asked: Asked) => Promise<DecisionAnswer>,
): Promise<DecisionAnswer> {
  allow(call, 'hearing.schedule');
  const { row, student } = await caseFor(call, call.db, number);
  const posted = await isPosted(call.db, student, stateOf(row)?.policy.notices.channel);
  const bare = ({ date = '', time = '', place = '' }: HearingInput): HearingCommand => ({
    ...{ date, time, place, posted, override: input.override },
    ...{ interpreter: input.interpreter, accommodation: input.accommodation },
    ...(type === 'schedule-hearing' ? { type } : { type, reason: input.reason ?? '' }),
  });
  const asked = await prepare(call, 'hearing.schedule', number, input, bare(input));
  if (asked.repeated) return ask(asked);
  const kept = await hourFor(asked, input, posted, type);
  const command = { ...asked.command, ...kept.slot };
  const outcome = await settled(() => decide({ ...asked, command }));
  if ('answer' in outcome) {
    const { slot: hearing, notes } = kept;
    return { ...outcome.answer, hearing, ...(notes.length > 0 ? { notes } : {}) };
  }
  if (outcome.error instanceof Refused) await releaseReservation(call.db, number, asked.command.id);
  return unwrap(outcome);
}

async function hourFor(
  asked: Asked,
  input: HearingInput,
  posted: boolean,
  type: HearingCommand['type'],
): Promise<KeptHour> {
  const state = await standing(asked);
  return keepHour(
    asked,
    earliestFor(state, asked.command.officeDate, posted),
    hearingWish(state, type === 'schedule-hearing' ? 'hearing' : 'move-hearing', input),
  );
}

/** Who moves a hearing keeps what they do not name: the interpreter, and, with date and hour given, the place. */
export function hearingWish(
  state: CaseState,
  step: 'hearing' | 'move-hearing',
  { date, time, place, interpreter, accommodation }: Wish,
): Wish {
  const before = step === 'move-hearing' ? state.hearing : null;
  const stays = date !== undefined && time !== undefined ? before?.place : undefined;
  return {
    ...{ date, time, place: place ?? stays },
    interpreter: interpreter ?? before?.interpreter,
    accommodation: accommodation ?? before?.accommodation,
  };
}

export function earliestFor(state: CaseState, on: IsoDate, posted: boolean): IsoDate {
  return earliestHearing(state, on, posted, indexCalendar(state.calendar));
}

/** Whether somebody will get the notice by post, as the records stand; who cannot be reached at all is written to by post. */
export async function isPosted(
  db: Db,
  student: Student,
  channel: ChannelPolicy | undefined,
): Promise<boolean> {
  const recipients = await recipientsOf(db, student, await todayOf(db), channel);
  return !recipients.ok || recipients.addressees.some((one) => one.channel === 'print');
}

export async function cancelHearing(
  call: Call,
  number: string,
  input: WithId & { reason: string },
): Promise<DecisionAnswer> {
  const { reason } = input;
  const asked = await prepare(call, 'hearing.schedule', number, input, { type: 'cancel-hearing', reason });
  return reserving(asked, 'refuse');
}

/** The Regional Superintendent: it goes on although corrections took its count under the threshold. */
export async function letHearingStand(
  call: Call,
  number: string,
  input: WithId & { reason: string },
): Promise<DecisionAnswer> {
  const { reason } = input;
  return ask(await prepare(call, 'hearing.stand', number, input, { type: 'let-hearing-stand', reason }));
}

export type HearingOutcomeInput = WithId & Omit<Bare<RecordHearing>, 'type'>;

export async function recordHearing(
  call: Call,
  number: string,
  input: HearingOutcomeInput,
): Promise<DecisionAnswer> {
  const { outcome, appeared } = input;
  return ask(
    await prepare(call, 'hearing.record', number, input, { type: 'record-hearing', outcome, appeared }),
  );
}
