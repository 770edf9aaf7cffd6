/**
 * Each letter to each recipient, once: claimed before anything leaves, then sent, refused, posted, or openly unknown.
 * A row never goes back: what was claimed stays visible, whatever came of it.
 * Lock order throughout: (for a claim a share in the roster's turn → the student, shared →) step → guardians → guardianships → notice → outbox head.
 */
import { and, asc, eq, getTableColumns, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import { deliveredTo } from '../../domain/recipients.ts';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { notices } from '../schema/index.ts';
import { asInts, now, ROSTER, rowsOf, shareTurn } from './common.ts';
import { studentOfSubject } from './letter-subjects.ts';
import { enqueue } from './outbox.ts';
import { lockStep, markStepOut } from './steps.ts';
import type { StepRow } from './steps.ts';

export type NoticeRow = typeof notices.$inferSelect;
/** Without the rendered bodies: for lists. */
export type NoticeListed = Omit<NoticeRow, 'text' | 'html' | 'pdf'>;

export type NoticeDraft = Pick<
  typeof notices.$inferInsert,
  | 'key'
  | 'stepKey'
  | 'recipientGuardianIds'
  | 'recipientKind'
  | 'channel'
  | 'language'
  | 'messageId'
  | 'toEmail'
  | 'toName'
  | 'toAddress'
  | 'subject'
  | 'text'
  | 'html'
  | 'pdf'
  | 'sha256'
  | 'templateVersion'
  | 'policyVersion'
  | 'evidence'
  | 'practice'
  | 'insteadOf'
  | 'alongside'
>;

/** Told to the case when a step is out for the first time, in the same transaction. */
export interface OutSignal {
  readonly name: string;
  readonly payload: JsonObject;
}

export type Claim =
  | { readonly outcome: 'claimed'; readonly notice: NoticeRow }
  /** Somebody was here before: the row says how far it came. */
  | { readonly outcome: 'existing'; readonly notice: NoticeRow }
  | {
      readonly outcome: 'not-allowed';
      readonly reason: 'NO_CONTACT_ORDER' | 'NOT_A_RECIPIENT' | 'NO_TIE_TO_STUDENT';
      readonly guardianId: number;
    }
  /** Another copy of this step's letter has been claimed for one of its readers: nobody gets two. */
  | { readonly outcome: 'covered'; readonly notice: NoticeListed }
  /** The records are no longer what the letter was drafted from ({@link Standing}). */
  | { readonly outcome: 'evidence-changed'; readonly how: Exclude<Standing, 'as-drafted'> }
  /** The step was withdrawn, or nobody asked to let it leave ({@link beginLeaving}). */
  | { readonly outcome: 'step-not-leaving'; readonly status: StepRow['status'] };

/** How the records stand to a draft: the same; the step holds but the letter would say something else; the step no longer holds. */
export type Standing = 'as-drafted' | 'restated' | 'basis-lost';

/** Reads the records within the claim's transaction, while no attendance of the student can change. */
export type StandingNow = (tx: Tx) => Promise<Standing>;

/**
 * Frees nobody to send yet: it fixes what will be sent, to whom, on what evidence. The sender then marks DATA as begun.
 * A correction that commits before the claim is seen by `standing`; a later one finds the letter claimed.
 */
export async function claimNotice(
  tx: Tx,
  draft: NoticeDraft,
  claimedBy: string,
  standing?: StandingNow,
): Promise<Claim> {
  return place(tx, draft, claimedBy, 'claimed', standing);
}

/** Puts a letter on the print queue, with the same checks. A repeat gives the row that is there. */
export async function queuePrint(
  tx: Tx,
  draft: NoticeDraft,
  queuedBy: string,
  standing?: StandingNow,
): Promise<Claim> {
  return place(tx, { ...draft, channel: 'print' }, queuedBy, 'queued', standing);
}

/**
 * Claims a copy whose earlier attempt ended before DATA began (it died, or the server said "not now", perhaps for days): who
 * may be written to, and what the letter says, is asked of the records as they are now, and that attempt's claim is gone
 * whatever the answer. `existing`: DATA may have begun after all.
 */
export async function claimAgain(
  tx: Tx,
  draft: NoticeDraft,
  claimedBy: string,
  standing?: StandingNow,
): Promise<Claim> {
  return place(tx, draft, claimedBy, 'claimed', standing, (inner) => dropClaim(inner, draft.key));
}

async function place(
  tx: Tx,
  draft: NoticeDraft,
  claimedBy: string,
  status: 'claimed' | 'queued',
  standing?: StandingNow,
  replaces: (tx: Tx) => Promise<boolean> = async () => false,
): Promise<Claim> {
  return tx.transaction(async (inner) => {
    await shareTurn(inner, ROSTER);
    if (standing) await shareStudent(inner, draft.stepKey);
    const step = await lockStep(inner, draft.stepKey);
    const existing = await noticeByKey(inner, draft.key);
    if (existing && !(await replaces(inner))) return { outcome: 'existing', notice: existing };
    if (step.status !== 'leaving' && step.status !== 'out') {
      return { outcome: 'step-not-leaving', status: step.status };
    }
    const covering = await covers(inner, draft);
    if (covering) return { outcome: 'covered', notice: covering };
    const barred = await firstBarred(inner, step.caseNumber, draft.recipientGuardianIds);
    if (barred) return { outcome: 'not-allowed', ...barred };
    const how = standing ? await standing(inner) : 'as-drafted';
    if (how !== 'as-drafted') return { outcome: 'evidence-changed', how };
    const { caseNumber, kind, sequence } = step;
    const [notice] = await inner
      .insert(notices)
      .values({ ...draft, caseNumber, kind, sequence, status, claimedAt: now(), claimedBy })
      .returning();
    if (!notice) throw new Error(`the notice ${draft.key} could not be claimed`);
    return { outcome: 'claimed', notice };
  });
}

/**
 * The copy that one of a draft's readers has or will have already. Homes may be put together otherwise on a second look
 * (an e-mail address became bad, a guardian moved in): who was written to is not written to again. A print in an e-mail's
 * place or along with it is that same copy. Called under the step's lock.
 */
async function covers(tx: Tx, draft: NoticeDraft): Promise<NoticeListed | undefined> {
  if (draft.insteadOf || draft.alongside) return undefined;
  const readers = readersOf(draft.key);
  if (readers.length === 0) return undefined;
  const rows = await tx
    .select(LISTED)
    .from(notices)
    .where(
      and(
        eq(notices.stepKey, draft.stepKey),
        ne(notices.status, 'withheld'),
        isNull(notices.insteadOf),
        isNull(notices.alongside),
      ),
    );
  return rows.find((row) => readersOf(row.key).some((id) => readers.includes(id)));
}

function readersOf(key: string): number[] {
  return deliveredTo(key.split('/')[3] ?? '');
}

/** Keeps the student's attendance as it is until commit: merging marks and correcting a day lock the same row alone. */
async function shareStudent(tx: Tx, stepKey: string): Promise<void> {
  const caseNumber = stepKey.split('/')[0] ?? '';
  await tx.execute(sql`
    select 1 from students where id = ${studentOfSubject(caseNumber)} for share`);
}

/**
 * Locks the recipients' rows until commit and says who may not be written to. An order set meanwhile waits for this claim or
 * is seen by it: allowed when the claim commits is allowed.
 */
async function firstBarred(
  tx: Tx,
  caseNumber: string,
  guardianIds: readonly number[],
): Promise<
  { guardianId: number; reason: 'NO_CONTACT_ORDER' | 'NOT_A_RECIPIENT' | 'NO_TIE_TO_STUDENT' } | undefined
> {
  if (guardianIds.length === 0) return undefined;
  await tx.execute(sql`select 1 from guardians where id = any(${asInts(guardianIds)}) order by id for share`);
  const ties = await rowsOf<{ guardianId: number; noContact: boolean; legalRecipient: string }>(
    tx,
    sql`
      select guardian_id as "guardianId", no_contact as "noContact", legal_recipient as "legalRecipient"
        from guardianships
       where guardian_id = any(${asInts(guardianIds)})
         and student_id = ${studentOfSubject(caseNumber)}
       order by guardian_id for share`,
  );
  for (const guardianId of guardianIds) {
    const tie = ties.find((one) => one.guardianId === guardianId);
    if (!tie) return { guardianId, reason: 'NO_TIE_TO_STUDENT' };
    if (tie.noContact) return { guardianId, reason: 'NO_CONTACT_ORDER' };
    if (tie.legalRecipient === 'no') return { guardianId, reason: 'NOT_A_RECIPIENT' };
  }
  return undefined;
}

/**
 * Must be true before DATA begins: the claim is this attempt's, and nobody has begun. An attempt that lost its claim
 * ({@link dropClaim}) gets false and sends nothing.
 */
export async function markDataStarted(db: Db, key: string, claimedBy: string): Promise<boolean> {
  const rows = await db
    .update(notices)
    .set({ dataStartedAt: now() })
    .where(
      and(
        eq(notices.key, key),
        eq(notices.status, 'claimed'),
        eq(notices.claimedBy, claimedBy),
        isNull(notices.dataStartedAt),
      ),
    )
    .returning({ key: notices.key });
  return rows.length > 0;
}

/** The server said for certain that it did not take the message (4xx after DATA): the claim may try again. */
export async function clearDataStarted(db: Db, key: string, claimedBy: string): Promise<boolean> {
  const rows = await db
    .update(notices)
    .set({ dataStartedAt: null })
    .where(and(eq(notices.key, key), eq(notices.status, 'claimed'), eq(notices.claimedBy, claimedBy)))
    .returning({ key: notices.key });
  return rows.length > 0;
}

/**
 * Takes back a claim under which nothing can have left: DATA was never marked as begun. The attempt before it, should it
 * still live, then fails {@link markDataStarted}. False: DATA may have begun, the outcome is unknown ({@link markUnknown}).
 */
export async function dropClaim(db: Db, key: string): Promise<boolean> {
  const rows = await db
    .delete(notices)
    .where(and(eq(notices.key, key), eq(notices.status, 'claimed'), isNull(notices.dataStartedAt)))
    .returning({ key: notices.key });
  return rows.length > 0;
}

export interface Outcome {
  /** False for a repeat, or where the notice's state no longer allows it: nothing was written. */
  readonly changed: boolean;
  /** This made the step "out"; the signal went with it. */
  readonly firstOut: boolean;
}

const NOTHING: Outcome = { changed: false, firstOut: false };

/** Changes a notice if it stands in one of these states; on the way out also the step and the outbox. */
async function move(
  tx: Tx,
  key: string,
  from: readonly NoticeRow['status'][],
  set: Partial<typeof notices.$inferInsert>,
  out?: { readonly on: IsoDate; readonly signal?: OutSignal | undefined },
): Promise<Outcome> {
  return tx.transaction(async (inner) => {
    const [found] = await inner
      .select({
        stepKey: notices.stepKey,
        caseNumber: notices.caseNumber,
        recipientKind: notices.recipientKind,
      })
      .from(notices)
      .where(eq(notices.key, key));
    if (!found) throw new Error(`there is no notice ${key}`);
    await lockStep(inner, found.stepKey);
    const rows = await inner
      .update(notices)
      .set(out ? { ...set, outOn: out.on } : set)
      .where(and(eq(notices.key, key), inArray(notices.status, [...from])))
      .returning({ key: notices.key });
    if (rows.length === 0) return NOTHING;
    // The school's copy tells that a letter left; it is not the letter.
    const isLetter = found.recipientKind !== 'school';
    const firstOut = out !== undefined && isLetter && (await markStepOut(inner, found.stepKey, out.on));
    if (firstOut && out.signal) {
      await enqueue(inner, found.caseNumber, 'signal', out.signal.name, out.signal.payload);
    }
    return { changed: true, firstOut };
  });
}

/**
 * The mail server has taken the message. Sets the notice's `out_on`; the first of a step makes the step out and tells the
 * case by `signal`. Also right for a late answer to a claim already called unknown: the truth wins.
 */
export async function markSent(
  tx: Tx,
  key: string,
  sent: { acceptedAt: string; smtpResponse: string; outOn: IsoDate; signal?: OutSignal | undefined },
): Promise<Outcome> {
  const { acceptedAt, smtpResponse } = sent;
  return move(
    tx,
    key,
    ['claimed', 'unknown'],
    { status: 'sent', acceptedAt, smtpResponse },
    { on: sent.outOn, signal: sent.signal },
  );
}

/** The mail server has refused it for good; nothing left. */
export async function markRefused(
  tx: Tx,
  key: string,
  refused: { failureCode: string; smtpResponse?: string | undefined },
): Promise<Outcome> {
  return move(tx, key, ['claimed', 'unknown'], { status: 'refused', ...refused });
}

/** Taken by the server and sent back later. It was out; the code says what came of it. */
export async function markBounced(tx: Tx, key: string, failureCode: string): Promise<Outcome> {
  return move(tx, key, ['sent', 'unknown'], { failureCode });
}

/** Found open after DATA had begun: nobody can tell whether it left. A person, or the office's policy, settles it. */
export async function markUnknown(tx: Tx, key: string, failureCode: string): Promise<Outcome> {
  const [row] = await tx.select({ began: notices.dataStartedAt }).from(notices).where(eq(notices.key, key));
  if (!row?.began) return NOTHING;
  return move(tx, key, ['claimed'], { status: 'unknown', failureCode });
}

/** A person has put the print into the post on `outOn`. */
export async function markPosted(
  tx: Tx,
  key: string,
  posted: { postedBy: string; outOn: IsoDate; signal?: OutSignal | undefined },
): Promise<Outcome> {
  return move(
    tx,
    key,
    ['queued'],
    { status: 'posted', postedBy: posted.postedBy, postedAt: now() },
    { on: posted.outOn, signal: posted.signal },
  );
}

/** A person keeps a letter back that has not begun to leave. */
export async function withholdNotice(tx: Tx, key: string, by: string, reason: string): Promise<Outcome> {
  const [row] = await tx.select({ began: notices.dataStartedAt }).from(notices).where(eq(notices.key, key));
  if (row?.began) return NOTHING;
  return move(tx, key, ['claimed', 'queued'], {
    status: 'withheld',
    settledBy: by,
    settledReason: reason,
    settledAt: now(),
  });
}

/**
 * Settles an unknown outcome. As `sent`: it counts as out on `outOn`. As `print`: the notice stays unknown, settled, and the
 * caller queues a print that names it (`insteadOf`), in the same transaction. The first to settle stands.
 */
export async function settleUnknown(
  tx: Tx,
  key: string,
  as: 'sent' | 'print',
  by: string,
  reason: string,
  out: { outOn: IsoDate; signal?: OutSignal | undefined },
): Promise<Outcome> {
  const settled = { settledBy: by, settledAs: as, settledReason: reason, settledAt: now() };
  if (as === 'sent') {
    return move(tx, key, ['unknown'], { status: 'sent', ...settled }, { on: out.outOn, signal: out.signal });
  }
  const rows = await tx
    .update(notices)
    .set(settled)
    .where(and(eq(notices.key, key), eq(notices.status, 'unknown'), isNull(notices.settledAt)))
    .returning({ key: notices.key });
  return { changed: rows.length > 0, firstOut: false };
}

/** The whole notice, with its rendered bodies. */
export async function noticeByKey(db: Db, key: string): Promise<NoticeRow | undefined> {
  const [row] = await db.select().from(notices).where(eq(notices.key, key));
  return row;
}

const { text: _text, html: _html, pdf: _pdf, ...LISTED } = getTableColumns(notices);

export async function noticesOf(db: Db, caseNumber: string): Promise<NoticeListed[]> {
  return db
    .select(LISTED)
    .from(notices)
    .where(eq(notices.caseNumber, caseNumber))
    .orderBy(asc(notices.claimedAt), asc(notices.key));
}

export async function noticesOfStep(db: Db, stepKey: string): Promise<NoticeListed[]> {
  return db
    .select(LISTED)
    .from(notices)
    .where(eq(notices.stepKey, stepKey))
    .orderBy(asc(notices.claimedAt), asc(notices.key));
}

/** The print in an e-mail's place, or along with it, has one key: whatever the reason, there is one. */
export function printKeyOf(emailKey: string): string {
  return `${emailKey}-print`;
}

/** Prints nobody has posted yet, oldest first. */
export async function printQueue(db: Db): Promise<NoticeListed[]> {
  return db
    .select(LISTED)
    .from(notices)
    .where(eq(notices.status, 'queued'))
    .orderBy(asc(notices.claimedAt), asc(notices.key));
}

/** Letters of which nobody knows whether they left, and nobody has settled it. */
export async function unsettledNotices(db: Db): Promise<NoticeListed[]> {
  return db
    .select(LISTED)
    .from(notices)
    .where(and(eq(notices.status, 'unknown'), isNull(notices.settledAt)))
    .orderBy(asc(notices.claimedAt), asc(notices.key));
}

/** Claims still open: in flight, or left behind by a crash. */
export async function openClaims(db: Db): Promise<NoticeListed[]> {
  return db
    .select(LISTED)
    .from(notices)
    .where(eq(notices.status, 'claimed'))
    .orderBy(asc(notices.claimedAt), asc(notices.key));
}
