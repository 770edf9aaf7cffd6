/**
 * E-mails that came back: what a delivery report says becomes of the letter it is about. The letter was out and stays so;
 * its address is marked, and the very letter goes by post. Each report counts once, however often and by whichever way it comes.
 */
import { createHash } from 'node:crypto';
import { named } from '../../domain/case/questions.ts';
import { restoredCase, type CaseState } from '../../domain/case/state.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { readBounceReport, type BounceReport, type ReportedRecipient } from '../../imports/bounce-report.ts';
import type { Tx } from '../../db/connect.ts';
import type { BounceOutcome } from '../../db/schema/letters.ts';
import { addBounce, bounceByKey, listBounces, noticeByMessageId } from '../../db/stores/bounces.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { letterSubject } from '../../db/stores/letter-subjects.ts';
import { asRecipient, guardiansOf, markEmailBad } from '../../db/stores/guardians.ts';
import {
  markBounced,
  noticeByKey,
  noticesOfStep,
  printKeyOf,
  queuePrint,
  settleUnknown,
  type NoticeRow,
} from '../../db/stores/notices.ts';
import { addTask } from '../../db/stores/tasks.ts';
import { allow, audited, causeOf, todayOf, type Call } from './context.ts';

export interface BounceTaken {
  readonly outcome: BounceOutcome | 'no-report' | 'too-early';
  /** The letter's key; null where it is none of ours. */
  readonly notice: string | null;
  readonly statusCode: string | null;
  /** It had been taken before. */
  readonly repeated: boolean;
}

/** Takes one message of the office's mailbox. One that is no delivery report (a parent's answer) is left alone. */
export async function takeBounce(call: Call, raw: string): Promise<BounceTaken[]> {
  allow(call, 'notice.bounce');
  // As in the mailbox's file: one character a byte.
  const bytes = Buffer.from(raw, 'latin1');
  const report = await readBounceReport(bytes);
  if (!report) return [{ outcome: 'no-report', notice: null, statusCode: null, repeated: false }];
  const taken: BounceTaken[] = [];
  for (const recipient of report.recipients) {
    const key = createHash('sha256')
      .update(report.reportId ?? bytes)
      .update(`\n${recipient.addresses.join()}\n${recipient.action}`)
      .digest('hex');
    taken.push(await call.db.transaction((tx) => take(tx, call, report, recipient, key)));
  }
  return taken;
}

async function take(
  tx: Tx,
  call: Call,
  report: BounceReport,
  recipient: ReportedRecipient,
  key: string,
): Promise<BounceTaken> {
  const before = await bounceByKey(tx, key);
  if (before) {
    const { outcome, noticeKey, statusCode } = before;
    return { outcome, notice: noticeKey, statusCode, repeated: true };
  }
  const notice = await noticeOf(tx, report);
  const statusCode = recipient.status;
  const done = (outcome: BounceTaken['outcome']): BounceTaken => ({
    ...{ outcome, statusCode, repeated: false },
    notice: notice?.key ?? null,
  });
  // The answer to our own sending is still being written down.
  if (notice?.status === 'claimed') return done('too-early');
  const outcome: BounceOutcome = !notice
    ? 'unmatched'
    : recipient.action !== 'failed'
      ? 'delayed'
      : await cameBack(tx, call, notice, recipient);
  const officeDate = await todayOf(tx);
  const bounce = { key, noticeKey: notice?.key ?? null, outcome, statusCode, officeDate };
  if (!(await addBounce(tx, bounce, causeOf(call)))) return { ...done(outcome), repeated: true };
  if (notice) await audited(tx, call, 'notice.bounced', `notice ${notice.key}`, { outcome, statusCode });
  return done(outcome);
}

async function noticeOf(tx: Tx, { about }: BounceReport): Promise<NoticeRow | undefined> {
  for (const id of about) {
    const found = await noticeByMessageId(tx, id);
    if (found) return found;
  }
  return undefined;
}

