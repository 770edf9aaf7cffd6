/**
 * A year through the rules alone: the same facts, script and order of the day as the real stack, without Temporal,
 * database or mail. What it says and what the workflows do must agree on every student, step and date.
 *
 * The order of a day is the contract between the two: (1) calendar changes are announced, (2) what fell due by date is
 * settled, (3) letters leave, (4) students change school, (5) attendance arrives, (6) earlier days are corrected,
 * (7) interventions are logged, (8) decisions are taken, one at a time. Only days on which a school or the office works
 * are lived through.
 */
import { attendanceBook, newUnexcusedDays, type FeedMark } from './attendance-book.ts';
import {
  addMakeUpDay,
  closeDay,
  composeCalendars,
  indexCalendar,
  isSchoolDay,
  type CalendarIndex,
  type SchoolCalendar,
} from './calendar.ts';
import type { Command } from './case/commands.ts';
import { decide } from './case/decide.ts';
import { nextDeadline } from './case/deadlines.ts';
import type { Entry } from './case/entries.ts';
import { takeFact, type Fact } from './case/facts.ts';
import { beginCase } from './case/opening.ts';
import type { Actor, CaseState } from './case/state.ts';
import { addCoverage, composeCoverage, type Coverage } from './coverage.ts';
import { addDays, type IsoDate } from './dates.ts';
import type { FeedDay } from './feed.ts';
import { isOfficeDay } from './office-days.ts';
import type { LadderPolicy } from './policy.ts';
import { chooseRecipients, type ChannelPolicy, type Guardian } from './recipients.ts';
import { scriptedCorrections, scriptedDecision, scriptedInterventions, type Script } from './script.ts';

export { diffDays, type FeedMark } from './attendance-book.ts';

export interface RehearsalStudent {
  readonly student: string;
  readonly birthDate: IsoDate | null;
  readonly guardians: readonly Guardian[];
}

export interface RehearsalInput {
  readonly policy: LadderPolicy;
  readonly script: Script;
  /** By school code. */
  readonly calendars: ReadonlyMap<string, SchoolCalendar>;
  readonly counties: ReadonlyMap<string, string>;
  /** Students without an entry get letters as if by print. */
  readonly students: ReadonlyMap<string, RehearsalStudent>;
  /** School by student, where a roster says it; else the first mark tells. */
  readonly enrolled?: ReadonlyMap<string, string> | undefined;
  readonly feed: readonly FeedDay<FeedMark>[];
  /** What the records held when the office began (last year's attendance): it counts, but nobody acts on its arrival. */
  readonly history?: readonly FeedDay<FeedMark>[] | undefined;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Channel of the State's Attorney's letter. */
  readonly stateAttorney: 'email' | 'print';
  /**
   * Letters ({@link letterName}) that went by post although there is an e-mail address: a crash in the middle of
   * sending, or a server that refused. A demo tells its rehearsal of such accidents.
   */
  readonly byPost?: ReadonlySet<string> | undefined;
}

/** A letter's name in a rehearsal, where cases have no numbers of the office. */
export function letterName(
  student: string,
  openedOn: IsoDate,
  letter: { readonly kind: string; readonly sequence: number },
): string {
  return `${student}/${openedOn}/${letter.kind}/${letter.sequence}`;
}

export interface RehearsedCase {
  readonly student: string;
  readonly state: CaseState;
  readonly entries: readonly Entry[];
}

interface Live {
  state: CaseState;
  cal: CalendarIndex;
  entries: Entry[];
  /** Date of the next deadline; null when nothing is ahead. */
  due: IsoDate | null;
}

const ACTOR: Actor = { id: 'script', role: 'script', invented: true };

