/** After which entries dispatch has to look again: an officer is wanted, or one has become free. */
import type { CallEntry } from './entries.ts';

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
