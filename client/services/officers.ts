/** Attendance Officers at work: who is on duty, till when, and who is out. Whoever comes on duty is offered what waits at once. */
import { mayDo } from '../../domain/access.ts';
import { askAgainMs } from '../../domain/calls/deadlines.ts';
import { dutyWords, plannedEnd } from '../../domain/duty-times.ts';
import { instantOf, localOf, minutesMs, type OfficeClock } from '../../domain/office-clock.ts';
import { InputFault } from '../../domain/refusal.ts';
import { dispatchIn } from '../../db/stores/dispatch.ts';
import { comeOnDuty, goOffDuty } from '../../db/stores/officer-duty.ts';
import {
  officerById,
  officerOfUser,
  officerStandings,
  type OfficerStanding,
} from '../../db/stores/officers.ts';
import { relay } from '../../db/stores/outbox.ts';
import { tellCall } from '../../db/stores/service-calls.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { officeClock } from '../office-clock.ts';
import { Forbidden, Unknown } from '../failures.ts';
import { allow, audited, callPolicyOf, causeOf, officeOf, todayOf, type Call } from './context.ts';

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
  /** When duty is planned to end: an ISO instant, and local time; null: when they say so. */
  readonly until: string | null;
  readonly till: string | null;
  /** Calls concerned: offered now, or given back. */
  readonly calls: readonly string[];
}

/**
 * Said again while on duty, only a named end changes anything; said after its planned end, duty begins anew.
 * @param until `HH:MM` of the office's day, or an instant, in place of the roster's duty time
 */
export async function onDuty(call: Call, named?: string, until?: string): Promise<DutyAnswer> {
  allow(call, 'officer.duty');
  const answer = await call.db.transaction(async (tx): Promise<DutyAnswer> => {
    const officer = await officerFor(call, tx, named);
    const at = new Date().toISOString();
    const clock = await clockOf(tx);
    const plan = {
      until: until === undefined ? await rosterEnd(tx, officer, clock, at) : endGiven(until, clock, at),
      said: until !== undefined,
    };
    const now = await comeOnDuty(tx, officer, at, causeOf(call), plan);
    if (now.changed) {
      await audited(tx, call, 'officer.on-duty', `officer ${officer}`, { until: now.until });
    }
    const calls = await offerWhatWaits(call, tx, officer, at);
    return { officer, onDuty: true, ...now, till: localTime(clock, now.until), calls };
  });
  await deliver(call);
  return answer;
}

export async function clockOf(db: Db): Promise<OfficeClock> {
  return officeClock(await officeOf(db), await todayOf(db));
}

export function localTime(clock: OfficeClock, at: string | null): string | null {
  return at === null ? null : localOf(clock, Date.parse(at)).time;
}

/** As the roster plans it for who comes on duty now. */
async function rosterEnd(tx: Tx, officer: string, clock: OfficeClock, at: string): Promise<string | null> {
  const duty = (await officerById(tx, officer))?.duty ?? [];
  const end = plannedEnd(duty, localOf(clock, Date.parse(at)));
  return end === null ? null : new Date(instantOf(clock, end.date, end.time)).toISOString();
}

const HOURS_OF_DUTY = 24;

function endGiven(text: string, clock: OfficeClock, at: string): string {
  const now = Date.parse(at);
  const local = /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
  if (!local && !(/(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))) {
    throw new InputFault(
      'BAD_UNTIL',
      'write a time of today as HH:MM, or an instant with its zone',
      '--until',
    );
  }
  const until = local ? instantOf(clock, localOf(clock, now).date, text) : Date.parse(text);
  if (until <= now) {
    throw new InputFault(
      'BAD_UNTIL',
      `it is ${localOf(clock, now).time} already; give a later time of today, or an instant with its zone`,
      '--until',
    );
  }
  if (until > now + minutesMs(clock, HOURS_OF_DUTY * 60)) {
    throw new InputFault('BAD_UNTIL', `nobody is on duty for more than ${HOURS_OF_DUTY} hours`, '--until');
  }
  return new Date(until).toISOString();
}

/** What of it this officer is asked for. */
export async function offerWhatWaits(
  call: Call,
  tx: Tx,
  officer: string,
  at: string,
): Promise<readonly string[]> {
  const policy = await callPolicyOf(call, tx);
  const made = await dispatchIn(tx, {
    at,
    officeDate: await todayOf(tx),
    askAgainMs: askAgainMs(await clockOf(tx), policy),
  });
  return made.filter((one) => one.officer === officer).map((one) => one.callNumber);
}

/** In the middle of a call, too: it is offered again, a visit under way is handed over. Nothing is lost. */
export async function offDuty(call: Call, named?: string, reason?: string): Promise<DutyAnswer> {
  allow(call, 'officer.duty');
  const answer = await call.db.transaction(async (tx): Promise<DutyAnswer> => {
    const officer = await officerFor(call, tx, named);
    const { was, calls } = await leaveDuty(call, tx, officer, reason);
    return { officer, onDuty: false, changed: was, until: null, till: null, calls };
  });
  await deliver(call);
  return answer;
}

/** Ends their duty, and tells the call they have or are asked for. */
export async function leaveDuty(
  call: Call,
  tx: Tx,
  officer: string,
  reason: string | undefined,
): Promise<{ readonly was: boolean; readonly calls: readonly string[] }> {
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
  return { was, calls };
}

/** At once where Temporal answers; else the relay brings it. */
export async function deliver(call: Call): Promise<void> {
  await relay(call.db, { deliver: (row) => call.caseClient.deliverOutboxRow(row) }).catch(
    (error: unknown) => {
      call.log.warn({ error: String(error).slice(0, 200) }, 'what calls are told waits');
    },
  );
}

export interface OfficerShown extends Omit<OfficerStanding, 'duty'> {
  /** Planned duty times, as `mon-fri 07:30-15:30`. */
  readonly duty: readonly string[];
  /** Local times, `HH:MM`: their duty is planned to end, they are expected back. */
  readonly till: string | null;
  readonly backBy: string | null;
}

export async function officersFor(
  call: Call,
  filter: { readonly overdue?: boolean | undefined } = {},
): Promise<OfficerShown[]> {
  allow(call, 'officer.read');
  const clock = await clockOf(call.db);
  const own = (await officerOfUser(call.db, call.caller.id))?.id;
  const all = (await officerStandings(call.db)).map((one) => ({
    ...one,
    phone: seesPhone(call, own, one) ? one.phone : null,
    duty: dutyWords(one.duty),
    till: localTime(clock, one.onDutyUntil),
    backBy: localTime(clock, one.expectedBackAt),
  }));
  return filter.overdue === true ? all.filter((one) => one.standing === 'overdue') : all;
}

/** The dispatcher's to ring at any time; a colleague's, when they do not come back. */
export function seesPhone(
  call: Call,
  own: string | undefined,
  { id, standing }: { readonly id: string; readonly standing: string },
): boolean {
  return mayDo(call.caller.role, 'officer.phone') || id === own || standing === 'overdue';
}
