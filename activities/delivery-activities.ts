/**
 * A letter leaves: plan, claim, send, record. SMTP knows no idempotency, so the claim in the records does: a row is
 * claimed before anything leaves, DATA is noted before it begins, and a claim found open with DATA begun is "unknown",
 * never sent again. What went out is told to the case in the same transaction that records it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Fact } from '../domain/case/facts.ts';
import { statedIn, type NoticeEvidence } from '../domain/notice-evidence.ts';
import { InputFault } from '../domain/refusal.ts';
import type { Db, Tx } from '../db/connect.ts';
import type { JsonObject } from '../db/schema/columns.ts';
import { enqueue, factsAhead } from '../db/stores/outbox.ts';
import {
  claimNotice,
  clearDataStarted,
  markDataStarted,
  markRefused,
  markSent,
  markUnknown,
  noticeByKey,
  queuePrint,
  retakeClaim,
  type NoticeDraft,
  type NoticeRow,
  type Standing,
} from '../db/stores/notices.ts';
import { officeToday } from '../db/stores/office.ts';
import { beginLeaving, blockStep, stepByKey, stepKeyOf } from '../db/stores/steps.ts';
import { addTask } from '../db/stores/tasks.ts';
import { renderLetter, renderPdf, type RenderedLetter } from '../templates/index.ts';
import { tryAgain } from './failures.ts';
import { letterToWrite } from '../letters/letter-context.ts';
import {
  basisHolds,
  changedDays,
  readLetterFacts,
  recipientsOf,
  saysTheSame,
  type Addressee,
  type LetterFacts,
} from '../letters/letter-facts.ts';
import type { DeliveryActivities, LetterPlan, LetterRef, NoticeOutcome } from './ports.ts';
import type { Mailer, SendOutcome } from './smtp.ts';

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
    async planLetter(letter: LetterRef): Promise<LetterPlan> {
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
      const recipients = recipientsOf(facts);
      const code = !recipients.ok
        ? recipients.code
        : !basisHolds(facts)
          ? 'EVIDENCE_CHANGED'
          : unwritable(facts, recipients.addressees);
      if (code !== null) {
        const held = await block(db, facts, key, code);
        if (held === 'withdrawn') return { status: 'withdrawn' };
        if (held === 'blocked' || !recipients.ok) return { status: 'blocked', code };
      }
      const leaving = await db.transaction((tx) => beginLeaving(tx, key));
      if (leaving === 'withdrawn') return { status: 'withdrawn' };
      if (typeof leaving === 'object' && 'parked' in leaving)
        return { status: 'parked', reason: leaving.parked };
      if (leaving !== 'leave')
        return { status: 'withdrawing', untilMs: Date.parse(leaving.waitUntil) + WITHDRAWAL_GRACE_MS };
      if (!recipients.ok) throw new Error('unreachable');
      return {
        status: 'leaving',
        notices: recipients.addressees.map(({ key: addressee, channel }) => ({ addressee, channel })),
      };
    },

    async sendNotice(letter: LetterRef, addresseeKey: string): Promise<NoticeOutcome> {
      const key = noticeKey(letter, addresseeKey);
      const before = await noticeByKey(db, key);
      if (before && before.status !== 'claimed' && before.status !== 'refused') return outcomeOf(before);
      const facts = await factsFor(db, letter);
      if (before?.status === 'refused') {
        // An earlier attempt may have died before its print was queued.
        await printInstead(db, facts, before);
        return outcomeOf(before);
      }
      if (facts.office.practice && !deps.mailIsCaught && !facts.office.practiceMailbox) {
        await ask(db, facts, key, 'PRACTICE_WITHOUT_MAILBOX');
        return { status: 'withheld', code: 'PRACTICE_WITHOUT_MAILBOX' };
      }
      const claimedBy = randomUUID();
      let notice: NoticeRow;
      if (before) {
        // An earlier attempt died here. Without DATA nothing can have left; with it, nobody can tell.
        if (!(await retakeClaim(db, key, claimedBy))) return unknown(db, facts, key, 'CRASHED_AFTER_DATA');
        notice = before;
      } else {
        const addressee = addresseeOf(facts, addresseeKey);
        if (!addressee) return { status: 'withheld', code: 'NO_LONGER_A_RECIPIENT' };
        const draft = await draftOf(facts, addressee, key);
        const claim = await db.transaction((tx) =>
          claimNotice(tx, draft, claimedBy, (inner) => standing(inner, facts)),
        );
        if (claim.outcome === 'not-allowed') {
          await ask(db, facts, key, claim.reason);
          return { status: 'withheld', code: claim.reason };
        }
        if (claim.outcome === 'step-not-leaving') return { status: 'withheld', code: 'WITHDRAWN' };
        if (claim.outcome === 'evidence-changed') return evidenceChanged(db, facts, key, claim.how);
        if (claim.outcome === 'existing') {
          if (claim.notice.status !== 'claimed') return outcomeOf(claim.notice);
          throw tryAgain('CLAIMED_ELSEWHERE', `the notice ${key} is being sent by another attempt`);
        }
        notice = claim.notice;
      }
      Context.current().heartbeat();
      return send(deps, facts, notice, claimedBy);
    },

    async printNotice(letter: LetterRef, addresseeKey: string): Promise<NoticeOutcome> {
      const key = noticeKey(letter, addresseeKey);
      const before = await noticeByKey(db, key);
      if (before) return outcomeOf(before);
      const facts = await factsFor(db, letter);
      const addressee = addresseeOf(facts, addresseeKey);
      if (!addressee) return { status: 'withheld', code: 'NO_LONGER_A_RECIPIENT' };
      return print(db, facts, await draftOf(facts, addressee, key));
    },
  };
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

function noticeKey(letter: LetterRef, addressee: string): string {
  return `${stepKeyOf(letter.caseNumber, letter.kind, letter.sequence)}/${addressee}`;
}

async function factsFor(db: Db, letter: LetterRef): Promise<LetterFacts> {
  const facts = await readLetterFacts(db, letter);
  if (!facts) {
    throw tryAgain(
      'NOT_RECORDED',
      `case ${letter.caseNumber}, its school or the office's profile is not in the records yet`,
    );
  }
  return facts;
}

function addresseeOf(facts: LetterFacts, key: string): Addressee | undefined {
  const recipients = recipientsOf(facts);
  return recipients.ok ? recipients.addressees.find((one) => one.key === key) : undefined;
}

/** The first reason why a letter cannot be written from the records; null when every copy can. */
function unwritable(facts: LetterFacts, addressees: readonly Addressee[]): string | null {
  for (const addressee of addressees) {
    try {
      render(facts, addressee);
    } catch (error) {
      if (error instanceof InputFault) return error.code;
      throw error;
    }
  }
  return null;
}

