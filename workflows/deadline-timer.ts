/** The one timer of a workflow that waits for its next deadline: replaced only when that changes. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { IsoDate } from '../domain/dates.ts';

export interface TimedDeadline {
  readonly date: IsoDate;
  /** What a person reads on the timer. */
  readonly summary: string;
}

export class DeadlineTimer {
  private rung = false;
  private running: { readonly scope: CancellationScope; readonly key: string } | null = null;
  private pauseMs: number | null = null;

  get hasRung(): boolean {
    return this.rung;
  }

  takeRung(): boolean {
    const { rung } = this;
    this.rung = false;
    return rung;
  }

  /** Stands for this deadline from now on; for none, it stops. */
  set(deadline: TimedDeadline | undefined, msUntil: (date: IsoDate) => number): void {
    if (!deadline) {
      this.stop();
      return;
    }
    const key = `${deadline.date} ${deadline.summary}`;
    if (this.running?.key === key) return;
    this.stop();
    const ms = Math.max(this.pauseMs ?? msUntil(deadline.date), 1);
    this.pauseMs = null;
    const scope = new CancellationScope();
    this.running = { scope, key };
    scope
      .run(() => sleep(ms, { summary: deadline.summary.slice(0, 200) }))
      .then(() => {
        this.rung = true;
        this.running = null;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** The day has not come by the records, or something is still on its way: look again after a while. */
  ringAgainAfter(ms: number): void {
    this.stop();
    this.pauseMs = ms;
  }

  private stop(): void {
    this.running?.scope.cancel();
    this.running = null;
  }
}
