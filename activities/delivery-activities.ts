/**
 * A letter leaves: plan, claim, send, record. SMTP knows no idempotency, so the claim in the records does: a row is
 * claimed before anything leaves, DATA is noted before it begins, and a claim found open with DATA begun is "unknown",
 * never sent again. What went out is told to the case in the same transaction that records it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { subjectWords, type SentLetterRef } from '../domain/department-letters.ts';
import { deliveredTo, type Addressee } from '../domain/recipients.ts';
import type { Db, Tx } from '../db/connect.ts';
import type { JsonObject } from '../db/schema/columns.ts';
import { asRecipient, markEmailBad } from '../db/stores/guardians.ts';
import { enqueue, factsAhead } from '../db/stores/outbox.ts';
import {
  claimAgain,
  claimNotice,
  clearDataStarted,
  dropClaim,
  markDataStarted,
  markRefused,
  markSent,
  markUnknown,
  printKeyOf,
  noticeByKey,
  noticesOfStep,
  queuePrint,
  settleUnknown,
  type Claim,
  type NoticeDraft,
  type NoticeListed,
  type NoticeRow,
  type OutSignal,
  type Standing,
} from '../db/stores/notices.ts';
import { officeLogo } from '../db/stores/logos.ts';
import { officeToday } from '../db/stores/office.ts';
import { beginLeaving, blockStep, endHeldBackTask, stepByKey, stepKeyOf } from '../db/stores/steps.ts';
import { addTask, endTasks } from '../db/stores/tasks.ts';
import { tryAgain } from './failures.ts';
import { draftOf, needsInterpreter, noticeKey } from './letter-draft.ts';
import { whyHeldBack } from '../letters/held-back.ts';
import { readLetter, type LetterAtHand } from '../letters/letter-at-hand.ts';
import { keepSource } from '../letters/templates-in-use.ts';
import type { DeliveryActivities, LetterPlan, NoticeOutcome } from './ports.ts';
import { schoolCopyDraft } from './school-copy.ts';
import { closedNow } from './sending-hours.ts';
import { LOGO_IN_MAIL, withoutLogo } from '../templates/index.ts';
import type { Mailer, OutgoingMail, SendOutcome } from './smtp.ts';

export interface DeliveryDeps {
  readonly db: Db;
  readonly mailer: Mailer;
  /** The mail server is the catcher of this installation: nothing sent there can reach a real family. */
  readonly mailIsCaught: boolean;
}

/** After a withdrawal's own expiry, before the letter may leave: the case refuses a command past it. */
const WITHDRAWAL_GRACE_MS = 2_000;