function render(facts: LetterFacts, addressee: Addressee): RenderedLetter {
  const { language, context, translations } = letterToWrite(facts, addressee);
  return renderLetter(facts.letter.kind, language, context, { translations });
}

/** Holds the letter back, tells the case, and asks a person; not when the step was withdrawn meanwhile or a copy is claimed. */
async function block(
  db: Db,
  facts: LetterFacts,
  stepKey: string,
  code: string,
): Promise<'blocked' | 'withdrawn' | 'begun'> {
  return db.transaction(async (tx) => {
    const step = await stepByKey(tx, stepKey);
    if (step?.status === 'withdrawn') return 'withdrawn';
    const already = step?.status === 'blocked';
    if (!(await blockStep(tx, stepKey, code))) return 'begun';
    if (already) return 'blocked';
    const { kind, sequence } = facts.letter;
    const fact: Fact = {
      type: 'letter-blocked',
      officeDate: facts.today,
      coverage: facts.coverage,
      kind,
      sequence,
      code,
      ...(code === 'EVIDENCE_CHANGED' ? { dates: changedDays(facts) } : {}),
    };
    await enqueue(tx, facts.letter.caseNumber, 'signal', 'letterBlocked', fact as unknown as JsonObject);
    return 'blocked';
  });
}

/** The evidence once more, on the records as the claim finds them. */
async function standing(tx: Tx, drafted: LetterFacts): Promise<Standing> {
  const found = await readLetterFacts(tx, drafted.letter);
  if (!found || !basisHolds(found)) return 'basis-lost';
  return saysTheSame(drafted, found) ? 'as-drafted' : 'restated';
}

