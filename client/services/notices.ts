/** Letters as they left, or wait for somebody's hands: the print queue, posting, unknown outcomes. */
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { statedIn } from '../../domain/notice-evidence.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { letterSubject } from '../../db/stores/letter-subjects.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import {
  markPosted,
  noticeByKey,
  noticesOf,
  printKeyOf,
  printQueue,
  queuePrint,
  settleUnknown,
  unsettledNotices,
  type NoticeRow,
  type OutSignal,
} from '../../db/stores/notices.ts';
import { stepsOf } from '../../db/stores/steps.ts';
import { isPaperKey, paperLetterByKey, paperLettersOf, type PaperLetterRow } from '../../db/stores/paper.ts';
import { reaches } from '../../domain/access.ts';
import { Forbidden, Refused, Unknown } from '../failures.ts';
import { showPaperLetter, showStep, showWithMail, type ShownNotice, type ShownStep } from './cases.ts';
import { callFor } from './calls.ts';
import { actorOf, allow, audited, caseFor, todayOf, type Call } from './context.ts';
import { monitorFor } from './monitors.ts';
import { deliverNow, factMessage } from './tell-case.ts';

export async function noticesFor(call: Call, caseNumber: string): Promise<ShownNotice[]> {
  allow(call, 'notice.read');
  await subjectFor(call, call.db, caseNumber);
  const before = await paperLettersOf(call.db, caseNumber);
  return [
    ...before.map(showPaperLetter),
    ...(await showWithMail(call.db, await noticesOf(call.db, caseNumber))),
  ];
}

/** Letters of it that have been decided and have not begun to leave, and why. */
export async function inHouseFor(call: Call, number: string): Promise<ShownStep[]> {
  allow(call, 'notice.read');
  await subjectFor(call, call.db, number);
  return (await stepsOf(call.db, number)).filter(({ status }) => IN_THE_HOUSE.has(status)).map(showStep);
}

/** With the first copy claimed it stands among the letters. */
const IN_THE_HOUSE: ReadonlySet<string> = new Set(['waiting', 'reserved', 'blocked']);

/** A letter sent before this system: its proof, no text. Undefined for the key of one of ours. */
export async function readPaperLetter(call: Call, key: string): Promise<ShownNotice | undefined> {
  allow(call, 'notice.read');
  if (!isPaperKey(key)) return undefined;
  const row = await paperLetterFor(call, call.db, key);
  await audited(call.db, call, 'notice.read', `notice ${key}`);
  return showPaperLetter(row);
}

async function paperLetterFor(call: Call, db: Tx, key: string): Promise<PaperLetterRow> {
  const row = await paperLetterByKey(db, key);
  if (!row) throw unknownNotice();
  await caseFor(call, db, row.caseNumber).catch(() => {
    throw unknownNotice();
  });
  return row;
}

/** One letter as it was rendered. */
export async function readNotice(call: Call, key: string): Promise<NoticeRow> {
  allow(call, 'notice.read');
  const row = await noticeFor(call, call.db, key);
  await audited(call.db, call, 'notice.read', `notice ${key}`);
  return row;
}

/** Whoever reaches the case, the monitor or the call reaches its letters. */
export async function subjectFor(call: Call, db: Tx, number: string): Promise<void> {
  if (number.startsWith('M-')) await monitorFor(call, db, number);
  else if (number.startsWith('S-')) await callFor(call, db, number);
  else await caseFor(call, db, number);
}

export async function noticeFor(call: Call, db: Tx, key: string): Promise<NoticeRow> {
  if (isPaperKey(key)) {
    await paperLetterFor(call, db, key);
    throw new Refused(
      refusal(
        'LETTER_BEFORE_SYSTEM',
        'This letter was sent before this system: its proof is on record, and nothing of it is sent, printed or changed here.',
      ),
    );
  }
  const row = await noticeByKey(db, key);
  if (!row) throw unknownNotice();
  await subjectFor(call, db, row.caseNumber).catch(() => {
    throw unknownNotice();
  });
  return row;
}

function unknownNotice(): Unknown {
  return new Unknown(
    'UNKNOWN_NOTICE',
    'There is no such letter here; `notice list --case N` shows their keys.',
  );
}

/** What waits for somebody's hands: prints to post, and e-mails of which nobody knows whether they left. */
export async function queueFor(call: Call): Promise<{ print: ShownNotice[]; unknown: ShownNotice[] }> {
  allow(call, 'notice.read');
  const { schools } = call.caller;
  const mine = async (rows: Awaited<ReturnType<typeof printQueue>>) => {
    const kept: typeof rows = [];
    for (const row of rows) {
      const school = schools === null ? null : (await letterSubject(call.db, row.caseNumber))?.school;
      if (schools === null || (school !== undefined && school !== null && reaches(schools, [school])))
        kept.push(row);
    }
    return showWithMail(call.db, kept);
  };
  return {
    print: await mine(await printQueue(call.db)),
    unknown: await mine(await unsettledNotices(call.db)),
  };
}

export interface NoticeDone {
  readonly notice: ShownNotice;
  /** False for a repeat. */
  readonly changed: boolean;
  /** With it the step counts as out. */
  readonly stepOut: boolean;
  readonly waits: boolean;
}

