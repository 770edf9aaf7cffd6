export interface Identity {
  readonly pid: number;
  readonly startTime: string;
  /** A text that must stand in its command line. */
  readonly marker?: string;
}
export function startTimeOf(pid: number): string | undefined;
export function commandLineOf(pid: number): string | undefined;
export function isSameProcess(record: Identity): boolean;