/** Rehearses from `from` to `to`; `onDay` is called after each day lived through, for progress. */
export function rehearse(input: RehearsalInput, onDay?: (date: IsoDate) => void): RehearsedCase[] {
  const { policy, script } = input;
  const calendars = new Map([...input.calendars].map(([school, value]) => [school, indexCalendar(value)]));
  const coverage = new Map<string, Coverage>([...calendars.keys()].map((school) => [school, []]));
  const book = attendanceBook(policy.counting);
  const open = new Map<string, Live>();
  const done: RehearsedCase[] = [];
  const lastCase = new Map<string, string>();
  const feed = new Map(input.feed.map((delivery) => [delivery.date, delivery]));
  let opened = 0;

  /** Schools of the students who changed, each from a day on. */
  const moves = new Map<string, { readonly school: string; readonly from?: IsoDate }[]>();

  const give = (live: Live, fact: Fact) => {
    const taken = takeFact(live.state, fact, live.cal);
    live.state = taken.state;
    live.entries.push(...taken.entries);
    if (fact.type === 'calendar' || fact.type === 'transfer') live.cal = indexCalendar(live.state.calendar);
    refresh(live);
  };
  const schoolOf = (student: string): string =>
    moves.get(student)?.at(-1)?.school ?? (book.schoolOf(student) || (input.enrolled?.get(student) ?? ''));
  /** Where a student has been, each school up to the day before the next. */
  const stays = (student: string, school: string) => {
    const all = moves.get(student) ?? [{ school }];
    return all.map((one, i) => {
      const next = all[i + 1]?.from;
      return { ...one, to: next === undefined ? undefined : addDays(next, -1) };
    });
  };
  const calendarOf = (student: string, school: string): CalendarIndex => {
    if (!moves.has(student)) return calendars.get(school)!;
    return indexCalendar(
      composeCalendars(
        stays(student, school).map(({ school: at, from, to }) => ({
          calendar: calendars.get(at)!.calendar,
          from,
          to,
        })),
      ),
    );
  };
  const coverageOf = (student: string, school: string): Coverage => {
    if (!moves.has(student)) return coverage.get(school) ?? [];
    return composeCoverage(
      stays(student, school).map(({ school: at, from, to }) => ({
        coverage: coverage.get(at) ?? [],
        from,
        to,
      })),
    );
  };
  const base = (live: Live, date: IsoDate) => ({
    officeDate: date,
    coverage: coverageOf(live.state.student, live.state.school),
  });
  const receive = (delivery: FeedDay<FeedMark>) => {
    for (const school of coverage.keys()) {
      coverage.set(school, addCoverage(coverage.get(school)!, delivery.covers.from, delivery.covers.to));
    }
    return book.receive(delivery.rows);
  };
  const close = (student: string, live: Live) => {
    open.delete(student);
    done.push({ student, state: live.state, entries: live.entries });
  };

  for (const delivery of input.history ?? []) receive(delivery);

  for (let date = input.from; date <= input.to; date = addDays(date, 1)) {
    const schoolToday = [...calendars.values()].some((cal) => isSchoolDay(cal, date));
    const announced = script.calendar.filter((change) => change.on === date);
    if (!schoolToday && !isOfficeDay(date, policy.holidays) && announced.length === 0) continue;

    for (const change of announced) {
      for (const [school, cal] of calendars) {
        if (change.school !== undefined && change.school !== school) continue;
        const after = (change.change === 'close' ? closeDay : addMakeUpDay)(cal.calendar, change.date);
        calendars.set(school, indexCalendar(after));
        for (const [student, live] of open) {
          if (!stays(student, live.state.school).some((one) => one.school === school)) continue;
          const fact: Fact = {
            type: 'calendar',
            ...base(live, date),
            version: live.state.calendarVersion + 1,
            calendar: calendarOf(student, live.state.school).calendar,
            because: change.reason,
          };
          give(live, fact);
          if (live.state.closed) close(student, live);
        }
      }
    }

    for (const [student, live] of open) {
      if (live.due !== null && live.due <= date) give(live, { type: 'office-day', ...base(live, date) });
      if (live.state.closed) close(student, live);
    }

    if (isOfficeDay(date, policy.holidays)) {
      for (const [student, live] of open) {
        for (const letter of live.state.letters) {
          if (letter.status !== 'waiting' || letter.parked !== null || letter.sendOn > date) continue;
          const wanted =
            (letter.about?.kind ?? letter.kind) === 'state-attorney-referral'
              ? input.stateAttorney
              : channelFor(input.students.get(student), date, live.state.policy.notices.channel);
          const accident = input.byPost?.has(letterName(student, live.state.openedOn, letter)) === true;
          const channel = wanted === 'email' && accident ? 'print' : wanted;
          // A print is out when somebody has posted it.
          if (channel === 'print' && !script.office.postsPrints) continue;
          const which = { kind: letter.kind, sequence: letter.sequence };
          give(
            live,
            typeof channel === 'object'
              ? { type: 'letter-blocked', ...base(live, date), ...which, code: channel.blocked }
              : { type: 'letter-out', ...base(live, date), ...which, channel, on: date },
          );
        }
        if (live.state.closed) close(student, live);
      }
    }

    for (const { student, to } of script.transfers.filter((one) => one.on === date)) {
      const from = schoolOf(student);
      if (from === to || from === '') continue;
      moves.set(student, [...(moves.get(student) ?? [{ school: from }]), { school: to, from: date }]);
      const live = open.get(student);
      if (!live) continue;
      give(live, {
        type: 'transfer',
        officeDate: date,
        coverage: coverageOf(student, to),
        school: to,
        county: input.counties.get(to) ?? '',
        since: date,
        version: live.state.calendarVersion + 1,
        calendar: calendarOf(student, to).calendar,
      });
      if (live.state.closed) close(student, live);
    }

    const delivery = feed.get(date);
    const fresh = new Map<string, { school: string; newDays: number }>();
    if (delivery) {
      const changed = receive(delivery);
      for (const [student, differences] of changed) {
        const school = schoolOf(student);
        const newDays = newUnexcusedDays(differences, calendars.get(school));
        if (newDays > 0) fresh.set(student, { school, newDays });
      }
      for (const [student, live] of open) {
        const mine = changed.get(student);
        if ((mine !== undefined && mine.length > 0) || (live.due !== null && live.due <= date)) {
          const mineNow = (mine ?? []).map(({ isNew: _, ...day }) => day);
          give(live, { type: 'attendance', ...base(live, date), days: mineNow });
          if (live.state.closed) close(student, live);
        }
      }
    }

    for (const student of book.students()) {
      const cal = calendars.get(schoolOf(student));
      if (!cal) continue;
      for (const day of scriptedCorrections(script, student, book.daysOf(student), date, cal)) {
        const changed = book.correct(student, day.date, day.what);
        const live = open.get(student);
        if (!live || changed.length === 0) continue;
        const days = changed.map(({ isNew: _, ...one }) => one);
        give(live, { type: 'attendance', ...base(live, date), days });
        if (live.state.closed) close(student, live);
      }
    }

    for (const [student, { school, newDays }] of fresh) {
      let live = open.get(student);
      for (const kind of scriptedInterventions(script, newDays, live?.state.interventions.length ?? 0)) {
        if (!live) {
          opened += 1;
          const cal = calendarOf(student, school);
          const began = beginCase(
            {
              caseNumber: `R-${opened}`,
              student,
              school,
              county: input.counties.get(school) ?? '',
              openedOn: date,
              previousCase: lastCase.get(student) ?? null,
              policy,
              calendar: cal.calendar,
              calendarVersion: 1,
              coverage: coverageOf(student, school),
              days: book.daysOf(student),
            },
            cal,
          );
          live = { ...began, cal, due: null };
          lastCase.set(student, began.state.caseNumber);
          open.set(student, live);
        }
        const id = `${live.state.caseNumber}/${live.state.interventions.length + 1}`;
        give(live, { type: 'intervention', ...base(live, date), actor: ACTOR, id, kind, date });
      }
    }

    for (const [student, live] of open) {
      for (let turn = 0; ; turn += 1) {
        const decision = scriptedDecision(script, live.state, date, live.cal);
        if (!decision) break;
        const posted =
          channelFor(input.students.get(student), date, live.state.policy.notices.channel) === 'print';
        const command = {
          ...decision,
          id: `${live.state.caseNumber}/${date}/${turn}`,
          officeDate: date,
          actor: ACTOR,
          posted,
        } as Command;
        const outcome = decide(live.state, command, live.cal);
        // The script asks only for what the rules allow; anything else is a fault in one of the two.
        if (!outcome.ok)
          throw new Error(`the script asked for what the rules refuse: ${outcome.refusal.code} on ${date}`);
        live.state = outcome.state;
        live.entries.push(...outcome.entries);
        refresh(live);
      }
    }
    onDay?.(date);
  }
  for (const [student, live] of open) done.push({ student, state: live.state, entries: live.entries });
  return done.sort((a, b) =>
    a.student < b.student ? -1 : a.student > b.student ? 1 : a.state.openedOn < b.state.openedOn ? -1 : 1,
  );
}

function refresh(live: Live): void {
  live.due = live.state.closed ? null : (nextDeadline(live.state, live.cal)?.date ?? null);
}

function channelFor(
  student: RehearsalStudent | undefined,
  on: IsoDate,
  channel: ChannelPolicy | undefined,
): 'email' | 'print' | { blocked: string } {
  if (!student) return 'print';
  const recipients = chooseRecipients(student, student.guardians, on, channel);
  if (!recipients.ok) return { blocked: recipients.code };
  return recipients.addressees.some((one) => one.channel === 'email') ? 'email' : 'print';
}
