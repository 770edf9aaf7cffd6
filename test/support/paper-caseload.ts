/** A caseload on paper: the rules alone, day by day. */
import { indexCalendar, type CalendarIndex, type SchoolCalendar } from '../../domain/calendar.ts';
import type { CommandBase } from '../../domain/case/commands.ts';
import type { CaseloadCommand } from '../../domain/caseload/commands.ts';
import { deadlines } from '../../domain/caseload/deadlines.ts';
import {
  decide,
  takeCalendar,
  takeCaseEnd,
  takeDay,
  type CaseloadAnswer,
  type Taken,
} from '../../domain/caseload/decide.ts';
import type { CaseloadEntry } from '../../domain/caseload/entries.ts';
import { beginCaseload, type CaseloadState } from '../../domain/caseload/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { TWO_YEARS } from './paper-case.ts';

export type BareCaseloadCommand = CaseloadCommand extends infer C
  ? C extends CaseloadCommand
    ? Omit<C, keyof CommandBase>
    : never
  : never;

export const CASE_MANAGER = { id: 'U-0002', role: 'case-manager' } as const;

export class PaperCaseload {
  state: CaseloadState;
  cal: CalendarIndex;
  readonly entries: CaseloadEntry[] = [];
  private commands = 0;

  constructor(on: IsoDate, calendar: SchoolCalendar = TWO_YEARS) {
    this.state = beginCaseload({
      caseNumber: 'C-1',
      sequence: 1,
      school: 'NORTH-HS',
      placedOn: on,
      why: 'case-manager',
      calendar,
    });
    this.cal = indexCalendar(calendar);
  }

  private take(taken: Taken): readonly CaseloadEntry[] {
    this.state = taken.state;
    this.entries.push(...taken.entries);
    this.cal = indexCalendar(this.state.calendar);
    return taken.entries;
  }

  do(on: IsoDate, bare: BareCaseloadCommand): CaseloadAnswer | Refusal {
    this.commands += 1;
    const command = {
      ...bare,
      id: `k${this.commands}`,
      officeDate: on,
      actor: CASE_MANAGER,
    } as CaseloadCommand;
    const decision = decide(this.state, command, this.cal);
    if (!decision.ok) return decision.refusal;
    this.take(decision);
    return decision.answer;
  }

  done(on: IsoDate, bare: BareCaseloadCommand): CaseloadAnswer {
    const answer = this.do(on, bare);
    if ('code' in answer) throw new Error(`refused: ${answer.code}`);
    return answer;
  }

  no(on: IsoDate, bare: BareCaseloadCommand): Refusal {
    const answer = this.do(on, bare);
    if (!('code' in answer)) throw new Error(`done: ${answer.done}`);
    return answer;
  }

  day(on: IsoDate): readonly CaseloadEntry[] {
    return this.take(takeDay(this.state, on, this.cal));
  }

  calendar(on: IsoDate, calendar: SchoolCalendar): readonly CaseloadEntry[] {
    return this.take(takeCalendar(this.state, { calendar, today: on }, this.cal));
  }

  school(on: IsoDate, school: string, calendar: SchoolCalendar): readonly CaseloadEntry[] {
    return this.take(takeCalendar(this.state, { school, calendar, today: on }, this.cal));
  }

  caseEnded(on: IsoDate, reason: string): readonly CaseloadEntry[] {
    return this.take(takeCaseEnd(this.state, on, reason));
  }

  /** Days of what is ahead. */
  days(): IsoDate[] {
    return deadlines(this.state, this.cal).map((one) => one.date);
  }
}
