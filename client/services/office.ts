/** The office: its facts, its day where a driver says what day it is, and the end of practice mode. */
import { and, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import { shortDate } from '../../domain/dates.ts';
import type { OfficeProfile } from '../../domain/office-profile.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { dueCaseloads } from '../../db/stores/caseloads.ts';
import { firstOf } from '../../db/stores/common.ts';
import { coverageOfStudents } from '../../db/stores/coverage.ts';
import { keepLogo, logoBytes } from '../../db/stores/logos.ts';
import { sendsDigests, setDrivenToday, updateOffice } from '../../db/stores/office.ts';
import { dueMonitors } from '../../db/stores/monitors.ts';
import { enqueueMany, pendingCount, relay, type Message } from '../../db/stores/outbox.ts';
import { cases, notices, stepLetters } from '../../db/schema/index.ts';
import { renderLetter, renderPdf, sampleContext } from '../../templates/index.ts';
import { deliveryWorkflowId } from '../../workflows/notice-delivery.messages.ts';
import { isPracticeProfile } from '../office-profile.ts';
import { Refused } from '../failures.ts';
import { changeSchoolDayIn } from './calendar-changes.ts';
import { actorOf, allow, audited, officeOf, todayOf, type Call } from './context.ts';
import { unapprovedTemplates } from './templates.ts';
import { drivenMorning } from './mornings.ts';
import { factMessage } from './tell-case.ts';
import { tellCallsOfDay } from './tell-department.ts';

export interface OfficeShown {
  readonly code: string;
  readonly name: string;
  readonly zone: string;
  readonly policy: string;
  readonly policyVersion: string;
  readonly practice: boolean;
  readonly practiceMailbox: string | null;
  readonly today: IsoDate;
  /** Its date is set by a driver (demo, tests), not by the clock. */
  readonly driven: boolean;
  /** Each morning an e-mail tells of what is new on worklists. */
  readonly digests: boolean;
  /** As letters show it. */
  readonly profile: OfficeProfile | null;
  /** Bytes of the logo on its letters; null where it has none. */
  readonly logoBytes: number | null;
}

export async function showOffice(call: Call): Promise<OfficeShown> {
  allow(call, 'office.read');
  const office = await officeOf(call.db);
  return {
    code: office.code,
    name: office.name,
    zone: office.zone,
    policy: office.policyName,
    policyVersion: office.policyVersion,
    practice: office.practice,
    practiceMailbox: office.practiceMailbox,
    today: await todayOf(call.db),
    driven: office.drivenToday !== null,
    digests: sendsDigests(office),
    profile: office.profile,
    logoBytes: await logoBytes(call.db),
  };
}

export interface DayBegun {
  readonly today: IsoDate;
  /** Cases told, because something of theirs is due. */
  readonly told: number;
  /** Deliveries told to look whether their day has come. */
  readonly deliveries: number;
  /** Caseloads told so: a review or follow-up is due. */
  readonly caseloads: number;
  /** Whether a school had fallen silent, or reported again: the office's morning was run. */
  readonly morning: boolean;
}

/** A snow day announced that morning: known before anything of the day is settled and before a letter leaves. */
export interface MorningChange {
  readonly change: 'close' | 'makeup';
  readonly school: string;
  readonly date: IsoDate;
  readonly reason: string;
}

/**
 * A driven office's day begins: the calendar's changes of that morning, then what is due settles, then letters whose day
 * it is leave.
 */
export async function beginDay(
  call: Call,
  date: IsoDate,
  changes: readonly MorningChange[] = [],
): Promise<DayBegun> {
  allow(call, 'office.drive');
  const { db } = call;
  const told = await db.transaction(async (tx) => {
    const office = await officeOf(tx);
    if (office.drivenToday === null) {
      throw new Refused(
        refusal('OFFICE_NOT_DRIVEN', 'This office lives by the real clock; its day cannot be set.'),
      );
    }
    if (date < office.drivenToday) {
      throw new Refused(
        refusal(
          'DAY_BACKWARDS',
          `It is ${shortDate(office.drivenToday)} at the office already; days only go forward.`,
        ),
      );
    }
    await setDrivenToday(tx, date);
    for (const { change, ...input } of changes) await changeSchoolDayIn(tx, call, change, input);
    const due = await tx
      .select({ number: cases.number, studentId: cases.studentId })
      .from(cases)
      .where(and(eq(cases.status, 'open'), lte(cases.nextDeadline, date)))
      .orderBy(cases.number);
    const messages = await officeDayMessages(tx, call, due, date);
    await enqueueMany(tx, messages);
    await tellCallsOfDay(tx, date);
    return messages.length;
  });
  await relay(db, { deliver: (row) => call.caseClient.deliverOutboxRow(row) }).catch((error: unknown) => {
    call.log.warn({ error: String(error).slice(0, 200) }, 'the day’s messages wait');
  });
  const caseloads = await wakeCaseloads(call, db, date);
  await wakeMonitors(call, db, date);
  const deliveries = await wakeDeliveries(call, db, date);
  return { today: date, told, deliveries, caseloads, morning: await drivenMorning(call, date) };
}

/** Tells every monitor whose day has passed; those out of reach look by their own timer. */
async function wakeMonitors(call: Call, db: Db, date: IsoDate): Promise<void> {
  for (const number of await dueMonitors(db, date)) {
    await call.caseClient.monitors.signalOfficeDay(number).catch(() => false);
  }
}

/** Tells every caseload with something due; those out of reach look by their own timer. */
async function wakeCaseloads(call: Call, db: Db, date: IsoDate): Promise<number> {
  let told = 0;
  for (const { caseNumber, sequence } of await dueCaseloads(db, date)) {
    const found = await call.caseClient.caseloads.signalOfficeDay(caseNumber, sequence).catch(() => false);
    if (found) told += 1;
  }
  return told;
}

async function officeDayMessages(
  db: Db,
  call: Call,
  due: readonly { number: string; studentId: number }[],
  officeDate: IsoDate,
): Promise<Message[]> {
  const known = await coverageOfStudents(
    db,
    due.map((one) => one.studentId),
  );
  return due.map((one) =>
    factMessage(
      one.number,
      { type: 'office-day' },
      {
        officeDate,
        coverage: known.get(one.studentId) ?? [],
        actor: actorOf(call),
      },
    ),
  );
}

/** Tells every delivery whose sending day has come; those out of reach look by their own timer. */
async function wakeDeliveries(call: Call, db: Db, date: IsoDate): Promise<number> {
  const waiting = await db
    .select()
    .from(stepLetters)
    .where(
      and(
        inArray(stepLetters.status, ['waiting', 'leaving', 'blocked']),
        lte(stepLetters.sendOn, date),
        // What the case keeps in the house does not leave by its day: the case says when it may.
        isNull(stepLetters.parked),
      ),
    )
    .orderBy(stepLetters.key);
  let told = 0;
  const queue = [...waiting];
  const work = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) {
      const id = deliveryWorkflowId(step.caseNumber, step.kind as LetterKind, step.sequence);
      const found = await call.caseClient.signalDelivery(id).catch(() => false);
      if (found) told += 1;
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return told;
}

/**
 * The office on its letters: from now on; letters that have left keep what they showed. Without a logo the one before stays;
 * null takes it away. A picture that no print can carry is refused (`LOGO_BAD`) before it is kept.
 */
export async function setProfile(
  call: Call,
  given: OfficeProfile,
  logo?: Buffer | null,
): Promise<OfficeShown> {
  allow(call, 'office.go-live');
  if (logo) await tryLetterhead(logo);
  await call.db.transaction(async (tx) => {
    const office = await officeOf(tx);
    await updateOffice(tx, { profile: given });
    if (logo !== undefined) await keepLogo(tx, office.code, logo);
    await audited(tx, call, 'office.profile-set', `office ${office.code}`);
  });
  return showOffice(call);
}

/** Prints a sample with it: only then is it sure that every letter can bear it. */
async function tryLetterhead(logo: Buffer): Promise<void> {
  const sample = renderLetter('first-notice', 'en', sampleContext('first-notice'));
  await renderPdf(sample, { logo });
}

/** Ends practice mode: from now on letters go to the families. Only after a letter has been tried out. */
export async function goLive(call: Call): Promise<OfficeShown> {
  allow(call, 'office.go-live');
  const { db } = call;
  await db.transaction(async (tx) => {
    const office = await officeOf(tx);
    if (office.drivenToday !== null) {
      throw new Refused(
        refusal('OFFICE_DRIVEN', 'A demonstration office never writes to families; set up a real one.'),
      );
    }
    if (!office.practice) return;
    if (isPracticeProfile(office.profile)) {
      throw new Refused(
        refusal(
          'PROFILE_MISSING',
          'The letters still carry the practice letterhead; give the office’s own first (office profile --file F).',
        ),
      );
    }
    const [tried] = await tx
      .select({ key: notices.key })
      .from(notices)
      .where(and(eq(notices.practice, true), inArray(notices.status, ['sent', 'posted'])))
      .limit(1);
    if (!tried) {
      throw new Refused(
        refusal(
          'TEST_LETTER_MISSING',
          'No practice letter has gone out yet; send one and read it before going live.',
        ),
      );
    }
    const unread = await unapprovedTemplates(call, tx);
    if (unread.length > 0) {
      throw new Refused(
        refusal(
          'TEMPLATES_NOT_APPROVED',
          `Nobody has approved the text of ${unread.length} letters yet; read each (templates preview) and approve it (templates approve).`,
          { templates: unread },
        ),
      );
    }
    await updateOffice(tx, { practice: false });
    await audited(tx, call, 'office.went-live', `office ${office.code}`);
  });
  return showOffice(call);
}

export interface Settledness {
  readonly today: IsoDate;
  readonly outboxPending: number;
  /** Steps whose sending day has come and whose letters have neither left nor been blocked or parked. */
  readonly lettersDueWaiting: number;
  /** Of those, steps that wait for somebody's hands: a print to post, an e-mail of unknown outcome. */
  readonly lettersInHands: number;
  /** Letters claimed whose outcome has not been written down yet. */
  readonly claimsOpen: number;
  /** Cases that have not yet written down what has been delivered to them. */
  readonly casesBehind: number;
  /** The same of 20-Day Monitors and of service calls. */
  readonly monitorsBehind: number;
  readonly callsBehind: number;
  /** What a monitor or a call tells somebody at once, and nobody has begun to send. */
  readonly messagesUnsent: number;
  /** Caseloads whose review or follow-up of today has not been noticed yet. */
  readonly caseloadsDue: number;
  readonly settled: boolean;
}

/** For a driver: whether everything told has been done. */
export async function settledness(call: Call): Promise<Settledness> {
  allow(call, 'office.read');
  const { db } = call;
  const today = await todayOf(db);
  const counts = await firstOf<{
    letters: number;
    hands: number;
    claims: number;
    behind: number;
    due: number;
    monitorsBehind: number;
    callsBehind: number;
    unsent: number;
  }>(
    db,
    sql`
      select (select count(*)::int from step_letters
               where status in ('waiting', 'reserved', 'leaving') and parked is null
                 and send_on <= ${today}::date) as letters,
             (select count(*)::int from step_letters s
               where status = 'leaving' and send_on <= ${today}::date
                 and exists (select 1 from notices n where n.step_key = s.key
                              and (n.status = 'queued' or n.status = 'unknown' and n.settled_at is null))
                 and not exists (select 1 from notices n where n.step_key = s.key and n.status = 'claimed')) as hands,
             (select count(*)::int from notices where status = 'claimed') as claims,
             (select count(*)::int from cases c join outbox_heads h on h.case_number = c.number
               where c.status = 'open'
                 -- The first row is the start: a case nothing has been told since has taken that.
                 and (c.projection is null
                      or greatest((c.projection ->> 'lastFact')::int, 1) < h.last_seq)) as behind,
             (select count(*)::int from caseloads where status = 'open' and next_deadline <= ${today}::date) as due,
             (select count(*)::int from monitors m join outbox_heads h on h.case_number = m.number
               where m.status = 'open'
                 and (m.projection is null
                      or greatest((m.projection ->> 'lastFact')::int, 1) < h.last_seq)) as "monitorsBehind",
             (select count(*)::int from service_calls s join outbox_heads h on h.case_number = s.number
               where s.status = 'open'
                 and (s.projection is null
                      or greatest((s.projection ->> 'lastFact')::int, 1) < h.last_seq)) as "callsBehind",
             (select count(*)::int from call_messages where status = 'planned') as unsent`,
  );
  const outboxPending = await pendingCount(db);
  const { letters = 0, hands = 0, claims = 0, behind = 0, due = 0 } = counts ?? {};
  const { monitorsBehind = 0, callsBehind = 0, unsent = 0 } = counts ?? {};
  const department = monitorsBehind + callsBehind + unsent;
  return {
    today,
    outboxPending,
    lettersDueWaiting: letters,
    lettersInHands: hands,
    claimsOpen: claims,
    casesBehind: behind,
    ...{ monitorsBehind, callsBehind, messagesUnsent: unsent },
    caseloadsDue: due,
    settled: outboxPending + letters - hands + claims + behind + due + department === 0,
  };
}
