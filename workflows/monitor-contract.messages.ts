/** What can be said to a monitor: its input, signals, updates and query, with their types. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SchoolCalendar } from '../domain/calendar.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { MonitorCommand } from '../domain/monitor/commands.ts';
import type { AttendanceNews, MonitorAnswer } from '../domain/monitor/decide.ts';
import type { MonitorEntry } from '../domain/monitor/entries.ts';
import type { MonitorBeginning, MonitorState } from '../domain/monitor/state.ts';
import type { OfficeClock } from '../domain/office-clock.ts';

export const MONITOR_CONTRACT = 'monitorContract';

export function monitorWorkflowId(number: string): string {
  return `monitor-${number}`;
}

export interface MonitorInput extends MonitorBeginning {
  readonly clock: OfficeClock;
  /** The office's policy, by name: what lists are filtered by. */
  readonly policyName: string;
  /** Everything an earlier run hands over. */
  readonly carried?: CarriedMonitor | undefined;
  /** Test hook: continue as new after so many messages, whatever Temporal suggests. */
  readonly continueAsNewEvery?: number | undefined;
}

export interface CarriedMonitor {
  readonly state: MonitorState;
  /** Answers of recent commands, oldest first, so that a repeat gets the first answer in any run. */
  readonly answers: readonly { readonly id: string; readonly answer: MonitorAnswer }[];
  /** Outbox number of the last fact taken: whatever comes with this or a lower one has been had. */
  readonly lastFact: number;
  /** What came while the last write was under way, not yet in the journal. */
  readonly unwritten: readonly MonitorEntry[];
  /** Deadlines that wait for attendance and for nothing else: no timer stands for them. */
  readonly leftToMessages: readonly string[];
}

/** A fact with its number in the monitor's outbox stream. */
export type Numbered<F> = F & { readonly seq: number };

/** A command as it travels: given up by its caller, it must not act hours later. */
export type TravellingMonitorCommand<C extends MonitorCommand = MonitorCommand> = C & {
  /** ISO instant after which it is refused with COMMAND_EXPIRED. */
  readonly expiresAt: string;
};

export interface MonitorCalendarNews {
  readonly calendar: SchoolCalendar;
  readonly today: IsoDate;
  /** With a transfer: the school the student goes on at. */
  readonly school?: string | undefined;
}

/** The records changed what is known of the student's attendance since the contract. */
export const monitorAttendanceSignal = defineSignal<[Numbered<AttendanceNews>]>('monitorAttendance');
/** The student's calendar changed, or the student goes on at another school. */
export const monitorCalendarSignal = defineSignal<[Numbered<MonitorCalendarNews>]>('monitorCalendar');
/** From a driven office's morning: look at the records what day it is. */
export const monitorOfficeDaySignal = defineSignal('monitorOfficeDay');

type Asked = [TravellingMonitorCommand];
export const endMonitorUpdate = defineUpdate<MonitorAnswer, Asked>('endMonitor');
export const signContractUpdate = defineUpdate<MonitorAnswer, Asked>('signContract');
export const changeOfficerUpdate = defineUpdate<MonitorAnswer, Asked>('changeOfficer');

/** The update that carries each kind of command. */
export const UPDATE_OF_MONITOR_COMMAND: Readonly<Record<MonitorCommand['type'], string>> = {
  'end-monitor': 'endMonitor',
  'sign-contract': 'signContract',
  'change-officer': 'changeOfficer',
};

export const monitorStatusQuery = defineQuery<MonitorState>('status');
