/** The hearing docket as people use it: places with their hours, free slots, and the hour a hearing gets. */
import { isOfficeDay } from '../../domain/office-days.ts';
import { addDays, shortDate, type IsoDate } from '../../domain/dates.ts';
import {
  checkHours,
  inTheWay,
  minutesAt,
  placeAsListed,
  slotsOn,
  type HearingHours,
  type Slot,
  type TimedSlot,
} from '../../domain/docket.ts';
import type { HolidayRule } from '../../domain/office-days.ts';
import { refusal } from '../../domain/refusal.ts';
import {
  abandonedReservations,
  clearReservation,
  docketFrom,
  hoursOf,
  lockPlaces,
  putHours,
  removePlace,
  reservedFor,
  reserveSlot,
  type DocketRow,
} from '../../db/stores/docket.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { Refused, Unknown } from '../failures.ts';
import { stateOf } from './cases.ts';
import { allow, audited, caseFor, causeOf, policyOf, todayOf, type Call } from './context.ts';
import type { Asked } from './decisions/asking.ts';

export interface HearingListed extends Slot {
  readonly caseNumber: string;
  readonly minutes: number;
  readonly interpreter: string | null;
  readonly accommodation: string | null;
}

/** Hearings that are set, of cases the caller reaches. */
export async function docketFor(call: Call, from?: IsoDate): Promise<HearingListed[]> {
  allow(call, 'case.read');
  const rows = await docketFrom(call.db, from ?? (await todayOf(call.db)));
  const mine: HearingListed[] = [];
  for (const { caseNumber, date, time, place, minutes, interpreter, accommodation } of rows) {
    const reached = await caseFor(call, call.db, caseNumber).then(
      () => true,
      () => false,
    );
    if (reached) mine.push({ caseNumber, date, time, place, minutes, interpreter, accommodation });
  }
  return mine;
}

// ---------------------------------------------------------------- places

export async function placesFor(call: Call): Promise<HearingHours[]> {
  allow(call, 'case.read');
  return hoursOf(call.db);
}

export interface PlaceInput {
  readonly place: string;
  readonly from: string;
  readonly until: string;
  readonly slotMinutes: number;
  /** 1 Monday … 7 Sunday. */
  readonly weekdays: readonly number[];
}

/** A place and its hours on some weekdays; the same weekday and beginning again changes them. */
export async function addPlace(call: Call, input: PlaceInput): Promise<HearingHours[]> {
  allow(call, 'hearing.schedule');
  const { from, until, slotMinutes } = input;
  return call.db.transaction(async (tx) => {
    await lockPlaces(tx);
    const known = await hoursOf(tx);
    const place = placeAsListed(known, input.place);
    const wanted = [...new Set(input.weekdays)].map((weekday) => ({
      ...{ place, weekday, from, until, slotMinutes },
    }));
    for (const one of wanted) checkHours(known, one);
    await putHours(tx, wanted, causeOf(call));
    await audited(tx, call, 'hearing-place.written', 'docket', { from, until, slotMinutes });
    return (await hoursOf(tx)).filter((one) => one.place === place);
  });
}

/** Off the list; hearings set there stay. */
export async function dropPlace(call: Call, place: string): Promise<{ removed: string }> {
  allow(call, 'hearing.schedule');
  return call.db.transaction(async (tx) => {
    await lockPlaces(tx);
    const listed = placeAsListed(await hoursOf(tx), place);
    if (!(await removePlace(tx, listed))) {
      throw new Unknown('UNKNOWN_PLACE', 'No such place is on the list; `hearing places list` shows it.');
    }
    await audited(tx, call, 'hearing-place.removed', 'docket');
    return { removed: listed };
  });
}

// ---------------------------------------------------------------- slots

/** How far ahead a free slot is looked for, in calendar days. */
const HORIZON_DAYS = 120;