export function createDeliveryActivities(deps: DeliveryDeps): DeliveryActivities {
  const { db } = deps;
  return {
    async planLetter(letter: SentLetterRef): Promise<LetterPlan> {
      const key = stepKeyOf(letter.caseNumber, letter.kind, letter.sequence);
      const step = await stepByKey(db, key);
      if (step?.status === 'withdrawn') return { status: 'withdrawn' };
      if (!step?.sendOn) throw tryAgain('STEP_NOT_RECORDED', `the step ${key} is not in the records yet`);
      // A letter that has begun to leave goes on: each copy is judged once more when it is claimed.
      if (step.status !== 'leaving' && step.status !== 'out') {
        if (step.parked !== null) return { status: 'parked', reason: step.parked };
        if (step.sendOn > (await officeToday(db))) return { status: 'not-yet', sendOn: step.sendOn };
        if (await factsStayAhead(db, letter.caseNumber)) return { status: 'facts-first' };
      }
      const facts = await factsFor(db, letter);
      const closed = closedNow(facts.office, facts.rules);
      if (closed) return { status: 'not-yet', sendOn: closed.until };
      const { recipients } = facts;
      const code = whyHeldBack(facts);
      if (code !== null) {
        const held = await block(db, facts, key, code);
        if (held === 'withdrawn') return { status: 'withdrawn' };
        if (held === 'blocked' || !recipients.ok) return { status: 'blocked', code };
      }
      const leaving = await db.transaction(async (tx) => {
        const asked = await beginLeaving(tx, key);
        if (asked === 'leave') await endHeldBackTask(tx, key, 'the letter leaves');
        return asked;
      });
      if (leaving === 'withdrawn') return { status: 'withdrawn' };
      if (typeof leaving === 'object' && 'parked' in leaving)
        return { status: 'parked', reason: leaving.parked };
      if (leaving !== 'leave')
        return { status: 'withdrawing', untilMs: Date.parse(leaving.waitUntil) + WITHDRAWAL_GRACE_MS };
      if (!recipients.ok) throw new Error('unreachable');
      // The text each copy is written from stays on record with it.
      for (const source of Object.values(facts.templates)) await keepSource(db, source);
      return {
        status: 'leaving',
        notices: recipients.addressees.map(({ key: addressee, channel }) => ({ addressee, channel })),
        ...(wantsSchoolCopy(facts) ? { schoolCopy: true } : {}),
      };
    },

    async sendNotice(letter: SentLetterRef, addresseeKey: string): Promise<NoticeOutcome> {
      const outcome = await sendCopy(deps, letter, addresseeKey);
      if (outcome.status === 'sent' || outcome.status === 'unknown')
        await printAlongside(db, letter, addresseeKey);
      return outcome;
    },

    async printNotice(letter: SentLetterRef, addresseeKey: string): Promise<NoticeOutcome> {
      const key = noticeKey(letter, addresseeKey);
      const before = await noticeByKey(db, key);
      if (before) return outcomeOf(before);
      const facts = await factsFor(db, letter);
      const addressee = addresseeOf(facts, addresseeKey);
      if (!addressee) return { status: 'withheld', code: 'NO_LONGER_A_RECIPIENT' };
      return print(db, facts, await draftOf(db, facts, addressee, key), addressee);
    },

    async sendSchoolCopy(letter: SentLetterRef): Promise<NoticeOutcome> {
      const key = noticeKey(letter, SCHOOL_COPY);
      const before = await noticeByKey(db, key);
      if (before && before.status !== 'claimed') return outcomeOf(before);
      const facts = await factsFor(db, letter);
      const copies = await noticesOfStep(db, stepKeyOf(letter.caseNumber, letter.kind, letter.sequence));
      const pdfOf = async (copy: string) => (await noticeByKey(db, copy))?.pdf ?? null;
      const draft = await schoolCopyDraft(facts, copies, key, pdfOf);
      if (draft === 'no-letter-left') return { status: 'withheld', code: 'NO_LETTER_LEFT' };
      if (draft === 'no-address') {
        await ask(db, facts, key, 'SCHOOL_COPY_WITHOUT_ADDRESS');
        return { status: 'withheld', code: 'SCHOOL_COPY_WITHOUT_ADDRESS' };
      }
      return claimAndSend(deps, facts, key, before, async () => ({ draft }));
    },
  };
}

const SCHOOL_COPY = 'school-copy';

function wantsSchoolCopy(facts: LetterAtHand): boolean {
  return facts.schoolCopy !== 'none';
}

async function sendCopy(
  deps: DeliveryDeps,
  letter: SentLetterRef,
  addresseeKey: string,
): Promise<NoticeOutcome> {
  const { db } = deps;
  const key = noticeKey(letter, addresseeKey);
  const before = await noticeByKey(db, key);
  const begun = before?.status === 'claimed' || before?.status === 'refused' || isUnsettled(before);
  if (before && !begun) return outcomeOf(before);
  const facts = await factsFor(db, letter);
  if (before?.status === 'refused') {
    // An earlier attempt may have died before its print was queued.
    await printInstead(db, facts, before);
    return outcomeOf(before);
  }
  if (before?.status === 'unknown') {
    await settleByPolicy(db, facts, before);
    return outcomeOf(before);
  }
  return claimAndSend(deps, facts, key, before, async () => {
    const addressee = addresseeOf(facts, addresseeKey);
    return addressee && { draft: await draftOf(db, facts, addressee, key), addressee };
  });
}

/**
 * Claims a copy and sends it. Of an earlier attempt that ended before DATA began nothing has left: it is judged and written
 * anew. A mail server may say "not now" for days, and meanwhile an order forbids its reader, or an absence is excused.
 */
