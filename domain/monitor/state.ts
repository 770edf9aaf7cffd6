/**
 * A 20-Day Monitor contract as the workflow carries it: plain JSON, ISO dates.
 * Source: the Intervention Department's page ("Possible 20-Day Monitor contract"); what breaks it and what ends it: the
 * office's words (domain rules on the monitor).
 */
import { addSchoolDays, nextSchoolDay, type CalendarLike, type SchoolCalendar } from '../calendar.ts';
import type { Coverage } from '../coverage.ts';
import type { IsoDate } from '../dates.ts';
import type { ChannelPolicy } from '../recipients.ts';

/** One mark of the student from the contract's day on, as the records have it now. */
export interface MonitorMark {
  readonly date: IsoDate;
  /** As the school wrote it. */
  readonly code: string;
  /** What the source's code map makes of it; null while nobody has mapped it. */
  readonly category: string | null;
}

/** What the office's policy says of a contract; it keeps the version it began with. */
export interface MonitorRules {
  /** School days under observation. */
  readonly schoolDays: number;
  /** School days after which an absence of unknown reason is a breach, if nobody has explained it. */
  readonly unexplainedAfterSchoolDays: number;
  /** How the contract is mailed when the monitor begins. Absent where the officer hands it over. */
  readonly mailsContract?: ChannelPolicy | undefined;
  /** The school's codes, whatever their upper and lower case. */
  readonly codes: { readonly unknownReason: string; readonly confirmedTruant: string };
}

export type BreachKind = 'unexcused' | 'confirmed-truant' | 'unexplained';

/** A day that breaks the contract. One taken back stays, visibly. */
export interface Breach {
  readonly date: IsoDate;
  readonly kind: BreachKind;
  readonly code: string;
  /** Office date on which it was found, and the one on which a correction took it back. */
  readonly foundOn: IsoDate;
  readonly takenBack: { readonly on: IsoDate; readonly why: TakenBackWhy } | null;
}

export type TakenBackWhy = 'corrected' | 'no-school-that-day' | 'outside-the-contract';

export const MONITOR_SIGNERS = ['student', 'parent', 'attendance-officer', 'administrator'] as const;
export type MonitorSigner = (typeof MONITOR_SIGNERS)[number];

export type MonitorResult = 'met' | 'with-breaches' | 'ended-early' | 'opened-in-error';

export interface MonitorEnd {
  readonly on: IsoDate;
  readonly result: MonitorResult;
  /** Standing breaches at its end. */
  readonly breaches: number;
  /** The officer's words where a person ended it. */
  readonly reason: string | null;
}

export interface MonitorState {
  /** `M-000001`. */
  readonly number: string;
  readonly school: string;
  /** The call it came from, `S-000001`; null where it was opened by hand. */
  readonly call: string | null;
  /** The officer's opaque number. */
  readonly officer: string;
  /** The contract's own day: day 0, it never breaks the contract. */
  readonly contractOn: IsoDate;
  readonly rules: MonitorRules;
  readonly calendar: SchoolCalendar;
  readonly coverage: Coverage;
  readonly marks: readonly MonitorMark[];
  /** The latest office date any message or timer has brought. */
  readonly today: IsoDate;
  readonly breaches: readonly Breach[];
  readonly signatures: readonly { readonly by: MonitorSigner; readonly on: IsoDate }[];
  /** Its stop date has come and attendance is not known that far: said once. */
  readonly waitsForAttendance: boolean;
  readonly ended: MonitorEnd | null;
  /** How many entries there are, over all runs. */
  readonly seq: number;
}

export interface MonitorBeginning {
  readonly number: string;
  readonly school: string;
  readonly call?: string | null | undefined;
  readonly officer: string;
  readonly contractOn: IsoDate;
  readonly rules: MonitorRules;
  readonly calendar: SchoolCalendar;
  readonly coverage: Coverage;
  readonly marks: readonly MonitorMark[];
}

export function beginMonitor(given: MonitorBeginning): MonitorState {
  const { number, school, officer, contractOn, rules, calendar, coverage, marks } = given;
  return {
    ...{ number, school, officer, contractOn, rules, calendar, coverage, marks },
    call: given.call ?? null,
    today: contractOn,
    breaches: [],
    signatures: [],
    waitsForAttendance: false,
    ended: null,
    seq: 0,
  };
}

/** Start and stop date. Null where the calendar is not known that far: nobody may guess. */
export interface MonitorSpan {
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
}

/** Day 1 is the next school day after the contract; the stop date is the last of its school days. Closures move both. */
export function spanOf(
  { contractOn, rules }: Pick<MonitorState, 'contractOn' | 'rules'>,
  cal: CalendarLike,
): MonitorSpan {
  return {
    from: nextSchoolDay(cal, contractOn) ?? null,
    to: addSchoolDays(cal, contractOn, rules.schoolDays) ?? null,
  };
}

export function standingBreaches(state: MonitorState): readonly Breach[] {
  return state.breaches.filter((one) => one.takenBack === null);
}
