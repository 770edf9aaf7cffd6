/** An officer's place on the roster: how offers reach them, and in what two versions of it differ. */
import { dutyWords } from '../../domain/duty-times.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { OfficerChannel } from '../../db/schema/index.ts';
import type { RosterEntry } from '../../db/stores/officers.ts';
import { Unknown } from '../failures.ts';

export type RosterField = 'name' | 'channel' | 'reach' | 'phone' | 'schools' | 'duty' | 'user' | 'key';

export function differences(before: RosterEntry, after: RosterEntry): RosterField[] {
  const [was, is] = [comparable(before), comparable(after)];
  return (Object.keys(was) as (keyof typeof was)[]).filter((field) => was[field] !== is[field]);
}

/** Schools in whatever order are the same, and so are times that read the same. */
function comparable({ userId, schools, duty, ...entry }: RosterEntry) {
  const { name, channel, reach, phone } = entry;
  return {
    ...{ name, channel, reach, phone, user: userId },
    schools: schools === null ? null : [...schools].sort().join(' '),
    duty: dutyWords(duty).join('; '),
  };
}

export function unknownOfficer(id: string): never {
  throw new Unknown(
    'UNKNOWN_OFFICER',
    `There is no officer ${id.slice(0, 20)} on the roster; \`officer list\` has them.`,
  );
}

export function reachOf(channel: OfficerChannel, reach: string | undefined): string | null {
  if (channel === 'radio') {
    if (reach === undefined) return null;
    throw new InputFault('BAD_REACH', 'radio goes through the dispatcher; give no address', '--reach');
  }
  if (channel === 'email') {
    if (reach !== undefined && /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/.test(reach)) return reach;
    throw new InputFault('BAD_REACH', 'give the officer’s e-mail address', '--reach');
  }
  if (reach !== undefined && URL.canParse(reach)) {
    const { protocol, hostname } = new URL(reach);
    if (protocol === 'https:' || hostname === 'localhost' || /^127\./.test(hostname)) return reach;
  }
  throw new InputFault('BAD_REACH', 'give the gateway’s address, beginning with https://', '--reach');
}
