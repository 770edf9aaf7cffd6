/** A year through the rules: what must hold for every case of it, counted a second time by other means. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { indexCalendar } from '../../domain/calendar.ts';
import type { Entry } from '../../domain/case/entries.ts';
import { addDays, isWeekend, type IsoDate } from '../../domain/dates.ts';
import { isOfficeDay } from '../../domain/office-days.ts';
import { rehearse, type RehearsedCase } from '../../domain/rehearsal.ts';
import { studentAccounts } from '../../client/demo/account.ts';
import { allMarks, changedCalendars, schoolDaysOf } from '../../client/demo/dataset.ts';
import { EXAMPLE, GRAND_BEND, rehearsed, ROE53, type Rehearsal } from '../support/rehearsals.ts';

const GRAND_BEND_HERE = existsSync(GRAND_BEND.attendance[0]!);

type Of<T extends Entry['type']> = Extract<Entry, { type: T }>;

function entriesOf<T extends Entry['type']>(one: RehearsedCase, type: T): Of<T>[] {
  return one.entries.filter((entry): entry is Of<T> => entry.type === type);
}

/** Days by which a date lies after another, in the school days that held at the end. */
function schoolDaysAfter(
  { dataset, cases }: Rehearsal,
  one: RehearsedCase,
  from: IsoDate,
  to: IsoDate,
): number {
  expect(cases).toContain(one);
  const calendars = changedCalendars(dataset.calendars, dataset.script, () => true);
  const { schoolDates } = indexCalendar(calendars.get(one.state.school)!);
  return schoolDates.filter((date) => date > from && date <= to).length;
}

describe('a rehearsal of the example', async () => {
  const year = await rehearsed(EXAMPLE);

  it('reaches every step of the ladder', () => {
    const types = new Set(year.cases.flatMap((one) => one.entries.map((entry) => entry.type)));
    for (const type of [
      'referral-accepted',
      'letter-out',
      'letter-blocked',
      'caseload-placed',
      'threshold-reached',
      'threshold-lost',
      'hearing-scheduled',
      'hearing-recorded',
      'order-issued',
      'order-broken',
      'court-referred',
      'closing-asked',
      'case-closed',
      'deadline-moved',
    ] as const) {
      expect(types, type).toContain(type);
    }
  });

  it('is the same each time', () => {
    expect(rehearse(year.input)).toEqual(year.cases);
  });

  holdsForEveryCase(year);

  it('opens a new case that names the closed one, never a second open one', () => {
    const again = year.cases.filter((one) => one.state.previousCase !== null);
    expect(again.length).toBeGreaterThan(0);
    for (const one of again) {
      const before = year.cases.find((other) => other.state.caseNumber === one.state.previousCase);
      expect(before?.student).toBe(one.student);
      expect(before!.state.closed!.on <= one.state.openedOn).toBe(true);
    }
  });

  it('holds a letter back where nobody may get it, and goes no step further', () => {
    const blocked = year.cases.filter((one) => entriesOf(one, 'letter-blocked').length > 0);
    expect(blocked.map((one) => entriesOf(one, 'letter-blocked')[0]!.code).sort()).toEqual([
      'NO_ADDRESS',
      'NO_LEGAL_RECIPIENT',
    ]);
    for (const one of blocked) expect(entriesOf(one, 'referral-accepted')).toHaveLength(1);
  });

  it('lets prints wait where the script posts none', async () => {
    const { cases } = await rehearsed(EXAMPLE, {
      script: (script) => ({ ...script, office: { ...script.office, postsPrints: false } }),
    });
    const channels = cases.flatMap((one) => entriesOf(one, 'letter-out').map((entry) => entry.channel));
    expect(new Set(channels)).toEqual(new Set(['email']));
  });

  it('moves a second referral across a snow day, and says from when to when', async () => {
    const plain = await rehearsed(EXAMPLE, { script: (script) => ({ ...script, calendar: [] }) });
    const moved = year.cases.flatMap((one) => entriesOf(one, 'deadline-moved'));
    expect(plain.cases.flatMap((one) => entriesOf(one, 'deadline-moved'))).toEqual([]);
    const snow = moved.filter((entry) => entry.because === 'snow' && entry.deadline === 'referral-possible');
    expect(snow.length).toBeGreaterThan(0);
    for (const entry of snow) expect(entry.to! > entry.from!).toBe(true);
  });

  it('counts a mark taken on the morning of the snow day for nobody', () => {
    const marks = allMarks(year.input);
    const without = new Map(
      [...marks].map(([student, own]) => [student, own.filter((mark) => mark.date !== '2026-01-26')]),
    );
    const calendars = changedCalendars(year.dataset.calendars, year.dataset.script, () => true);
    const daysOf = (all: typeof marks) =>
      studentAccounts(year.cases, all, calendars, ROE53, year.dataset.to).map((one) => one.unexcusedDays);
    const snowed = [...marks.values()].filter((own) => own.some((mark) => mark.date === '2026-01-26'));
    expect(snowed.length).toBeGreaterThan(3);
    expect(daysOf(marks)).toEqual(daysOf(without));
  });
});

