/** What follows outside a call from what was written: dispatch looks again, a letter leaves. */
import type { CallEntry } from './entries.ts';
import type { CallState } from './state.ts';

/** An officer is wanted, or one has become free. */
export function asksForOfficers({ type }: Pick<CallEntry, 'type'>): boolean {
  switch (type) {
    case 'call-begun':
    case 'officer-sought':
    case 'offer-ended':
    case 'dispatcher-alerted':
    case 'reassigned':
    case 'pair-needed':
    case 'left':
    case 'call-closed':
      return true;
    default:
      return false;
  }
}

/** The findings of an address verification, where the office sends them as a letter. */
export function sendsFindings({ policy, student, school }: CallState, entry: CallEntry): boolean {
  const reported = entry.type === 'step-done' && entry.step === 'report-findings';
  return reported && policy.letters?.findings === true && student !== null && school !== null;
}