/** A person has put the print into the post. */
export async function postNotice(
  call: Call,
  key: string,
  input: { on?: IsoDate | undefined },
): Promise<NoticeDone> {
  allow(call, 'notice.post');
  const { db } = call;
  const done = await db.transaction(async (tx) => {
    const row = await noticeFor(call, tx, key);
    const today = await todayOf(tx);
    const on = input.on ?? today;
    if (on > today) {
      throw new Refused(
        refusal('DATE_IN_FUTURE', `${shortDate(on)} is after today; say so once it is in the post.`),
      );
    }
    if (row.status !== 'queued' && row.status !== 'posted') {
      throw new Refused(
        refusal('NOT_IN_PRINT_QUEUE', `This letter is not waiting to be posted (it is ${row.status}).`),
      );
    }
    const outcome = await markPosted(tx, key, {
      postedBy: call.caller.id,
      outOn: on,
      signal: await letterOut(tx, call, row, 'print', on, today),
    });
    if (outcome.changed) await audited(tx, call, 'notice.posted', `notice ${key}`, { on });
    return outcome;
  });
  return finish(call, key, done);
}

/** The office says what became of an e-mail nobody knows about: it counts as sent, or a print goes out in its place. */
export async function settleNotice(
  call: Call,
  key: string,
  input: { as: 'sent' | 'print'; reason: string },
): Promise<NoticeDone> {
  allow(call, 'notice.settle');
  const { db } = call;
  const done = await db.transaction(async (tx) => {
    const row = await noticeFor(call, tx, key);
    if (row.status !== 'unknown') {
      throw new Refused(
        refusal('OUTCOME_KNOWN', `What became of this letter is known: it is ${row.status}.`),
      );
    }
    const today = await todayOf(tx);
    const signal = await letterOut(tx, call, row, 'email', today, today);
    const outcome = await settleUnknown(tx, key, input.as, call.caller.id, input.reason, {
      outOn: today,
      signal,
    });
    if (outcome.changed && input.as === 'print') await printInstead(tx, call, row);
    if (outcome.changed) await audited(tx, call, 'notice.settled', `notice ${key}`, { as: input.as });
    return outcome;
  });
  return finish(call, key, done);
}

async function printInstead(tx: Tx, call: Call, row: NoticeRow): Promise<void> {
  // By the office's policy it may lie in the print queue along with the e-mail already.
  if (await noticeByKey(tx, printKeyOf(row.key))) return;
  const toAddress = row.toAddress ?? (await addressOf(tx, row));
  if (!toAddress) {
    throw new Refused(
      refusal('NO_ADDRESS', 'There is no postal address on record to print it for; settle it otherwise.'),
    );
  }
  const { stepKey, recipientGuardianIds, recipientKind, language, toName, subject, text, html, pdf } = row;
  const { sha256, templateVersion, policyVersion, evidence, practice } = row;
  const placed = await queuePrint(
    tx,
    {
      key: printKeyOf(row.key),
      ...{ stepKey, recipientGuardianIds, recipientKind, language, toName, subject, text, html, pdf },
      ...{ sha256, templateVersion, policyVersion, evidence, practice },
      channel: 'print',
      toAddress,
      insteadOf: row.key,
    },
    call.caller.id,
  );
  if (placed.outcome === 'not-allowed') {
    throw new Forbidden(
      'This adult may not be written to any more (no-contact order or no legal recipient).',
    );
  }
}

async function addressOf(tx: Tx, row: NoticeRow) {
  const kept = await letterSubject(tx, row.caseNumber);
  if (!kept) return null;
  const guardians = await guardiansOf(tx, kept.studentId);
  const usable = guardians.find(
    (one) =>
      row.recipientGuardianIds.includes(one.id) && one.addressBadSince === null && one.address !== null,
  );
  return usable?.address ?? null;
}

/** What the case is told when the first letter of a step is out; monitors and calls wait for none. */
async function letterOut(
  tx: Tx,
  call: Call,
  row: NoticeRow,
  channel: 'email' | 'print',
  on: IsoDate,
  officeDate: IsoDate,
): Promise<OutSignal | undefined> {
  const kept = await caseByNumber(tx, row.caseNumber);
  if (!kept) return undefined;
  const coverage = await coverageOfStudent(tx, kept.studentId);
  const kind = row.kind as LetterKind;
  // As its letter said it, whatever has been corrected since it was printed.
  const stated = statedIn(kind, row.evidence);
  const { name, payload } = factMessage(
    row.caseNumber,
    { type: 'letter-out', kind, sequence: row.sequence, channel, on, stated },
    { officeDate, coverage, actor: actorOf(call) },
  );
  return { name, payload };
}

async function finish(
  call: Call,
  key: string,
  done: { changed: boolean; firstOut: boolean },
): Promise<NoticeDone> {
  const row = await noticeByKey(call.db, key);
  if (!row) throw unknownNotice();
  const waits = done.firstOut && (await deliverNow(call, call.db, row.caseNumber));
  const [notice] = await showWithMail(call.db, [row]);
  return { notice: notice!, changed: done.changed, stepOut: done.firstOut, waits };
}