describe('a feed that stops', async () => {
  const from = '2025-11-17';
  const year = await rehearsed(EXAMPLE);
  const days = schoolDaysOf(
    changedCalendars(year.dataset.calendars, year.dataset.script, () => true).values(),
  );
  const silent = days.filter((date) => date >= from).slice(0, 60);
  const lastSilent = silent.at(-1)!;

  function closings(cases: readonly RehearsedCase[]): IsoDate[] {
    return cases
      .flatMap((one) => [...entriesOf(one, 'case-closed'), ...entriesOf(one, 'closing-asked')])
      .map((entry) => entry.on);
  }

  it('for 60 school days by the script closes nothing and improves nobody meanwhile', async () => {
    const { cases, dataset } = await rehearsed(EXAMPLE, {
      script: (script) => ({ ...script, feed: { stops: [{ from, schoolDays: 60, catchUp: false }] } }),
    });
    expect(dataset.feed.some((one) => one.date >= from && one.date <= lastSilent)).toBe(false);
    expect(closings(year.cases).some((on) => on >= from && on <= lastSilent)).toBe(true);
    expect(closings(cases).filter((on) => on >= from && on <= lastSilent)).toEqual([]);
    for (const one of cases) {
      for (const part of one.state.coverage) {
        expect(silent.some((day) => part.from <= day && day <= part.to)).toBe(false);
      }
    }
  });

  it('counts the days that arrive late as the clean days they were', async () => {
    const { cases } = await rehearsed(EXAMPLE, {
      script: (script) => ({ ...script, feed: { stops: [{ from, schoolDays: 60, catchUp: true }] } }),
    });
    const closed = (all: readonly RehearsedCase[]) =>
      all
        .filter((one) => one.state.referrals.length === 0 && one.state.openedOn < from && one.state.closed)
        .map((one) => `${one.student} ${one.state.closed!.on}`);
    // Dated by their own school day, not by the day the news came.
    for (const line of closed(year.cases)) expect(closed(cases)).toContain(line);
  });

  it('because the file is silent for 60 school days, closes nothing for it', async () => {
    const { cases } = await rehearsed(EXAMPLE, {
      keepRow: (row) => row.date < from || row.date > lastSilent,
      script: (script) => ({ ...script, feed: { stops: [] } }),
    });
    expect(closings(cases).filter((on) => on >= from && on <= lastSilent)).toEqual([]);
  });

  it('because the file is cut off in the middle of the year, closes nothing afterwards', async () => {
    const { cases, dataset } = await rehearsed(EXAMPLE, {
      keepRow: (row) => row.date < from,
      script: (script) => ({ ...script, feed: { stops: [] } }),
    });
    expect(dataset.feed.at(-1)!.date < from).toBe(true);
    expect(closings(cases).filter((on) => on >= from)).toEqual([]);
    expect(cases.some((one) => one.state.closed === null)).toBe(true);
  });
});

