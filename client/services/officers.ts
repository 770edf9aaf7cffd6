/** The roster of Attendance Officers, who is on duty, and who is out. Whoever comes on duty is offered what waits at once. */
import { askAgainMs } from '../../domain/calls/deadlines.ts';
import { localOf } from '../../domain/office-clock.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { OfficerChannel } from '../../db/schema/index.ts';
import { dispatchIn } from '../../db/stores/dispatch.ts';
import {
  addOfficer,
  comeOnDuty,
  goOffDuty,
  officerById,
  officerOfUser,
  officerStandings,
  type OfficerStanding,
} from '../../db/stores/officers.ts';
import { relay } from '../../db/stores/outbox.ts';
import { tellCall } from '../../db/stores/service-calls.ts';
import { userById } from '../../db/stores/users.ts';
import type { Db } from '../../db/connect.ts';
import { officeClock } from '../office-clock.ts';
import { Forbidden, Refused, Unknown } from '../failures.ts';
import { allow, audited, callPolicyOf, causeOf, officeOf, schoolFor, todayOf, type Call } from './context.ts';

export interface OfficerWish {
  readonly name: string;
  readonly user?: string | undefined;
  readonly channel: OfficerChannel;
  readonly reach?: string | undefined;
  /** None: every school. */
  readonly schools?: readonly string[] | undefined;
}

export interface OfficerAdded {
  readonly id: string;
  readonly channel: OfficerChannel;
  /** Key of the webhook's signature; shown once. */
  readonly secret: string | null;
}

export async function putOnRoster(call: Call, wish: OfficerWish): Promise<OfficerAdded> {
  allow(call, 'officer.manage');
  const reach = reachOf(wish);
  return call.db.transaction(async (tx) => {
    for (const code of wish.schools ?? []) await schoolFor(call, tx, code);
    if (wish.user !== undefined) {
      const user = await userById(tx, wish.user);
      if (user?.role !== 'attendance-officer') {
        throw new InputFault(
          'BAD_USER',
          `${wish.user.slice(0, 20)} is nobody with the role attendance-officer; \`user add\` first`,
          'user',
        );
      }
      if (await officerOfUser(tx, wish.user)) {
        throw new Refused(refusal('ALREADY_ON_ROSTER', `${wish.user} is on the roster already.`));
      }
    }
    const row = await addOfficer(
      tx,
      {
        name: wish.name,
        userId: wish.user ?? null,
        channel: wish.channel,
        reach,
        schools: wish.schools === undefined || wish.schools.length === 0 ? null : [...new Set(wish.schools)],
      },
      causeOf(call),
    );
    await audited(tx, call, 'officer.added', `officer ${row.id}`, { channel: row.channel });
    return { id: row.id, channel: row.channel, secret: row.secret };
  });
}

function reachOf({ channel, reach }: OfficerWish): string | null {
  if (channel === 'radio') {
    if (reach === undefined) return null;
    throw new InputFault('BAD_REACH', 'radio goes through the dispatcher; give no address', 'reach');
  }
  if (channel === 'email') {
    if (reach !== undefined && /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/.test(reach)) return reach;
    throw new InputFault('BAD_REACH', 'give the officer’s e-mail address', 'reach');
  }
  if (reach !== undefined && URL.canParse(reach)) {
    const { protocol, hostname } = new URL(reach);
    if (protocol === 'https:' || hostname === 'localhost' || /^127\./.test(hostname)) return reach;
  }
  throw new InputFault('BAD_REACH', 'give the gateway’s address, beginning with https://', 'reach');
}

/** Who is meant: officers say it of themselves, the dispatcher of anybody. */
export async function officerFor(call: Call, tx: Db, named: string | undefined): Promise<string> {
  const own = await officerOfUser(tx, call.caller.id);
  if (call.caller.role === 'attendance-officer') {
    if (!own) throw new Forbidden('Your key is nobody’s on the roster of officers; the dispatcher adds you.');
    if (named !== undefined && named !== own.id) {
      throw new Forbidden(`You act as officer ${own.id}; the dispatcher speaks for others.`);
    }
    return own.id;
  }
  const id = named ?? own?.id;
  if (id === undefined) throw new InputFault('OFFICER_MISSING', 'say which officer', 'officer');
  if (!(await officerById(tx, id))) {
    throw new Unknown(
      'UNKNOWN_OFFICER',
      `There is no officer ${id.slice(0, 20)}; \`officer list\` has them.`,
    );
  }
  return id;
}

export interface DutyAnswer {
  readonly officer: string;
  readonly onDuty: boolean;
  /** False where it was so already. */
  readonly changed: boolean;
  /** Calls concerned: offered now, or given back. */
  readonly calls: readonly string[];
}

export async function onDuty(call: Call, named?: string): Promise<DutyAnswer> {
  allow(call, 'officer.duty');
  const answer = await call.db.transaction(async (tx): Promise<DutyAnswer> => {
    const officer = await officerFor(call, tx, named);
    const at = new Date().toISOString();
    const changed = await comeOnDuty(tx, officer, at, causeOf(call));
    if (changed) await audited(tx, call, 'officer.on-duty', `officer ${officer}`);
    const office = await officeOf(tx);
    const today = await todayOf(tx);
    const policy = await callPolicyOf(call, tx);
    const made = await dispatchIn(tx, {
      at,
      officeDate: today,
      askAgainMs: askAgainMs(officeClock(office, today), policy),
    });
    const calls = made.filter((one) => one.officer === officer).map((one) => one.callNumber);
    return { officer, onDuty: true, changed, calls };
  });
  await deliver(call);
  return answer;
}

/** In the middle of a call, too: it is offered again, a visit under way is handed over. Nothing is lost. */
export async function offDuty(call: Call, named?: string, reason?: string): Promise<DutyAnswer> {
  allow(call, 'officer.duty');
  const answer = await call.db.transaction(async (tx): Promise<DutyAnswer> => {
    const officer = await officerFor(call, tx, named);
    const { was, calls } = await goOffDuty(tx, officer, new Date().toISOString(), reason ?? null);
    const officeDate = await todayOf(tx);
    for (const number of calls) {
      await tellCall(tx, number, {
        type: 'officer-off-duty',
        officeDate,
        officer,
        reason: reason ?? 'off duty',
      });
    }
    if (was) await audited(tx, call, 'officer.off-duty', `officer ${officer}`);
    return { officer, onDuty: false, changed: was, calls };
  });
  await deliver(call);
  return answer;
}

/** At once where Temporal answers; else the relay brings it. */
async function deliver(call: Call): Promise<void> {
  await relay(call.db, { deliver: (row) => call.caseClient.deliverOutboxRow(row) }).catch(
    (error: unknown) => {
      call.log.warn({ error: String(error).slice(0, 200) }, 'what calls are told waits');
    },
  );
}

export interface OfficerShown extends OfficerStanding {
  /** Local time, `HH:MM`, at which they are expected back. */
  readonly backBy: string | null;
}

export async function officersFor(
  call: Call,
  filter: { readonly overdue?: boolean | undefined } = {},
): Promise<OfficerShown[]> {
  allow(call, 'officer.read');
  const clock = officeClock(await officeOf(call.db), await todayOf(call.db));
  const all = (await officerStandings(call.db)).map((one) => ({
    ...one,
    backBy: one.expectedBackAt === null ? null : localOf(clock, Date.parse(one.expectedBackAt)).time,
  }));
  return filter.overdue === true ? all.filter((one) => one.standing === 'overdue') : all;
}
