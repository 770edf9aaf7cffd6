/**
 * Approval, where an office wants it: a person looks at a letter, with its evidence beside it, before it leaves. Until
 * then it is ready and parked. What was approved is what leaves: when what the letter lists changes, it is asked again.
 */
import { addSchoolDays, type CalendarLike } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import { addOfficeDays, isOfficeDay } from '../office-days.ts';
import type { LadderPolicy, LetterKind } from '../policy.ts';
import type { EntryBody } from './entries.ts';
import { listedChanges, listedNow } from './listed.ts';
import type { Actor, CaseLetter, CaseState } from './state.ts';

/** Whether a letter may not leave for want of an approval. */
export function awaitsApproval({ approval }: Pick<CaseLetter, 'approval'>): boolean {
  return approval !== null && approval.status !== 'approved';
}

/** Letters in the house that their approver has yet to decide on. */
export function askedApproval(state: CaseState): CaseLetter[] {
  return inHouse(state).filter(({ approval }) => approval?.status === 'asked');
}

/** Letters in the house with some approval still to come: asked, withheld or returned. */
export function awaitingApproval(state: CaseState): CaseLetter[] {
  return inHouse(state).filter(awaitsApproval);
}

function inHouse(state: CaseState): CaseLetter[] {
  return state.letters.filter(({ status }) => status === 'waiting' || status === 'blocked');
}

/**
 * The role asked; after it let its time run out the further one as well. The invented office of a demo approves what it
 * decided itself.
 */
export function mayApprove({ approval }: CaseLetter, actor: Actor): boolean {
  if (approval === null) return false;
  return actor.role === approval.role || actor.role === approval.escalated?.to || (actor.invented ?? false);
}

/** To whose worklist a returned letter goes: the role that made its step; the Case Manager's where no person did. */
export function returnedTo({ kind, approval }: Pick<CaseLetter, 'kind' | 'approval'>): string {
  const made = approval?.madeBy;
  if (made !== undefined && MAKES_STEPS.has(made)) return made;
  return NOTICES.has(kind) ? 'school' : 'case-manager';
}

const MAKES_STEPS: ReadonlySet<string> = new Set([
  'school',
  'case-manager',
  'assistant-regional-superintendent',
  'regional-superintendent',
]);
const NOTICES: ReadonlySet<LetterKind> = new Set<LetterKind>([
  'first-notice',
  'second-notice',
  'third-notice',
]);

/** The first sending day for which an approval given at this local time (`HH:MM`) counts. */
export function sendingDayAfter(policy: LadderPolicy, on: IsoDate, time: string): IsoDate {
  const { holidays, notices } = policy;
  const cutOff = notices.approval?.cutOff;
  if (!cutOff) return addOfficeDays(on, 1, holidays);
  const inTime = isOfficeDay(on, holidays) && time <= cutOff.time;
  const counted = inTime ? on : addOfficeDays(on, 1, holidays);
  return cutOff.day === 'same' ? counted : addOfficeDays(counted, 1, holidays);
}

/** The school day on which a further role is told that nobody has decided; null where none is, or the calendar ends before. */
export function escalatesOn(state: CaseState, { approval }: CaseLetter, cal: CalendarLike): IsoDate | null {
  const rule = state.policy.notices.approval?.escalate;
  if (!rule || approval?.status !== 'asked' || approval.escalated !== null) return null;
  return addSchoolDays(cal, approval.since, rule.afterSchoolDays) ?? null;
}

/** An approval is for what was shown: where the letter would list other days now, it is asked again and stays in the house. */
export function approvalAgain(state: CaseState, letter: CaseLetter, cal: CalendarLike): EntryBody[] {
  const { kind, sequence, approval, status, parked } = letter;
  if (approval?.status !== 'approved' || approval.listed === null) return [];
  const listed = listedNow(state, kind, letter.decidedOn, cal);
  const changed = listedChanges(approval.listed.days, listed?.days ?? []);
  if (changed.length === 0) return [];
  const asked: EntryBody = {
    type: 'approval-asked',
    ...{ kind, sequence, listed },
    because: 'what it lists has changed since it was approved',
    dates: changed.map(({ date }) => date),
  };
  const keeps = parked === null || status === 'blocked';
  return keeps ? [asked, { type: 'letter-parked', kind, sequence, why: 'approval' }] : [asked];
}