describe.skipIf(!GRAND_BEND_HERE)(
  'a rehearsal of the Ed-Fi sample (skipped where ../shared/data is absent)',
  async () => {
    const year = GRAND_BEND_HERE ? await rehearsed(GRAND_BEND) : null!;
    if (!GRAND_BEND_HERE) return;

    holdsForEveryCase(year);

    /** The file and the calendar once more, by plain search. */
    const closed = new Set<IsoDate>();
    const ics = readFileSync(GRAND_BEND.calendars[0]!, 'utf8');
    for (const event of ics.split('BEGIN:VEVENT').slice(1)) {
      const [, from, to] = /DTSTART;VALUE=DATE:(\d{8})[\s\S]*?DTEND;VALUE=DATE:(\d{8})/.exec(event)!;
      const iso = (text: string) => `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
      if (!event.includes('No School')) continue;
      for (let date = iso(from!); date < iso(to!); date = addDays(date, 1)) closed.add(date);
    }
    const unexcused = new Map<string, Set<IsoDate>>();
    const xml = readFileSync(GRAND_BEND.attendance[0]!, 'utf8');
    for (const event of xml.split('<StudentSchoolAttendanceEvent>').slice(1)) {
      const date = /<EventDate>([^<]+)/.exec(event)![1]!;
      const student = /<StudentUniqueId>([^<]+)/.exec(event)![1]!;
      if (!event.includes('#Unexcused Absence') || closed.has(date) || isWeekend(date)) continue;
      unexcused.set(student, (unexcused.get(student) ?? new Set()).add(date));
    }

    it('schedules no hearing under 9.0, by a count of the file itself', () => {
      const hearings = year.cases.flatMap((one) =>
        entriesOf(one, 'hearing-scheduled').map((entry) => ({ one, entry })),
      );
      expect(hearings.length).toBeGreaterThan(20);
      for (const { one, entry } of hearings) {
        const days = [...(unexcused.get(one.student) ?? [])].filter((date) => date <= entry.on);
        // One school year has fewer days than the window: all of them count.
        expect(days.length, one.student).toBeGreaterThanOrEqual(9);
        expect(entry.count).toBe(days.length);
      }
    });

    it('says of exactly those students that they reached the threshold who have nine days in the file', () => {
      const reached = year.cases
        .filter((one) => entriesOf(one, 'threshold-reached').length > 0)
        .map((one) => one.student);
      const nine = [...unexcused].filter(([, days]) => days.size >= 9).map(([student]) => student);
      expect([...new Set(reached)].sort()).toEqual(nine.sort());
    });
  },
);

/** What the office's page asks of every case. */
function holdsForEveryCase(year: Rehearsal): void {
  it('never makes a second or third referral before the 7th school day after the one before', () => {
    let looked = 0;
    for (const one of year.cases) {
      const referrals = entriesOf(one, 'referral-accepted');
      for (const [i, referral] of referrals.entries()) {
        if (i === 0) continue;
        looked += 1;
        expect(
          schoolDaysAfter(year, one, referrals[i - 1]!.on, referral.on),
          one.student,
        ).toBeGreaterThanOrEqual(7);
      }
    }
    expect(looked).toBeGreaterThan(10);
  });

  it('never makes one before the notice of the one before is out', () => {
    for (const one of year.cases) {
      for (const referral of entriesOf(one, 'referral-accepted').filter(({ n }) => n > 1)) {
        const notice = entriesOf(one, 'letter-out').find(
          ({ kind }) => kind === (referral.n === 2 ? 'first-notice' : 'second-notice'),
        );
        expect(notice!.on < referral.on, one.student).toBe(true);
      }
    }
  });

  it('rests each referral on three interventions of its own', () => {
    for (const one of year.cases) {
      const used = entriesOf(one, 'referral-accepted').map((entry) => entry.interventions);
      for (const ids of used) expect(ids.length).toBeGreaterThanOrEqual(3);
      expect(new Set(used.flat()).size).toBe(used.flat().length);
    }
  });

  it('lets every letter out after its decision, on an office day, once', () => {
    let letters = 0;
    for (const one of year.cases) {
      const seen = new Set<string>();
      for (const out of entriesOf(one, 'letter-out')) {
        const key = `${out.kind} ${out.sequence}`;
        expect(seen.has(key), key).toBe(false);
        seen.add(key);
        const decided = entriesOf(one, 'letter-decided').find(
          (entry) => `${entry.kind} ${entry.sequence}` === key,
        )!;
        expect(out.on > decided.on).toBe(true);
        expect(isOfficeDay(out.on, ROE53.holidays)).toBe(true);
        letters += 1;
      }
    }
    expect(letters).toBeGreaterThan(40);
  });

  it('holds hearings only after their notice, far enough ahead', () => {
    for (const one of year.cases) {
      for (const hearing of entriesOf(one, 'hearing-scheduled')) {
        const notice = entriesOf(one, 'letter-out').find(({ kind }) => kind === 'hearing-notice');
        if (!notice) continue;
        const ahead = notice.channel === 'print' ? 14 : 10;
        expect(addDays(notice.on, ahead) <= hearing.date, one.student).toBe(true);
      }
      for (const held of entriesOf(one, 'hearing-recorded')) {
        expect(entriesOf(one, 'hearing-scheduled')[0]!.date <= held.on).toBe(true);
      }
    }
  });

  it('closes by itself only after 45 known school days without an unexcused absence, off the caseload', () => {
    for (const one of year.cases) {
      const closed = entriesOf(one, 'case-closed')[0];
      if (!closed) continue;
      const last = one.state.days.findLast((day) => day.date <= closed.on)?.date ?? one.state.openedOn;
      const from = last > one.state.openedOn ? last : one.state.openedOn;
      expect(schoolDaysAfter(year, one, from, closed.on), one.student).toBeGreaterThanOrEqual(45);
      expect(one.state.caseload).toBeNull();
    }
  });

  it('decides only on days on which the student has school', () => {
    for (const one of year.cases) {
      const calendars = changedCalendars(year.dataset.calendars, year.dataset.script, () => true);
      const school = new Set(indexCalendar(calendars.get(one.state.school)!).schoolDates);
      for (const entry of one.entries) {
        if (entry.commandId !== undefined)
          expect(school.has(entry.on), `${entry.type} ${entry.on}`).toBe(true);
      }
    }
  });
}