export interface Wish {
  readonly date?: IsoDate | undefined;
  readonly time?: string | undefined;
  readonly place?: string | undefined;
  readonly interpreter?: string | null | undefined;
  readonly accommodation?: string | null | undefined;
}

/** Free slots of the listed places that fit a wish, from a date on (inclusive), in order. */
function* freeSlots(
  hours: readonly HearingHours[],
  taken: readonly DocketRow[],
  holidays: readonly HolidayRule[],
  from: IsoDate,
  wish: Wish,
): Generator<TimedSlot> {
  const last = wish.date ?? addDays(from, HORIZON_DAYS);
  for (let date = wish.date ?? from; date <= last; date = addDays(date, 1)) {
    if (!isOfficeDay(date, holidays)) continue;
    for (const slot of slotsOn(hours, date)) {
      if (wish.time !== undefined && slot.time !== wish.time) continue;
      if (wish.place !== undefined && slot.place !== wish.place) continue;
      if (inTheWay(taken, slot, wish.interpreter ?? null) === null) yield slot;
    }
  }
}

/** What is free from a date on (default: today), at most `limit` slots. */
export async function freeFor(
  call: Call,
  wish: { from?: IsoDate | undefined; place?: string | undefined; limit?: number | undefined },
): Promise<TimedSlot[]> {
  allow(call, 'case.read');
  const { db } = call;
  const from = wish.from ?? (await todayOf(db));
  const hours = await hoursOf(db);
  const taken = await docketFrom(db, from, { withReserved: true });
  const { holidays } = await policyOf(call, db);
  const place = wish.place === undefined ? undefined : placeAsListed(hours, wish.place);
  const free: TimedSlot[] = [];
  for (const slot of freeSlots(hours, taken, holidays, from, { place })) {
    if (free.push(slot) >= (wish.limit ?? 20)) break;
  }
  return free;
}

/** The first free slot on or after the earliest lawful day: what a person is shown before they say yes. */
export async function firstFree(
  call: Call,
  caseNumber: string,
  earliest: IsoDate,
  wish: Wish,
): Promise<TimedSlot | null> {
  const { db } = call;
  const hours = await hoursOf(db);
  if (wish.date !== undefined && wish.time !== undefined && wish.place !== undefined) {
    const slot = { date: wish.date, time: wish.time, place: placeAsListed(hours, wish.place) };
    return { ...slot, minutes: minutesAt(hours, slot) };
  }
  // What another try of this case keeps is in nobody's way; the hour it has is no other hour.
  const others = (await docketFrom(db, wish.date ?? earliest, { withReserved: true })).filter(
    (row) => row.caseNumber !== caseNumber || row.status === 'booked',
  );
  const { holidays } = await policyOf(call, db);
  const place = wish.place === undefined ? undefined : placeAsListed(hours, wish.place);
  for (const slot of freeSlots(hours, others, holidays, earliest, { ...wish, place })) return slot;
  return null;
}

export interface KeptHour {
  readonly slot: Slot;
  readonly notes: readonly string[];
}

/** How often another slot is tried when somebody else was quicker. */
const TRIES = 25;

/**
 * Reserves the hour a hearing is to get while its case is asked: the one wished for, or the first free one. A repeat of the
 * same command keeps the hour it chose.
 */
export async function keepHour(asked: Asked, earliest: IsoDate, wish: Wish): Promise<KeptHour> {
  const { call, number, command, expiresAt } = asked;
  const { db } = call;
  const hours = await hoursOf(db);
  await clearAbandoned(call);
  const whole = wish.date !== undefined && wish.time !== undefined && wish.place !== undefined;
  for (let n = 0; n < TRIES; n += 1) {
    const earlier = whole ? undefined : await reservedFor(db, number, command.id);
    const slot = earlier ?? (await firstFree(call, number, earliest, wish));
    if (!slot) throw new Refused(nothingFree(hours, earliest, wish));
    const { date, time, place, minutes } = slot;
    const wanted = {
      ...{ date, time, place, minutes, caseNumber: number, commandId: command.id, until: expiresAt },
      interpreter: wish.interpreter ?? null,
      accommodation: wish.accommodation ?? null,
    };
    const reserved = await reserveSlot(db, wanted, causeOf(call));
    if (reserved === 'ok') return { slot: { date, time, place }, notes: notesOn(hours, slot) };
    if (reserved === 'busy') {
      throw new Refused(
        refusal('DECISION_UNDER_WAY', 'This hearing is being set at this moment; look again in a minute.'),
      );
    }
    if (!whole) continue;
    throw new Refused(await taken(call, hours, slot, reserved.taken, wish.interpreter ?? null));
  }
  throw new Refused(
    refusal('DOCKET_BUSY', 'The free slots went to others while this was asked; ask once more.'),
  );
}