/** The records changed between drafting a letter and claiming it: it is written anew, or held back. */
async function evidenceChanged(
  db: Db,
  facts: LetterFacts,
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

async function ask(tx: Tx, facts: LetterFacts, noticeKeyText: string, code: string): Promise<void> {
  await addTask(tx, {
    key: `${noticeKeyText}/${code}`,
    kind: 'letter',
    role: 'case-manager',
    caseNumber: facts.letter.caseNumber,
    school: facts.school.code,
    textCode: code,
    details: { letter: facts.letter.kind },
  });
}

async function draftOf(facts: LetterFacts, addressee: Addressee, key: string): Promise<NoticeDraft> {
  const letter = render(facts, addressee);
  const pdf = await renderPdf(letter);
  const { names } = recipientNames(facts, addressee);
  const domain = facts.profile.email.split('@')[1] ?? 'localhost';
  return {
    key,
    stepKey: stepKeyOf(facts.letter.caseNumber, facts.letter.kind, facts.letter.sequence),
    recipientGuardianIds: [...addressee.guardianIds],
    recipientKind: addressee.kind,
    channel: addressee.channel,
    language: letter.language,
    // From the key alone: a second attempt carries the same one, and it says nothing about anybody.
    messageId:
      addressee.channel === 'email'
        ? `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${domain}>`
        : null,
    toEmail: addressee.channel === 'email' ? addressee.email : null,
    toName: names.join(' & '),
    toAddress: addressee.address,
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    pdf,
    sha256: createHash('sha256').update(letter.text).update(letter.html).update(pdf).digest('hex'),
    templateVersion: letter.templateVersion,
    policyVersion: `${facts.state.policy.name}/${facts.state.policy.version}`,
    evidence: evidenceOf(facts, addressee) as unknown as JsonObject,
    practice: facts.office.practice,
    insteadOf: null,
  };
}

function evidenceOf(facts: LetterFacts, addressee: Addressee): NoticeEvidence {
  return { count: facts.count, decidedOn: facts.decidedOn, assumedRecipient: addressee.assumed };
}

function recipientNames(facts: LetterFacts, addressee: Addressee): { names: string[] } {
  const { context } = letterToWrite(facts, addressee);
  return 'recipients' in context
    ? { names: [...context.recipients.names] }
    : 'court' in context
      ? { names: [context.court.attorney.name] }
      : { names: [] };
}

async function send(
  deps: DeliveryDeps,
  facts: LetterFacts,
  notice: NoticeRow,
  claimedBy: string,
): Promise<NoticeOutcome> {
  const { db } = deps;
  const { key } = notice;
  const redirected = facts.office.practice && !deps.mailIsCaught ? facts.office.practiceMailbox : null;
  const address = redirected ?? notice.toEmail;
  if (!address || !notice.messageId || notice.html === null)
    throw new Error(`the notice ${key} is no e-mail`);
  const context = Context.current();
  const beating = setInterval(() => context.heartbeat(), 10_000);
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
        html: notice.html,
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
      const refusedResult = result;
      await db.transaction((tx) =>
        markRefused(tx, key, { failureCode: refusedResult.code, smtpResponse: refusedResult.response }),
      );
      await printInstead(db, facts, notice);
      return { status: 'refused', code: result.code };
    }
    case 'temporary':
      await clearDataStarted(db, key, claimedBy);
      throw tryAgain(
        'MAIL_SERVER_NOT_NOW',
        `the mail server did not take the notice ${key} (${result.code})`,
      );
    case 'unknown':
      return unknown(db, facts, key, result.code);
  }
}

/** Refused for good: the letter goes by post, as a notice of its own that names the one it replaces. */
async function printInstead(db: Db, facts: LetterFacts, refused: NoticeRow): Promise<void> {
  const addressee = recipientsOf(facts);
  const original = addressee.ok
    ? addressee.addressees.find((one) => refused.key.endsWith(`/${one.key}`))
    : undefined;
  if (!original?.address) {
    await ask(db, facts, refused.key, 'REFUSED_AND_NO_ADDRESS');
    return;
  }
  const draft = await draftOf(facts, { ...original, channel: 'print' }, `${refused.key}-print`);
  await print(db, facts, { ...draft, insteadOf: refused.key });
}

async function print(db: Db, facts: LetterFacts, draft: NoticeDraft): Promise<NoticeOutcome> {
  const claim = await db.transaction((tx) =>
    queuePrint(tx, draft, 'delivery', (inner) => standing(inner, facts)),
  );
  if (claim.outcome === 'not-allowed') {
    await ask(db, facts, draft.key, claim.reason);
    return { status: 'withheld', code: claim.reason };
  }
  if (claim.outcome === 'step-not-leaving') return { status: 'withheld', code: 'WITHDRAWN' };
  if (claim.outcome === 'evidence-changed') return evidenceChanged(db, facts, draft.key, claim.how);
  return outcomeOf(claim.notice);
}

async function unknown(db: Db, facts: LetterFacts, key: string, code: string): Promise<NoticeOutcome> {
  await db.transaction(async (tx) => {
    await markUnknown(tx, key, code);
    await ask(tx, facts, key, 'SETTLE_UNKNOWN_MAIL');
  });
  const now = await noticeByKey(db, key);
  return now ? outcomeOf(now) : { status: 'unknown' };
}

function outSignal(facts: LetterFacts, notice: NoticeRow, on: string): { name: string; payload: JsonObject } {
  const { kind, sequence } = facts.letter;
  const stated = statedIn(kind, notice.evidence);
  const fact: Fact = {
    type: 'letter-out',
    officeDate: on,
    coverage: facts.coverage,
    kind,
    sequence,
    channel: notice.channel,
    on,
    ...(stated === undefined ? {} : { stated }),
  };
  return { name: 'letterOut', payload: fact as unknown as JsonObject };
}

function outcomeOf(notice: NoticeRow): NoticeOutcome {
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