async function cameBack(
  tx: Tx,
  call: Call,
  notice: NoticeRow,
  { status, addresses }: ReportedRecipient,
): Promise<'printed' | 'noted'> {
  await markBounced(tx, notice.key, `BOUNCED_${status}`);
  // A copy that another server passed on came back: the address on record may well be good.
  if (notice.toEmail !== null && addresses.includes(notice.toEmail.toLowerCase())) {
    for (const id of notice.recipientGuardianIds) await markEmailBad(tx, id, notice.toEmail);
  }
  if (notice.status === 'unknown') {
    const reason = 'it was taken, and came back';
    await settleUnknown(tx, notice.key, 'print', call.caller.id, reason, { outOn: await todayOf(tx) });
  }
  const code = notice.recipientKind === 'school' ? 'SCHOOL_COPY_REFUSED' : await printKept(tx, call, notice);
  await addTask(tx, {
    key: `${notice.key}/${code}`,
    kind: 'letter',
    role: notice.caseNumber.startsWith('C-') ? 'case-manager' : 'dispatcher',
    caseNumber: notice.caseNumber,
    school: (await letterSubject(tx, notice.caseNumber))?.school ?? null,
    textCode: code,
    details: { letter: notice.kind, status },
  });
  return code === 'LETTER_CAME_BACK_PRINTED' ? 'printed' : 'noted';
}

type AfterBounce =
  | 'LETTER_CAME_BACK_PRINTED'
  | 'LETTER_CAME_BACK'
  | 'LETTER_CAME_BACK_IN_QUESTION'
  | 'LETTER_CAME_BACK_AND_NO_ADDRESS'
  | 'LETTER_CAME_BACK_AND_NOT_ALLOWED';

/** Queues the letter's kept print, which bears the address of that day. What has changed since is a person's to judge. */
async function printKept(tx: Tx, call: Call, notice: NoticeRow): Promise<AfterBounce> {
  if (await isPrinted(tx, notice)) return 'LETTER_CAME_BACK';
  const kept = await caseByNumber(tx, notice.caseNumber);
  const state = kept?.projection && restoredCase((kept.projection as unknown as { state: CaseState }).state);
  const letter = state && named(state, { kind: notice.kind as LetterKind, sequence: notice.sequence });
  const concern = letter?.concern;
  if (concern && concern.settled !== 'stands') return 'LETTER_CAME_BACK_IN_QUESTION';
  const about = await letterSubject(tx, notice.caseNumber);
  if (!about || !(await isStillTheAddress(tx, about.studentId, notice)))
    return 'LETTER_CAME_BACK_AND_NO_ADDRESS';
  const placed = await queuePrint(
    tx,
    { ...notice, key: printKeyOf(notice.key), channel: 'print', messageId: null, insteadOf: notice.key },
    call.caller.id,
  );
  return placed.outcome === 'not-allowed' ? 'LETTER_CAME_BACK_AND_NOT_ALLOWED' : 'LETTER_CAME_BACK_PRINTED';
}

/** In this e-mail's place, along with it, or for somebody else of the same home: it names them all. */
async function isPrinted(tx: Tx, notice: NoticeRow): Promise<boolean> {
  if (await noticeByKey(tx, printKeyOf(notice.key))) return true;
  const named = String(notice.recipientGuardianIds);
  return (await noticesOfStep(tx, notice.stepKey)).some(
    (one) =>
      one.channel === 'print' &&
      one.status !== 'withheld' &&
      one.recipientGuardianIds.length > 0 &&
      String(one.recipientGuardianIds) === named,
  );
}

async function isStillTheAddress(tx: Tx, studentId: number, notice: NoticeRow): Promise<boolean> {
  if (notice.toAddress === null) return false;
  if (notice.recipientGuardianIds.length === 0) return true;
  const wanted = JSON.stringify(Object.entries(notice.toAddress).sort());
  return (await guardiansOf(tx, studentId))
    .filter((one) => notice.recipientGuardianIds.includes(one.id))
    .map((one) => asRecipient(one).address)
    .some((address) => address !== null && JSON.stringify(Object.entries(address).sort()) === wanted);
}

export interface BounceShown {
  readonly notice: string | null;
  readonly outcome: BounceOutcome;
  readonly statusCode: string | null;
  readonly on: string;
}

/** What came back lately, newest first; what names no letter of ours among it. */
export async function bouncesFor(call: Call): Promise<BounceShown[]> {
  allow(call, 'notice.settle');
  return (await listBounces(call.db, 200)).map(({ noticeKey, outcome, statusCode, officeDate }) => ({
    ...{ notice: noticeKey, outcome, statusCode },
    on: officeDate,
  }));
}