function notesOn(hours: readonly HearingHours[], slot: Slot): string[] {
  if (!hours.some((one) => one.place === slot.place)) {
    return ['This place is not on the docket’s list; `hearing places add` puts it there with its hours.'];
  }
  const listed = slotsOn(hours, slot.date).some((one) => one.place === slot.place && one.time === slot.time);
  return listed ? [] : ['This hour is none of the slots of the place.'];
}

async function taken(
  call: Call,
  hours: readonly HearingHours[],
  slot: TimedSlot,
  what: 'place' | 'interpreter',
  interpreter: string | null,
) {
  const { date, time, place } = slot;
  const { holidays } = await policyOf(call, call.db);
  const rows = await docketFrom(call.db, date, { to: date, withReserved: true });
  const free = [...freeSlots(hours, rows, holidays, date, { date, place, interpreter })].map(
    (one) => one.time,
  );
  const mend =
    free.length > 0 ? `free there that day: ${free.slice(0, 6).join(', ')}` : 'choose another hour';
  return what === 'place'
    ? refusal(
        'DOCKET_TAKEN',
        `Another hearing is set for ${shortDate(date)}, ${time} at this place; ${mend}.`,
        { date, time, place, free },
      )
    : refusal(
        'INTERPRETER_TAKEN',
        `The interpreter has another hearing on ${shortDate(date)}, ${time}; ${mend}.`,
        { date, time, place, free },
      );
}

function nothingFree(hours: readonly HearingHours[], earliest: IsoDate, wish: Wish) {
  if (hours.length === 0) {
    return refusal(
      'DOCKET_WITHOUT_PLACES',
      'No place of hearings is on the list: give date, time and place, or add places with their hours (`hearing places add`).',
      { earliest },
    );
  }
  const from = wish.date ?? earliest;
  return refusal(
    'DOCKET_FULL',
    wish.date === undefined
      ? `No slot is free within ${HORIZON_DAYS} days from ${shortDate(from)}; give date, time and place, or add hours.`
      : `No slot is free on ${shortDate(from)}; choose another day (\`hearing docket --free --from DATE\` lists them).`,
    { earliest, from },
  );
}

/**
 * Frees hours whose door has gone: past the reservation's expiry the case accepts its command no more. The case itself is
 * asked, for its own write may still be on its way.
 */
async function clearAbandoned(call: Call): Promise<void> {
  const { db } = call;
  for (const row of await abandonedReservations(db, new Date().toISOString())) {
    const state = await call.caseClient
      .status(row.caseNumber)
      .catch(async () => closedStateOf(call, row.caseNumber));
    // Out of reach: it may have agreed, so the hour stays kept.
    if (state === undefined) continue;
    const { hearing } = state;
    const agreed =
      state.closed === null &&
      hearing?.status === 'scheduled' &&
      hearing.date === row.date &&
      hearing.time === row.time &&
      hearing.place === row.place;
    if (agreed) continue;
    await clearReservation(db, row);
  }
}

/** A closed case has said its last word in the records. */
async function closedStateOf(call: Call, number: string) {
  const row = await caseByNumber(call.db, number);
  return row?.status === 'closed' ? (stateOf(row) ?? undefined) : undefined;
}
