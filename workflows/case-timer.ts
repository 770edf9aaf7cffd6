import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Deadline } from '../domain/case/deadlines.ts';

/**
 * The one timer of a case: it stands for the earliest deadline and is replaced only when that changes. A deadline whose
 * day has come but that cannot be settled yet (attendance not known so far) is left to the message that brings it.
 */
export class CaseTimer {
  private rung: Deadline | null = null;
  private running: { readonly scope: CancellationScope; readonly key: string } | null = null;
  private pauseMs = 0;
  private leftToMessages: readonly string[] = [];

  get hasRung(): boolean {
    return this.rung !== null;
  }

  takeRung(): Deadline | null {
    const rung = this.rung;
    this.rung = null;
    return rung;
  }

  set(ahead: readonly Deadline[], today: string, msUntil: (date: string) => number): void {
    this.leftToMessages = this.leftToMessages.filter((key) => ahead.some((one) => keyOf(one) === key));
    const deadline = ahead.find((one) => one.date >= today && !this.leftToMessages.includes(keyOf(one)));
    if (!deadline) {
      this.stop();
      return;
    }
    if (this.running?.key === keyOf(deadline)) return;
    this.stop();
    const ms = Math.max(msUntil(deadline.date), this.pauseMs, 1);
    this.pauseMs = 0;
    const scope = new CancellationScope();
    this.running = { scope, key: keyOf(deadline) };
    scope
      .run(() => sleep(ms, { summary: deadline.summary.slice(0, 200) }))
      .then(() => {
        this.rung = deadline;
        this.running = null;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** The day has not come by the records. */
  ringAgainAfter(ms: number): void {
    this.pauseMs = ms;
  }

  leaveToMessages(deadline: Deadline): void {
    this.leftToMessages = [...this.leftToMessages, keyOf(deadline)];
  }

  private stop(): void {
    this.running?.scope.cancel();
    this.running = null;
  }
}

function keyOf(deadline: Deadline): string {
  return `${deadline.date} ${deadline.summary}`;
}
