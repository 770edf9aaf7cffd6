/** After which entries a letter leaves. */
import type { MonitorEntry } from './entries.ts';
import type { MonitorState } from './state.ts';

/** The contract, where the office mails it; a monitor from before that rule has none. */
export function mailsContract({ rules }: MonitorState, { type }: Pick<MonitorEntry, 'type'>): boolean {
  return type === 'monitor-begun' && rules.mailsContract !== undefined;
}
