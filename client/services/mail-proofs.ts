/** What became of posted letters: said one by one, or brought in from the carrier's export; and what a returned one sets off. */
import { addressKey } from '../../domain/addresses.ts';
import { articleDigits } from '../../domain/certified-mail.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { afterReturn, proofRefusal, type MailOutcome, type MailProof } from '../../domain/mail-proof.ts';
import { refusal, type Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import { letterSubject } from '../../db/stores/letter-subjects.ts';
import { guardiansOf, lockGuardians, markAddressBad } from '../../db/stores/guardians.ts';
import { addProof } from '../../db/stores/mail-proofs.ts';
import { noticeByKey, type NoticeRow } from '../../db/stores/notices.ts';
import { piecesOf } from '../../db/stores/print-batches.ts';
import { addTask } from '../../db/stores/tasks.ts';
import { Refused } from '../failures.ts';
import { verifyReturnedAddress } from './both-procedures.ts';
import { policiesOfCases } from './case-policies.ts';
import { showWithMail, type ShownNotice } from './cases.ts';
import { allow, audited, causeOf, todayOf, type Call } from './context.ts';
import { noticeFor, subjectFor } from './notices.ts';
import { deliverNow } from './tell-case.ts';

export interface ProofRecorded {
  readonly notice: ShownNotice;
  /** False for what was on record already. */
  readonly changed: boolean;
  /** The address is marked: nothing more goes there until it changes. */
  readonly addressMarked: boolean;
  /** The Case Manager has a task. */
  readonly asked: boolean;
  /** Somebody is asked to see whether the student lives there. */
  readonly verification: boolean;
  /** Where the office takes service calls: the call that looks. */
  readonly call: string | null;
}

/** Said by a person: a green card, a returned envelope. It holds for every letter of the envelope. */
export async function recordProof(call: Call, key: string, proof: MailProof): Promise<ProofRecorded> {
  allow(call, 'notice.post');
  const done = await call.db.transaction(async (tx) => {
    const row = await noticeFor(call, tx, key);
    const today = await todayOf(tx);
    let changed = false;
    let effects: Effects = NOTHING;
    for (const letter of await ofOneEnvelope(tx, row)) {
      const refused = letter.channel === 'print' ? proofRefusal(letter, proof, today) : NO_PRINT;
      if (refused) throw new Refused(refused);
      const kept = await keepProof(tx, call, letter, proof);
      changed ||= kept !== null;
      effects = more(effects, kept ?? NOTHING);
    }
    return { changed, ...effects };
  });
  if (done.call !== null) await deliverNow(call, call.db, done.call);
  const row = await noticeByKey(call.db, key);
  if (!row) throw new Error('the letter is gone');
  const [notice] = await showWithMail(call.db, [row]);
  return { notice: notice!, ...done };
}

const NO_PRINT = refusal(
  'LETTER_NOT_POSTED',
  'Only a letter that was posted is delivered or comes back; this one went by e-mail.',
);

async function ofOneEnvelope(tx: Tx, row: NoticeRow): Promise<NoticeRow[]> {
  const [piece] = await piecesOf(tx, { keys: [row.key] });
  if (!piece) return [row];
  const letters: NoticeRow[] = [];
  for (const one of await piecesOf(tx, { batch: piece.batch })) {
    if (one.envelope !== piece.envelope) continue;
    const letter = one.noticeKey === row.key ? row : await noticeByKey(tx, one.noticeKey);
    if (letter) letters.push(letter);
  }
  return letters;
}

interface Effects {
  readonly addressMarked: boolean;
  readonly asked: boolean;
  readonly verification: boolean;
  readonly call: string | null;
}
const NOTHING: Effects = { addressMarked: false, asked: false, verification: false, call: null };
const more = (a: Effects, b: Effects): Effects => ({
  addressMarked: a.addressMarked || b.addressMarked,
  asked: a.asked || b.asked,
  verification: a.verification || b.verification,
  call: a.call ?? b.call,
});

/** Null when the same was on record. Lock order: guardians, then the proof. */
async function keepProof(tx: Tx, call: Call, row: NoticeRow, proof: MailProof): Promise<Effects | null> {
  const ofCase = row.caseNumber.startsWith('C-');
  // Where there is no ladder nothing says otherwise: an address that sends letters back is marked.
  const policy = ofCase ? (await policiesOfCases(call, tx, [row.caseNumber]))(row.caseNumber) : {};
  const role = ofCase ? 'case-manager' : 'dispatcher';
  const after = afterReturn(proof.outcome, policy);
  const lived = after.marksAddress ? await livingThere(tx, row) : [];
  if (!(await addProof(tx, row.key, proof, causeOf(call)))) return null;
  for (const guardianId of lived) await markAddressBad(tx, guardianId);
  await audited(tx, call, `notice.${proof.outcome}`, `notice ${row.key}`, { on: proof.on });
  if (!after.asksCaseManager) return NOTHING;
  const kept = await letterSubject(tx, row.caseNumber);
  const details = {
    ...{ letter: row.kind, sequence: row.sequence, notice: row.key, outcome: proof.outcome, on: proof.on },
    guardians: lived.length > 0 ? lived : row.recipientGuardianIds,
    addressMarked: lived.length > 0,
  };
  const task = { caseNumber: row.caseNumber, school: kept?.school ?? null, details };
  const asked = await addTask(tx, {
    ...task,
    key: `${row.key}/returned/${proof.outcome}`,
    ...{ kind: 'returned-mail', role, textCode: TEXT_OF[proof.outcome] },
  });
  const asksToLook = after.asksVerification && lived.length > 0;
  // Where one office does both, an officer looks; else a task asks for it.
  const number =
    asksToLook && kept?.school && row.toAddress
      ? await verifyReturnedAddress(tx, call, {
          ...{ studentId: kept.studentId, school: kept.school },
          ...{ address: row.toAddress, letter: row.key },
        })
      : null;
  if (number !== null) {
    return { addressMarked: true, asked, verification: true, call: number };
  }
  // One look at a home, however many letters came back from it.
  const verification =
    asksToLook &&
    (await addTask(tx, {
      ...task,
      key: `${row.caseNumber}/verify-address/${lived.join('+')}/${proof.on}`,
      ...{ kind: 'address-verification', role: 'case-manager', textCode: 'VERIFY_THE_ADDRESS' },
    }));
  return { addressMarked: lived.length > 0, asked, verification, call: null };
}

const TEXT_OF: Readonly<Record<MailOutcome, string>> = {
  delivered: 'LETTER_DELIVERED',
  refused: 'LETTER_WAS_REFUSED',
  unclaimed: 'LETTER_WAS_NOT_COLLECTED',
  undeliverable: 'LETTER_CAME_BACK',
};

/** Its recipients whose address is still the one it was sent to; somebody who has moved since is not marked. Locked. */
async function livingThere(tx: Tx, row: NoticeRow): Promise<number[]> {
  const kept = await letterSubject(tx, row.caseNumber);
  if (!kept || !row.toAddress || row.recipientKind === 'state-attorney') return [];
  const sentTo = addressKey(row.toAddress);
  const ids = (await guardiansOf(tx, kept.studentId)).map(({ id }) => id);
  await lockGuardians(tx, ids);
  return (await guardiansOf(tx, kept.studentId))
    .filter(
      ({ id, livesWith }) =>
        row.recipientGuardianIds.includes(id) || (row.recipientKind === 'student' && livesWith),
    )
    .filter(({ address }) => address !== null && addressKey(address) === sentTo)
    .map(({ id }) => id);
}

// ---------------------------------------------------------------- the carrier's export

export interface TrackedMail {
  /** Line of the file. */
  readonly line: number;
  readonly certified: string;
  readonly outcome: MailOutcome;
  readonly on: IsoDate;
  readonly reference?: string | undefined;
}

export interface ProofsImported {
  readonly read: number;
  readonly new: number;
  readonly unchanged: number;
  readonly addressesMarked: number;
  /** Lines that fit no letter, or say what cannot be. */
  readonly unmatched: readonly { readonly line: number; readonly code: string; readonly reason: string }[];
}

/** Line by line: what fits is kept, what does not is named. The same file again changes nothing. */
export async function importProofs(call: Call, rows: readonly TrackedMail[]): Promise<ProofsImported> {
  allow(call, 'notice.post');
  const sum = { new: 0, unchanged: 0, addressesMarked: 0 };
  const unmatched: { line: number; code: string; reason: string }[] = [];
  const calls = new Set<string>();
  for (const { line, certified, ...proof } of rows) {
    await call.db.transaction(async (tx) => {
      const said = { outcome: proof.outcome, on: proof.on, reference: proof.reference ?? null };
      const letters = await lettersLabelled(tx, call, articleDigits(certified));
      const refused = letters.length === 0 ? UNKNOWN_NUMBER : await firstRefusal(tx, letters, said);
      if (refused) {
        unmatched.push({ line, code: refused.code, reason: refused.message });
        return;
      }
      let changed = false;
      for (const letter of letters) {
        const kept = await keepProof(tx, call, letter, said);
        changed ||= kept !== null;
        if (kept?.addressMarked) sum.addressesMarked += 1;
        if (kept !== null && kept.call !== null) calls.add(kept.call);
      }
      if (changed) sum.new += 1;
      else sum.unchanged += 1;
    });
  }
  for (const number of calls) await deliverNow(call, call.db, number);
  await audited(call.db, call, 'proofs.imported', 'proofs', { read: rows.length, new: sum.new });
  return { read: rows.length, ...sum, unmatched };
}

const UNKNOWN_NUMBER = refusal(
  'UNKNOWN_ARTICLE',
  'no letter here has this number; enter it with `notice manifest`',
);

async function lettersLabelled(tx: Tx, call: Call, certified: string): Promise<NoticeRow[]> {
  const letters: NoticeRow[] = [];
  for (const piece of await piecesOf(tx, { certified })) {
    const letter = await noticeByKey(tx, piece.noticeKey);
    const mine = await subjectFor(call, tx, piece.caseNumber).then(
      () => true,
      () => false,
    );
    if (letter && mine) letters.push(letter);
  }
  return letters;
}

async function firstRefusal(
  tx: Tx,
  letters: readonly NoticeRow[],
  proof: MailProof,
): Promise<Refusal | null> {
  const today = await todayOf(tx);
  for (const letter of letters) {
    const refused = proofRefusal(letter, proof, today);
    if (refused) return refused;
  }
  return null;
}