async function claimAndSend(
  deps: DeliveryDeps,
  facts: LetterAtHand,
  key: string,
  before: NoticeRow | undefined,
  write: () => Promise<{ readonly draft: NoticeDraft; readonly addressee?: Addressee } | undefined>,
): Promise<NoticeOutcome> {
  const { db } = deps;
  if (facts.office.practice && !deps.mailIsCaught && !facts.office.practiceMailbox) {
    await ask(db, facts, key, 'PRACTICE_WITHOUT_MAILBOX', { withheld: key });
    return { status: 'withheld', code: 'PRACTICE_WITHOUT_MAILBOX' };
  }
  // An earlier attempt died here. With DATA begun nobody can tell what left; without it nothing can have.
  const lost = () => unknown(db, facts, key, 'CRASHED_AFTER_DATA');
  if (before && before.dataStartedAt !== null) return lost();
  waitForOfficeHours(facts);
  const written = await write();
  if (!written) {
    if (before && !(await dropClaim(db, key))) return lost();
    return { status: 'withheld', code: 'NO_LONGER_A_RECIPIENT' };
  }
  const claimedBy = randomUUID();
  const claim = await db.transaction(async (tx) => {
    const claiming = before ? claimAgain : claimNotice;
    const placed = await claiming(tx, written.draft, claimedBy, (inner) => standing(inner, facts));
    if (placed.outcome === 'claimed') {
      await askForCall(tx, facts, written.addressee, key);
      const over = { kind: 'letter', details: { withheld: key }, note: 'the letter leaves' };
      await endTasks(tx, facts.letter.caseNumber, over);
    }
    return placed;
  });
  if (claim.outcome === 'claimed') {
    Context.current().heartbeat();
    return send(deps, facts, claim.notice, claimedBy);
  }
  if (before && claim.outcome === 'existing') return lost();
  if (claim.outcome === 'existing' && claim.notice.status === 'claimed')
    throw tryAgain('CLAIMED_ELSEWHERE', `the notice ${key} is being sent by another attempt`);
  return notClaimed(db, facts, key, claim);
}

/** A copy that was tried in the evening and not taken waits for the next office morning like one that has not begun. */
function waitForOfficeHours(facts: LetterAtHand): void {
  const closed = closedNow(facts.office, facts.rules);
  if (closed) throw tryAgain('OFFICE_CLOSED', `letters leave again on ${closed.until}`, { inMs: closed.ms });
}

/** A reader whose language has no letter gets English with interpreter lines, and a call. */
async function askForCall(
  tx: Tx,
  facts: LetterAtHand,
  addressee: Addressee | undefined,
  key: string,
): Promise<void> {
  if (addressee && needsInterpreter(facts, addressee))
    await ask(tx, facts, key, 'CALL_WITH_INTERPRETER', { language: addressee.language });
}

function isUnsettled(notice: NoticeRow | undefined): notice is NoticeRow {
  return notice?.status === 'unknown' && notice.settledAt === null;
}

/** A case mostly takes what reaches it within moments: worth a short wait here before the delivery sets a timer. */
const CATCHING_UP_MS = [50, 100, 200, 400];

async function factsStayAhead(db: Db, caseNumber: string): Promise<boolean> {
  for (const pause of CATCHING_UP_MS) {
    if (!(await factsAhead(db, caseNumber))) return false;
    await setTimeout(pause);
  }
  return factsAhead(db, caseNumber);
}

async function factsFor(db: Db, letter: SentLetterRef): Promise<LetterAtHand> {
  const facts = await readLetter(db, letter);
  if (!facts) {
    throw tryAgain(
      'NOT_RECORDED',
      `${subjectWords(letter.caseNumber)}, its school or the office's profile is not in the records yet`,
    );
  }
  return facts;
}

function addresseeOf(facts: LetterAtHand, key: string): Addressee | undefined {
  const { recipients } = facts;
  return recipients.ok ? recipients.addressees.find((one) => one.key === key) : undefined;
}

/** Holds the letter back, tells its case or asks a person; not when the step was withdrawn meanwhile or a copy is claimed. */
async function block(
  db: Db,
  facts: LetterAtHand,
  stepKey: string,
  code: string,
): Promise<'blocked' | 'withdrawn' | 'begun'> {
  return db.transaction(async (tx) => {
    const step = await stepByKey(tx, stepKey);
    if (step?.status === 'withdrawn') return 'withdrawn';
    const already = step?.status === 'blocked';
    if (!(await blockStep(tx, stepKey, code))) return 'begun';
    if (already) return 'blocked';
    const told = facts.whenBlocked(code);
    if (told) await enqueue(tx, facts.letter.caseNumber, 'signal', told.name, told.payload);
    else await ask(tx, facts, stepKey, code, { heldBack: true });
    return 'blocked';
  });
}

