/**
 * A school's whole day that was no attendance (a feed of zeros on a day of snow, another day's file sent again): all its
 * marks are taken back by hand, and the day is not known any more. Nothing is deleted, and a wiped day can stand again.
 */
import { randomUUID } from 'node:crypto';
import { holdingRevision, type Said } from '../../domain/attendance-revisions.ts';
import { isSchoolDay } from '../../domain/calendar.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import { marksOfSchoolDay, mergeMarks, type MarkOfDay } from '../../db/stores/attendance.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { ROSTER, serialise, shareTurn } from '../../db/stores/common.ts';
import { giveBackCoverage, takeBackCoverage } from '../../db/stores/coverage.ts';
import { Refused } from '../failures.ts';
import { allow, audited, causeOf, isInvented, schoolFor, todayOf, type Call } from './context.ts';
import { withDayChanges } from './day-changes.ts';

export interface WholeDay {
  readonly school: string;
  readonly date: IsoDate;
  readonly reason: string;
}

export interface WholeDayAnswer {
  readonly school: string;
  readonly date: IsoDate;
  /** Marks taken back, or standing again. */
  readonly marks: number;
  /** Whether what is known of the day changed: a wiped day is not known until somebody says so again. */
  readonly coverage: boolean;
  /** Open cases told. */
  readonly told: readonly string[];
}

/** Takes every mark of the day back, whatever its source. Again, it does nothing. */
export async function wipeDay(call: Call, input: WholeDay): Promise<WholeDayAnswer> {
  return wholeDay(call, input, 'attendance.wiped', async (tx, places) => {
    const batch = randomUUID();
    const rows = places.flatMap((place) => {
      const held = place.said.find((said) => said.current);
      return held && !held.withdrawn ? [{ place, ...held, withdrawn: true }] : [];
    });
    const calendar = (await calendarFor(tx, input.school))?.value;
    // On a day without school nothing is expected to be known.
    const schoolDay = calendar === undefined || isSchoolDay(calendar, input.date);
    return {
      marks: await say(tx, call, input, rows, batch),
      coverage: schoolDay && (await takeBackCoverage(tx, input.school, input.date, reasoned(call, input))),
    };
  });
}

/** What held before the day was wiped holds again. Again, it does nothing. */
export async function restoreDay(call: Call, input: WholeDay): Promise<WholeDayAnswer> {
  return wholeDay(call, input, 'attendance.restored', async (tx, places) => {
    const rows = places.flatMap((place) => {
      if (!place.said.some((said) => said.current && wiped(said))) return [];
      const before = holdingRevision(place.said.filter((said) => !wiped(said)));
      return before && !before.withdrawn ? [{ place, ...before }] : [];
    });
    return {
      marks: await say(tx, call, input, rows),
      coverage: await giveBackCoverage(tx, input.school, input.date, causeOf(call)),
    };
  });
}

/** What a person says of a whole day carries a number of its own, as an import does. */
function wiped(said: MarkOfDay['said'][number]): boolean {
  return said.byHand && said.withdrawn && said.importId !== null;
}

type Saying = { readonly place: MarkOfDay } & Pick<Said, 'code' | 'fraction' | 'minutes' | 'withdrawn'>;

async function say(
  tx: Tx,
  call: Call,
  input: WholeDay,
  rows: readonly Saying[],
  batch?: string,
): Promise<number> {
  let changed = 0;
  for (const source of [...new Set(rows.map((one) => one.place.source))].sort()) {
    const mine = rows
      .filter((one) => one.place.source === source)
      .map(({ place, code, fraction, minutes, withdrawn }) => ({
        ...{ sisId: place.sisId, school: input.school, date: input.date, slot: place.slot },
        ...{ code, fraction, minutes: minutes ?? undefined, withdrawn },
      }));
    const done = await mergeMarks(tx, mine, {
      ...{ ...reasoned(call, input), source, byHand: true, invented: isInvented(call), importId: batch },
    });
    changed += done.new + done.changed + done.withdrawn;
  }
  return changed;
}

function reasoned(call: Call, { reason }: WholeDay) {
  return { ...causeOf(call), reason };
}

async function wholeDay(
  call: Call,
  input: WholeDay,
  action: string,
  work: (tx: Tx, places: readonly MarkOfDay[]) => Promise<Pick<WholeDayAnswer, 'marks' | 'coverage'>>,
): Promise<WholeDayAnswer> {
  allow(call, 'attendance.write');
  const { school, date } = input;
  return call.db.transaction(async (tx) => {
    await schoolFor(call, tx, school);
    const today = await todayOf(tx);
    if (date > today) {
      throw new Refused(refusal('DATE_IN_FUTURE', `${shortDate(date)} is after today, ${shortDate(today)}.`));
    }
    // The order in which an import locks: roster, sources, students.
    await shareTurn(tx, ROSTER);
    const sources = new Set((await marksOfSchoolDay(tx, school, date)).map((one) => one.source));
    for (const source of [...sources].sort()) await serialise(tx, `marks/${source}`);
    const places = (await marksOfSchoolDay(tx, school, date)).filter((one) => sources.has(one.source));
    let known = false;
    const { result, told } = await withDayChanges(
      tx,
      call,
      {
        students: [...new Set(places.map((one) => one.studentId))],
        covered: () => (known ? [{ school, from: date, to: date }] : []),
        officeDate: today,
      },
      async () => {
        const done = await work(tx, places);
        known = done.coverage && action === 'attendance.restored';
        return done;
      },
    );
    await audited(tx, call, action, `school ${school}`, { date, marks: result.marks });
    return { school, date, ...result, told };
  });
}
