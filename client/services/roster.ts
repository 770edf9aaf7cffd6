/**
 * The roster of Attendance Officers: put on it, and changed. Every version stays; the audit trail says which fields
 * changed, with codes and times, and neither names nor telephones.
 */
import { dutyWords, parseDutyTimes } from '../../domain/duty-times.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import type { OfficerChannel } from '../../db/schema/index.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { serialise } from '../../db/stores/common.ts';
import {
  addOfficer,
  changeOfficer,
  lockOfficer,
  officerOfUser,
  type RosterEntry,
} from '../../db/stores/officers.ts';
import { userById } from '../../db/stores/users.ts';
import { Refused } from '../failures.ts';
import { allow, audited, causeOf, schoolFor, type Call } from './context.ts';
import { deliver, offerWhatWaits } from './officers.ts';
import { differences, reachOf, unknownOfficer, type RosterField } from './roster-entry.ts';

export interface OfficerWish {
  readonly name: string;
  readonly user?: string | undefined;
  readonly channel: OfficerChannel;
  readonly reach?: string | undefined;
  readonly phone?: string | undefined;
  /** None: every school. */
  readonly schools?: readonly string[] | undefined;
  /** Planned duty times, as `mon-fri 07:30-15:30`. */
  readonly duty?: readonly string[] | undefined;
}

export interface OfficerAdded {
  readonly id: string;
  readonly channel: OfficerChannel;
  readonly duty: readonly string[];
  /** Key of the webhook's signature; shown once. */
  readonly secret: string | null;
}

export async function putOnRoster(call: Call, wish: OfficerWish): Promise<OfficerAdded> {
  allow(call, 'officer.manage');
  const reach = reachOf(wish.channel, wish.reach);
  const duty = parseDutyTimes(wish.duty ?? []);
  return call.db.transaction(async (tx) => {
    for (const code of wish.schools ?? []) await schoolFor(call, tx, code);
    if (wish.user !== undefined) await refuseUser(tx, wish.user);
    const row = await addOfficer(
      tx,
      {
        ...{ name: wish.name, userId: wish.user ?? null, channel: wish.channel, reach, duty },
        phone: wish.phone ?? null,
        schools: wish.schools === undefined || wish.schools.length === 0 ? null : [...new Set(wish.schools)],
      },
      causeOf(call),
    );
    await audited(tx, call, 'officer.added', `officer ${row.id}`, { channel: row.channel });
    return { id: row.id, channel: row.channel, duty: dutyWords(duty), secret: row.secret };
  });
}

/** Somebody with the role, and nobody else's key on the roster. */
async function refuseUser(tx: Tx, id: string): Promise<void> {
  const user = await userById(tx, id);
  if (user?.role !== 'attendance-officer' || user.disabledAt !== null) {
    throw new InputFault(
      'BAD_USER',
      `${id.slice(0, 20)} is nobody with the role attendance-officer; \`user add\` first`,
      '--user',
    );
  }
  if (await officerOfUser(tx, id)) {
    throw new Refused(refusal('ALREADY_ON_ROSTER', `${id} is on the roster already.`));
  }
}

/** What is not said stays as it is. */
export interface RosterChange {
  readonly name?: string | undefined;
  readonly channel?: OfficerChannel | undefined;
  readonly reach?: string | undefined;
  /** Null takes it away, here and below. */
  readonly phone?: string | null | undefined;
  /** Null: every school. */
  readonly schools?: readonly string[] | null | undefined;
  readonly duty?: readonly string[] | null | undefined;
  readonly user?: string | null | undefined;
  /** Another key for the webhook's signature. */
  readonly newKey?: boolean | undefined;
}

export interface OfficerChanged {
  readonly officer: string;
  /** Fields that are other than before; none where all was so already. */
  readonly changed: readonly RosterField[];
  /** The webhook's new key, shown once. */
  readonly secret: string | null;
  /** Calls offered to them now, because they cover other schools. */
  readonly calls: readonly string[];
}

/**
 * Other schools hold at once: dispatch looks again, as when somebody comes on duty. An offer they have already stays, also of
 * a school they no longer cover: they have been asked, may be on the way, and can decline; the dispatcher can reassign.
 * Other duty times hold from the next time they come on duty; today's end is said by `officer on-duty --until`.
 */
export async function changeOnRoster(call: Call, id: string, wish: RosterChange): Promise<OfficerChanged> {
  allow(call, 'officer.manage');
  if (Object.values(wish).every((one) => one === undefined)) {
    throw new InputFault('NOTHING_TO_CHANGE', 'say what changes, e.g. --school or --duty');
  }
  const answer = await call.db.transaction(async (tx): Promise<OfficerChanged> => {
    // Not beside a dispatch that goes by the schools they covered until now.
    await serialise(tx, 'dispatch');
    const { entry: before } = (await lockOfficer(tx, id)) ?? unknownOfficer(id);
    const after = await entryAfter(call, tx, before, wish);
    const newKey = wish.newKey === true || (after.channel === 'webhook' && before.channel !== 'webhook');
    if (newKey && after.channel !== 'webhook') {
      throw new InputFault(
        'BAD_NEW_KEY',
        'only a webhook has a key; --channel webhook gives it one',
        '--new-key',
      );
    }
    const changed = [...differences(before, after), ...(newKey ? (['key'] as const) : [])];
    if (changed.length === 0) return { officer: id, changed, secret: null, calls: [] };
    const secret = await changeOfficer(tx, id, after, newKey, causeOf(call));
    await audited(tx, call, 'officer.changed', `officer ${id}`, auditOf(changed, before, after));
    const calls = changed.includes('schools')
      ? await offerWhatWaits(call, tx, id, new Date().toISOString())
      : [];
    return { officer: id, changed, secret, calls };
  });
  if (answer.changed.includes('schools')) await deliver(call);
  return answer;
}

async function entryAfter(call: Call, tx: Tx, before: RosterEntry, wish: RosterChange): Promise<RosterEntry> {
  for (const code of wish.schools ?? []) await schoolFor(call, tx, code);
  if (typeof wish.user === 'string' && wish.user !== before.userId) await refuseUser(tx, wish.user);
  const channel = wish.channel ?? before.channel;
  const kept = channel === before.channel ? (before.reach ?? undefined) : undefined;
  return {
    name: wish.name ?? before.name,
    userId: wish.user === undefined ? before.userId : wish.user,
    channel,
    reach:
      wish.channel === undefined && wish.reach === undefined
        ? before.reach
        : reachOf(channel, wish.reach ?? kept),
    phone: wish.phone === undefined ? before.phone : wish.phone,
    schools: wish.schools === undefined ? before.schools : wish.schools && [...new Set(wish.schools)],
    duty: wish.duty === undefined ? before.duty : parseDutyTimes(wish.duty ?? []),
  };
}

/** Codes, numbers and times, before and after; of a name, a telephone and an address only that they changed. */
function auditOf(changed: readonly RosterField[], before: RosterEntry, after: RosterEntry): JsonObject {
  const shown = ({ channel, schools, duty, userId }: RosterEntry): Partial<Record<RosterField, unknown>> => ({
    ...{ channel, schools: schools ?? 'all', duty: dutyWords(duty), user: userId },
  });
  const [was, is] = [shown(before), shown(after)];
  return {
    changed,
    ...Object.fromEntries(
      changed.filter((one) => one in is).map((one) => [one, { before: was[one], after: is[one] }]),
    ),
  };
}