/** The evidence once more, on the records as the claim finds them. */
async function standing(tx: Tx, drafted: LetterAtHand): Promise<Standing> {
  const found = await readLetter(tx, drafted.letter);
  if (!found || found.basisLost !== null) return 'basis-lost';
  return drafted.wording === found.wording ? 'as-drafted' : 'restated';
}

/** The records changed between drafting a letter and claiming it: it is written anew, or held back. */
async function evidenceChanged(
  db: Db,
  facts: LetterAtHand,
  key: string,
  how: Exclude<Standing, 'as-drafted'>,
): Promise<NoticeOutcome> {
  if (how === 'restated')
    throw tryAgain('RECORDS_CHANGED', `the records changed while the notice ${key} was written`);
  const { caseNumber, kind, sequence } = facts.letter;
  const held = await block(db, facts, stepKeyOf(caseNumber, kind, sequence), 'EVIDENCE_CHANGED');
  // Another copy is on its way: the case sees the correction, and this reader's copy is a person's to decide.
  if (held === 'begun') await ask(db, facts, key, 'EVIDENCE_CHANGED');
  return { status: 'withheld', code: 'EVIDENCE_CHANGED' };
}

async function ask(
  tx: Tx,
  facts: LetterAtHand,
  noticeKeyText: string,
  code: string,
  more: JsonObject = {},
): Promise<void> {
  await addTask(tx, {
    key: `${noticeKeyText}/${code}`,
    kind: 'letter',
    role: facts.asks,
    caseNumber: facts.letter.caseNumber,
    school: facts.school.code,
    textCode: code,
    details: { letter: facts.letter.kind, ...more },
  });
}

async function send(
  deps: DeliveryDeps,
  facts: LetterAtHand,
  notice: NoticeRow,
  claimedBy: string,
): Promise<NoticeOutcome> {
  const { db } = deps;
  const { key } = notice;
  const redirected = facts.office.practice && !deps.mailIsCaught ? facts.office.practiceMailbox : null;
  const address = redirected ?? notice.toEmail;
  if (!address || !notice.messageId) throw new Error(`the notice ${key} is no e-mail`);
  const context = Context.current();
  const beating = setInterval(() => context.heartbeat(), 5_000);
  let result: SendOutcome;
  try {
    result = await deps.mailer.send(
      {
        messageId: notice.messageId,
        from: { name: facts.profile.name, address: facts.profile.email },
        replyTo: facts.profile.email,
        to: { name: notice.toName ?? '', address },
        subject: notice.subject,
        text: notice.text,
        ...(await withPicture(db, notice.html)),
        pdf: notice.pdf ? { fileName: `letter-${notice.caseNumber}.pdf`, content: notice.pdf } : undefined,
        date: new Date(notice.claimedAt),
      },
      async () => {
        if (!(await markDataStarted(db, key, claimedBy)))
          throw new Error('the claim is held by another attempt');
      },
    );
  } finally {
    clearInterval(beating);
  }
  switch (result.kind) {
    case 'accepted': {
      const today = await officeToday(db);
      await db.transaction((tx) =>
        markSent(tx, key, {
          acceptedAt: new Date().toISOString(),
          smtpResponse: result.response,
          outOn: today,
          signal: outSignal(facts, notice, today),
        }),
      );
      return { status: 'sent' };
    }
    case 'refused': {
      const { because, code, response } = result;
      await refused(db, facts, notice, {
        failureCode: code,
        smtpResponse: response,
        addressIsBad: because === 'recipient' && redirected === null,
      });
      return { status: 'refused', code };
    }
    case 'temporary': {
      await clearDataStarted(db, key, claimedBy);
      const { code, response } = result;
      if (triedLongEnough(facts)) {
        if (notice.toAddress !== null) {
          const failureCode = `GAVE_UP_${code}`;
          await refused(db, facts, notice, { failureCode, smtpResponse: response, addressIsBad: false });
          await ask(db, facts, key, 'MAIL_SERVER_GAVE_NO_ANSWER');
          return { status: 'refused', code: failureCode };
        }
        await ask(db, facts, key, 'MAIL_WAITS_AND_NO_ADDRESS');
      }
      throw tryAgain('MAIL_SERVER_NOT_NOW', `the mail server did not take the notice ${key} (${code})`);
    }
    case 'unknown':
      return unknown(db, facts, key, result.code);
  }
}

