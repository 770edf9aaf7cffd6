/** A case on paper: the rules alone, day by day, for tests that read as the procedure. */
import {
  composeCalendars,
  indexCalendar,
  type CalendarIndex,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import type { Command } from '../../domain/case/commands.ts';
import { decide, type CommandAnswer } from '../../domain/case/decide.ts';
import type { CaseloadEvent, Entry, EntryType } from '../../domain/case/entries.ts';
import { takeFact, type Fact } from '../../domain/case/facts.ts';
import { beginCase } from '../../domain/case/opening.ts';
import {
  openCase,
  type Actor,
  type CaseState,
  type OpeningInput,
  type UnexcusedDay,
} from '../../domain/case/state.ts';
import { addCoverage, type Coverage } from '../../domain/coverage.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import type { LetterKind } from '../../domain/policy.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { loadPolicy } from '../../policies/load.ts';

export const { policy: ROE53 } = await loadPolicy('roe53');

/** Two school years, Mon–Fri, with the usual breaks. */
export const TWO_YEARS: SchoolCalendar = {
  terms: [
    { from: '2023-08-16', to: '2024-05-24' },
    { from: '2024-08-19', to: '2025-05-30' },
  ],
  closed: [
    ...['2023-09-04', '2023-10-09', '2023-11-22', '2023-11-23', '2023-11-24'],
    ...range('2023-12-21', '2024-01-03'),
    ...['2024-01-15', '2024-02-19'],
    ...range('2024-03-25', '2024-03-29'),
    ...['2024-09-02', '2024-10-14', '2024-11-27', '2024-11-28', '2024-11-29'],
    ...range('2024-12-23', '2025-01-03'),
    ...['2025-01-20', '2025-02-17'],
    ...range('2025-03-24', '2025-03-28'),
  ],
  open: [],
};

function range(from: IsoDate, to: IsoDate): IsoDate[] {
  const days: IsoDate[] = [];
  for (
    let day = new Date(`${from}T00:00:00Z`);
    day.toISOString().slice(0, 10) <= to;
    day = new Date(day.getTime() + 86_400_000)
  ) {
    if (day.getUTCDay() % 6 !== 0) days.push(day.toISOString().slice(0, 10));
  }
  return days;
}

type Bare<C> = C extends Command ? Omit<C, 'id' | 'officeDate' | 'actor'> : never;

export class PaperCase {
  readonly opening: OpeningInput;
  /** Before its first entry. */
  readonly opened: CaseState;
  state: CaseState;
  cal: CalendarIndex;
  readonly entries: Entry[];
  coverage: Coverage;
  /** What it was told or asked last, to tell or ask another case the same. */
  last: { readonly fact: Fact } | { readonly command: Command } | null = null;
  private commands = 0;

  constructor(
    on: IsoDate,
    days: readonly (IsoDate | [IsoDate, number])[],
    calendar = TWO_YEARS,
    policy: LadderPolicy = ROE53,
  ) {
    this.cal = indexCalendar(calendar);
    this.coverage = [{ from: calendar.terms[0]!.from, to: on }];
    const input: OpeningInput = {
      caseNumber: 'C-1',
      student: '1',
      school: 'NORTH-HS',
      county: 'Tazewell',
      openedOn: on,
      previousCase: null,
      policy,
      calendar,
      calendarVersion: 1,
      coverage: this.coverage,
      days: days.map(unexcused),
    };
    this.opening = input;
    this.opened = openCase(input);
    const began = beginCase(input, this.cal);
    this.state = began.state;
    this.entries = began.entries;
  }

  /** The same case, to go another way from here. */
  copy(): PaperCase {
    const other = Object.assign(Object.create(PaperCase.prototype) as PaperCase, this);
    return Object.assign(other, { entries: [...this.entries] });
  }

  private give(on: IsoDate, fact: DistributiveOmit<Fact, 'officeDate' | 'coverage'>): Entry[] {
    const whole = { ...fact, officeDate: on, coverage: this.coverage } as Fact;
    this.last = { fact: whole };
    const taken = takeFact(this.state, whole, this.cal);
    this.state = taken.state;
    this.entries.push(...taken.entries);
    if (fact.type === 'calendar' || fact.type === 'transfer') this.cal = indexCalendar(this.state.calendar);
    return [...taken.entries];
  }

  /** Attendance arrives on a day and is known up to it. */
  attendance(on: IsoDate, days: readonly (IsoDate | [IsoDate, number])[] = []): Entry[] {
    this.coverage = addCoverage(this.coverage, this.coverage.at(-1)!.to, on);
    return this.give(on, { type: 'attendance', days: days.map(unexcused) });
  }

  day(on: IsoDate): Entry[] {
    return this.give(on, { type: 'office-day' });
  }

  interventions(on: IsoDate, count = 3): Entry[] {
    const entries: Entry[] = [];
    for (let i = 0; i < count; i += 1) {
      entries.push(
        ...this.give(on, {
          type: 'intervention',
          id: `${on}/${this.state.interventions.length}`,
          kind: 'phone-call',
          date: on,
        }),
      );
    }
    return entries;
  }

  out(kind: LetterKind, on: IsoDate, channel: 'email' | 'print' = 'email'): void {
    const letter = this.state.letters.findLast((one) => one.kind === kind)!;
    this.give(on, { type: 'letter-out', kind, sequence: letter.sequence, channel, on });
  }

  blocked(kind: LetterKind, on: IsoDate): Entry[] {
    const letter = this.state.letters.findLast((one) => one.kind === kind);
    return this.give(on, {
      type: 'letter-blocked',
      kind,
      sequence: letter?.sequence ?? 1,
      code: 'NO_LEGAL_RECIPIENT',
    });
  }

  /** The word that a letter is out comes twice. */
  again(on: IsoDate): Entry[] {
    const out = this.state.letters.findLast((one) => one.status === 'out');
    return this.give(on, {
      type: 'letter-out',
      kind: out?.kind ?? 'first-notice',
      sequence: out?.sequence ?? 1,
      channel: 'email',
      on,
    });
  }

  void(on: IsoDate): Entry[] {
    const id = this.state.interventions.at(-1)?.id ?? 'none';
    return this.give(on, { type: 'intervention-void', id, reason: 'logged twice' });
  }

  /** An intervention taken back by its id. */
  voidIntervention(on: IsoDate, id: string): Entry[] {
    return this.give(on, { type: 'intervention-void', id, reason: 'logged for another student' });
  }

  contact(on: IsoDate, reached = false): Entry[] {
    return this.give(on, { type: 'contact', id: `contact/${on}`, date: on, reached });
  }

  caseload(on: IsoDate, event: CaseloadEvent, agency: string | null = null): Entry[] {
    return this.give(on, { type: 'caseload', event, date: on, id: `${event}/${on}`, agency });
  }

  /** To a school with this calendar from a day on; days before keep the old one. */
  transfer(on: IsoDate, school: string, since: IsoDate, theirs: SchoolCalendar): Entry[] {
    const calendar = composeCalendars([
      { calendar: this.state.calendar, to: addDays(since, -1) },
      { calendar: theirs, from: since },
    ]);
    const version = this.state.calendarVersion + 1;
    return this.give(on, { type: 'transfer', school, county: 'Peoria', since, version, calendar });
  }

  calendar(on: IsoDate, calendar: SchoolCalendar, because: string): Entry[] {
    return this.give(on, { type: 'calendar', version: this.state.calendarVersion + 1, calendar, because });
  }

  do(
    on: IsoDate,
    command: Bare<Command>,
    actor: Actor = { id: 'U-1', role: 'test' },
  ): CommandAnswer | Refusal {
    this.commands += 1;
    const whole = { ...command, id: `c${this.commands}`, officeDate: on, actor } as Command;
    this.last = { command: whole };
    const outcome = decide(this.state, whole, this.cal);
    if (!outcome.ok) return outcome.refusal;
    this.state = outcome.state;
    this.entries.push(...outcome.entries);
    return outcome.answer;
  }

  refer(on: IsoDate, more: { override?: string; acceptFewer?: string } = {}): CommandAnswer | Refusal {
    return this.do(on, { type: 'make-referral', progress: 'Absences go on.', ...more });
  }

  types(): EntryType[] {
    return this.entries.map((entry) => entry.type);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function unexcused(day: IsoDate | [IsoDate, number]): UnexcusedDay {
  const [date, fraction] = typeof day === 'string' ? [day, 1] : day;
  return { date, fraction, code: 'U', school: 'NORTH-HS' };
}

/** Three referrals with their notices out, by early March 2025, with these many unexcused days before and three after. */
export function atThirdNotice(before: readonly (IsoDate | [IsoDate, number])[]): PaperCase {
  const one = new PaperCase('2025-01-13', before);
  one.interventions('2025-01-13');
  one.attendance('2025-01-14', ['2025-01-14']);
  one.refer('2025-01-14');
  one.out('first-notice', '2025-01-15');
  one.interventions('2025-01-21');
  one.attendance('2025-01-27', ['2025-01-27']);
  one.refer('2025-01-27');
  one.out('second-notice', '2025-01-28');
  one.interventions('2025-02-03');
  one.attendance('2025-02-06', ['2025-02-06']);
  one.refer('2025-02-06');
  one.out('third-notice', '2025-02-07');
  one.out('caseload-invitation', '2025-02-07');
  return one;
}
