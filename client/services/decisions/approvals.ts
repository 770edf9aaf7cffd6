/** Letters that wait for a person's approval: the queue with the evidence beside each, and what is decided about them. */
import { awaitingApproval, mayApprove } from '../../../domain/case/approval.ts';
import { evidenceChanged } from '../../../domain/case/decide-approval.ts';
import { listedChanges } from '../../../domain/case/listed.ts';
import { named } from '../../../domain/case/questions.ts';
import {
  latestLetter,
  stageOf,
  type ApprovalStatus,
  type CaseLetter,
  type CaseState,
  type LetterName,
  type Stage,
} from '../../../domain/case/state.ts';
import type { IsoDate } from '../../../domain/dates.ts';
import type { LetterKind } from '../../../domain/policy.ts';
import { refusal, type Refusal } from '../../../domain/refusal.ts';
import { listCases } from '../../../db/stores/cases.ts';
import {
  draftText,
  evidenceHash,
  evidenceOf,
  listed,
  type LetterEvidence,
} from '../../../letters/evidence.ts';
import { readLetterFacts, recipientsOf, type LetterFacts } from '../../../letters/letter-facts.ts';
import { Refused } from '../../failures.ts';
import { stateOf } from '../cases.ts';
import { actorOf, allow, audited, caseFor, type Call } from '../context.ts';
import { localTime } from '../office-hours.ts';
import { ask, prepare, reserving, type DecisionAnswer, type WithId } from './asking.ts';

/** A letter in the house, as its approver sees it. */
export interface ShownApproval {
  readonly case: string;
  readonly letter: LetterKind;
  readonly sequence: number;
  /** Whose approval is asked, by role; after its time, `escalatedTo` as well. */
  readonly role: string;
  readonly escalatedTo: string | null;
  readonly status: ApprovalStatus;
  readonly since: IsoDate;
  readonly note: string | null;
  /** Whether the caller may decide. */
  readonly yours: boolean;
  readonly student: { readonly sisId: string; readonly name: string; readonly birthDate: IsoDate | null };
  readonly school: string;
  readonly stage: Stage;
  /** What an approval of it now is for. */
  readonly evidence: string;
  readonly shown: LetterEvidence;
  /** Days that count otherwise than when the approval was asked for. */
  readonly changed: readonly { readonly date: IsoDate; readonly before: number; readonly now: number }[];
  /** Each copy as it would read today; empty unless asked for. */
  readonly copies: readonly {
    readonly to: string;
    readonly channel: 'email' | 'print';
    readonly language: string;
    readonly text: string | null;
    readonly missing: string | null;
  }[];
  readonly practice: boolean;
}

export interface QueueFilter {
  readonly case?: string | undefined;
  /** Only those the caller may decide on. */
  readonly mine?: boolean | undefined;
  /** With each copy's text. */
  readonly text?: boolean | undefined;
}