/** The HTML part, with the office's logo where it shows one: taken away since, the part does without. */
async function withPicture(db: Db, html: string | null): Promise<Pick<OutgoingMail, 'html' | 'logo'>> {
  if (!html?.includes(LOGO_IN_MAIL)) return { html: html ?? undefined };
  const image = await officeLogo(db);
  return image === null ? { html: withoutLogo(html) } : { html, logo: Buffer.from(image) };
}

/** For how long this copy has been tried, from its first attempt on, nights and weekends among it. */
function triedLongEnough(facts: LetterAtHand): boolean {
  const hours = facts.rules.notices.giveUpAfterHours;
  if (hours === undefined) return false;
  return Date.now() - Context.current().info.scheduledTimestampMs > hours * 3_600_000;
}

/** Not taken for good: the address is marked where it is its fault, and the letter goes by post. */
async function refused(
  db: Db,
  facts: LetterAtHand,
  notice: NoticeRow,
  how: { readonly failureCode: string; readonly smtpResponse: string; readonly addressIsBad: boolean },
): Promise<void> {
  const { failureCode, smtpResponse, addressIsBad } = how;
  await db.transaction(async (tx) => {
    await markRefused(tx, notice.key, { failureCode, smtpResponse });
    if (!addressIsBad || notice.toEmail === null) return;
    for (const id of notice.recipientGuardianIds) await markEmailBad(tx, id, notice.toEmail);
  });
  await printInstead(db, facts, notice);
}

/** The letter goes by post, as a notice of its own that names the one it replaces. */
async function printInstead(db: Db, facts: LetterAtHand, replaced: NoticeRow): Promise<void> {
  if (replaced.recipientKind === 'school') {
    await ask(db, facts, replaced.key, 'SCHOOL_COPY_REFUSED');
    return;
  }
  const draft = await printOf(db, facts, replaced);
  if (draft === 'printed-already') return;
  if (draft === 'no-address') await ask(db, facts, replaced.key, 'REFUSED_AND_NO_ADDRESS');
  else await print(db, facts, { ...draft, insteadOf: replaced.key });
}

/** The print for the readers of an e-mail, as the records have them now. */
async function printOf(
  db: Db,
  facts: LetterAtHand,
  email: NoticeRow,
): Promise<NoticeDraft | 'no-address' | 'printed-already'> {
  const addressee = printAddressee(facts, email);
  if (!addressee?.address) return 'no-address';
  // At one door one print of the letter is enough: it names everybody of the home.
  const others = await noticesOfStep(db, email.stepKey);
  const named = String(email.recipientGuardianIds);
  const there = others.some(
    (one) =>
      one.channel === 'print' &&
      one.status !== 'withheld' &&
      one.recipientGuardianIds.length > 0 &&
      String(one.recipientGuardianIds) === named,
  );
  return there ? 'printed-already' : draftOf(db, facts, addressee, printKeyOf(email.key));
}

function printAddressee(facts: LetterAtHand, email: NoticeRow): Addressee | undefined {
  const readers = deliveredTo(email.key.split('/')[3] ?? '');
  const guardians = facts.guardians.filter((one) => readers.includes(one.id)).map(asRecipient);
  if (readers.length === 0) {
    const found = facts.recipients;
    const same = found.ok ? found.addressees.find((one) => one.kind === email.recipientKind) : undefined;
    return same && { ...same, channel: 'print' };
  }
  const home = guardians.find((one) => one.address !== null);
  return (
    home && {
      key: readers.map((id) => `g${id}`).join('+'),
      kind: email.recipientKind === 'agency' ? 'agency' : 'guardian',
      guardianIds: readers,
      named: email.recipientGuardianIds,
      channel: 'print',
      alsoPrint: false,
      email: null,
      address: home.address,
      language: home.language,
      assumed: guardians.some((one) => one.legalRecipient === 'assumed'),
    }
  );
}

