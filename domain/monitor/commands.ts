/** What people may do with a running monitor. Dates are when it happened; default: the office date. */
import type { CommandBase } from '../case/commands.ts';
import type { IsoDate } from '../dates.ts';
import type { MonitorSigner } from './state.ts';

/** The officer ends it before its stop date, or says that it should never have begun. */
export interface EndMonitor extends CommandBase {
  readonly type: 'end-monitor';
  readonly how: 'officer' | 'opened-in-error';
  readonly reason: string;
}

export interface SignContract extends CommandBase {
  readonly type: 'sign-contract';
  readonly by: MonitorSigner;
  readonly date?: IsoDate | undefined;
}

/** Another officer watches from now on. */
export interface ChangeOfficer extends CommandBase {
  readonly type: 'change-officer';
  readonly officer: string;
  readonly reason: string;
}

export type MonitorCommand = EndMonitor | SignContract | ChangeOfficer;