/** Letters that wait for approval, oldest first; withheld and returned ones after them. */
export async function approvalQueue(call: Call, filter: QueueFilter = {}): Promise<ShownApproval[]> {
  allow(call, 'notice.read');
  const { db } = call;
  const numbers = filter.case === undefined ? await casesAwaiting(call) : [filter.case];
  const all: ShownApproval[] = [];
  for (const number of numbers) {
    const { row } = await caseFor(call, db, number);
    const state = stateOf(row);
    for (const letter of state ? awaitingApproval(state) : []) {
      const one = await shown(call, number, letter, filter.text === true);
      if (one && (filter.mine !== true || one.yours)) all.push(one);
    }
  }
  if (all.length > 0)
    await audited(db, call, 'letter.previewed', 'letters awaiting approval', { letters: all.length });
  const rank = ({ status, since }: ShownApproval) => `${status === 'asked' ? 0 : 1} ${since}`;
  return all.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

const FLAGS = ['awaiting-approval', 'letter-withheld', 'letter-returned'] as const;
const MOST = 500;

async function casesAwaiting(call: Call): Promise<string[]> {
  const { schools } = call.caller;
  const numbers = new Set<string>();
  for (const flag of FLAGS) {
    const rows = await listCases(call.db, {
      ...{ status: 'open', flag, limit: MOST },
      ...(schools === null ? {} : { schools }),
    });
    for (const row of rows) numbers.add(row.number);
  }
  return [...numbers].sort();
}

async function shown(
  call: Call,
  number: string,
  letter: CaseLetter,
  withText: boolean,
): Promise<ShownApproval | null> {
  const { kind, sequence, approval } = letter;
  const facts = await readLetterFacts(call.db, { caseNumber: number, kind, sequence });
  if (!facts || !approval) return null;
  const evidence = evidenceOf(facts);
  const { student } = facts;
  return {
    ...{ case: number, letter: kind, sequence },
    role: approval.role,
    escalatedTo: approval.escalated?.to ?? null,
    status: approval.status,
    since: approval.since,
    note: approval.note,
    yours: mayApprove(letter, actorOf(call)),
    student: {
      sisId: student.sisId,
      name: `${student.firstName} ${student.lastName}`,
      birthDate: student.birthDate,
    },
    school: facts.school.code,
    stage: stageOf(facts.state),
    evidence: evidenceHash(evidence),
    shown: evidence,
    changed: changedSince(letter, evidence),
    copies: withText ? copiesOf(facts) : [],
    practice: facts.office.practice,
  };
}

function changedSince({ approval }: CaseLetter, evidence: LetterEvidence) {
  return approval?.listed ? listedChanges(approval.listed.days, listed(evidence)) : [];
}

function copiesOf(facts: LetterFacts): ShownApproval['copies'] {
  const recipients = recipientsOf(facts);
  if (!recipients.ok) return [];
  return recipients.addressees.map((addressee) => {
    const draft = draftText(facts, addressee);
    return {
      ...{ to: addressee.key, channel: addressee.channel, language: addressee.language },
      text: 'text' in draft ? draft.text : null,
      missing: 'missing' in draft ? draft.missing : null,
    };
  });
}

export interface ApprovalInput extends WithId {
  readonly letter: LetterKind;
  /** Default: the latest of its kind. */
  readonly sequence?: number | undefined;
}

export interface ApproveInput extends ApprovalInput {
  /** What was shown: an approval is for that and nothing else. */
  readonly evidence: string;
  readonly note?: string | undefined;
}

/** The letter may leave, if the records still say what its approver was shown. */
export async function approveLetter(
  call: Call,
  number: string,
  input: ApproveInput,
): Promise<DecisionAnswer> {
  const { db } = call;
  allow(call, 'letter.approve');
  const time = await localTime(db);
  const name = await nameOf(call, number, input);
  let changed: Refusal | null = null;
  let days: readonly (readonly [IsoDate, number])[] = [];
  // Facts on their way to the case are told to it first: what is compared is what it judges by.
  const asked = await prepare(call, 'letter.approve', number, input, {
    ...{ type: 'approve-letter', letter: name, time },
    ...{ evidence: input.evidence, note: input.note },
  });
  if (!asked.repeated) {
    const facts = await readLetterFacts(db, { caseNumber: number, ...name });
    const letter = asked.state && named(asked.state, name);
    if (facts && letter?.approval && letter.approval.status !== 'approved' && letter.status !== 'out') {
      const now = evidenceOf(facts);
      days = listed(now);
      if (evidenceHash(now) !== input.evidence) changed = differently(letter, now);
    }
  }
  if (changed) throw new Refused(changed);
  const command = { ...asked.command, ...(days.length > 0 ? { listed: days } : {}) } as typeof asked.command;
  return ask({ ...asked, command });
}

/** What the records say now against what was put before the approver; other changes are named in words. */
function differently(letter: CaseLetter, now: LetterEvidence): Refusal {
  const days = changedSince(letter, now);
  if (days.length > 0) return evidenceChanged(days);
  return refusal(
    'EVIDENCE_CHANGED',
    'The evidence is not what was shown: its interventions, its hearing or who gets the letter changed. Look at the letter again, then decide.',
    { changed: [] },
  );
}

async function nameOf(
  call: Call,
  number: string,
  { letter: kind, sequence }: ApprovalInput,
): Promise<LetterName> {
  if (sequence !== undefined) return { kind, sequence };
  const state: CaseState | null = stateOf((await caseFor(call, call.db, number)).row);
  return { kind, sequence: (state && latestLetter(state, kind)?.sequence) ?? 1 };
}

/** Kept in the house, or sent back to whoever made the step; also one approved that has not left yet. */
export async function stopLetter(
  call: Call,
  number: string,
  input: ApprovalInput & { how: 'withhold' | 'return'; reason: string },
): Promise<DecisionAnswer> {
  allow(call, 'letter.approve');
  const letter = await nameOf(call, number, input);
  const type = input.how === 'withhold' ? 'withhold-letter' : 'return-letter';
  const { reason } = input;
  return reserving(await prepare(call, 'letter.approve', number, input, { type, letter, reason }), 'refuse');
}

/** A returned letter goes to its approver again, with an answer. */
export async function resubmitLetter(
  call: Call,
  number: string,
  input: ApprovalInput & { reason: string },
): Promise<DecisionAnswer> {
  const letter = await nameOf(call, number, input);
  const { reason } = input;
  return ask(
    await prepare(call, 'letter.resubmit', number, input, { type: 'resubmit-letter', letter, reason }),
  );
}

export interface BatchItem {
  readonly case: string;
  readonly letter: LetterKind;
  readonly sequence: number;
  readonly evidence: string;
}

export interface BatchOutcome extends Omit<BatchItem, 'evidence'> {
  readonly outcome: 'approved' | 'refused';
  /** What was done, or why not. */
  readonly words: string;
  readonly code: string | null;
}

/** Each for itself: one that is refused keeps none of the others. Ids follow from the batch's own, so a repeat does nothing twice. */
export async function approveBatch(
  call: Call,
  input: WithId & { letters: readonly BatchItem[] },
): Promise<BatchOutcome[]> {
  allow(call, 'letter.approve');
  const outcomes: BatchOutcome[] = [];
  for (const { case: number, letter, sequence, evidence } of input.letters) {
    const which = { case: number, letter, sequence };
    const id = input.id === undefined ? undefined : `${input.id}/${number}/${letter}/${sequence}`;
    try {
      const { done } = await approveLetter(call, number, { ...{ letter, sequence, evidence, id } });
      outcomes.push({ ...which, outcome: 'approved', words: done, code: null });
    } catch (error) {
      // A case out of reach ends the batch: the caller repeats it with the same id.
      if (!(error instanceof Refused)) throw error;
      const { code, message } = error.refusal;
      outcomes.push({ ...which, outcome: 'refused', words: message, code });
    }
  }
  return outcomes;
}