/** By the office's policy the letter goes by post as well: one notice more on record, one letter to its reader. */
async function printAlongside(db: Db, letter: SentLetterRef, addresseeKey: string): Promise<void> {
  const email = await noticeByKey(db, noticeKey(letter, addresseeKey));
  const facts = await factsFor(db, letter);
  if (!email || !addresseeOf(facts, addresseeKey)?.alsoPrint) return;
  if (await noticeByKey(db, printKeyOf(email.key))) return;
  const draft = await printOf(db, facts, email);
  if (typeof draft === 'object') await print(db, facts, { ...draft, alongside: email.key });
}

async function print(
  db: Db,
  facts: LetterAtHand,
  draft: NoticeDraft,
  addressee?: Addressee,
): Promise<NoticeOutcome> {
  const claim = await db.transaction(async (tx) => {
    const placed = await queuePrint(tx, draft, 'delivery', (inner) => standing(inner, facts));
    if (placed.outcome === 'claimed') await askForCall(tx, facts, addressee, draft.key);
    return placed;
  });
  return claim.outcome === 'claimed' ? outcomeOf(claim.notice) : notClaimed(db, facts, draft.key, claim);
}

/** Why a copy was not claimed, as its delivery is told; a person is asked where something is to be done. */
async function notClaimed(
  db: Db,
  facts: LetterAtHand,
  key: string,
  claim: Exclude<Claim, { readonly outcome: 'claimed' }>,
): Promise<NoticeOutcome> {
  switch (claim.outcome) {
    case 'not-allowed':
      await ask(db, facts, key, claim.reason);
      return { status: 'withheld', code: claim.reason };
    case 'step-not-leaving':
      return { status: 'withheld', code: 'WITHDRAWN' };
    case 'evidence-changed':
      return evidenceChanged(db, facts, key, claim.how);
    case 'existing':
    case 'covered':
      return outcomeOf(claim.notice);
  }
}

async function unknown(db: Db, facts: LetterAtHand, key: string, code: string): Promise<NoticeOutcome> {
  await db.transaction(async (tx) => {
    await markUnknown(tx, key, code);
    if (facts.rules.notices.unknownOutcome !== 'print') await ask(tx, facts, key, 'SETTLE_UNKNOWN_MAIL');
  });
  const now = await noticeByKey(db, key);
  if (isUnsettled(now)) await settleByPolicy(db, facts, now);
  return now ? outcomeOf(now) : { status: 'unknown' };
}

/** An office may have settled it beforehand: what may not have arrived is printed as well. Else a person is asked. */
async function settleByPolicy(db: Db, facts: LetterAtHand, notice: NoticeRow): Promise<void> {
  if (facts.rules.notices.unknownOutcome !== 'print' || notice.recipientKind === 'school') return;
  const draft = await printOf(db, facts, notice);
  if (draft === 'no-address') return ask(db, facts, notice.key, 'SETTLE_UNKNOWN_MAIL');
  if (draft !== 'printed-already') {
    const outcome = await print(db, facts, { ...draft, insteadOf: notice.key });
    if (outcome.status === 'withheld') return ask(db, facts, notice.key, 'SETTLE_UNKNOWN_MAIL');
  }
  await db.transaction((tx) =>
    settleUnknown(tx, notice.key, 'print', 'policy', 'the policy prints what may not have arrived', {
      outOn: facts.today,
    }),
  );
}

function outSignal(facts: LetterAtHand, notice: NoticeRow, on: string): OutSignal | undefined {
  return facts.whenOut(notice, on) ?? undefined;
}

function outcomeOf(notice: NoticeListed): NoticeOutcome {
  switch (notice.status) {
    case 'sent':
    case 'posted':
      return { status: 'sent' };
    case 'refused':
      return { status: 'refused', code: notice.failureCode ?? 'REFUSED' };
    case 'unknown':
      return { status: 'unknown' };
    case 'queued':
      return { status: 'queued' };
    case 'withheld':
      return { status: 'withheld', code: notice.failureCode ?? 'WITHHELD' };
    case 'claimed':
      throw ApplicationFailure.create({
        type: 'CLAIMED_ELSEWHERE',
        message: `the notice ${notice.key} is being sent by another attempt`,
      });
  }
}
