/** How large a week is, and how short its minutes. */
export interface WeekOptions {
  readonly seed: number;
  readonly schools: number;
  readonly officers: number;
  readonly calls: number;
  readonly days: number;
  /** Killed workers, spread over the days. */
  readonly kills: number;
  /** How long a minute of the office lasts, in real milliseconds. */
  readonly minuteMs: number;
  /** Minutes before the end of the school day (15:30) at which the office's day begins. */
  readonly dayMinutes: number;
  readonly progress?: (line: string) => void;
}
