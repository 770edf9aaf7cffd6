/** How a case begins: its first entries, what was done on paper before, and what its count says at once. */
import type { CalendarLike } from '../calendar.ts';
import { evolve, evolveAll } from './evolve.ts';
import type { Entry, EntryBody } from './entries.ts';
import { letterFor } from './leaving.ts';
import { NOTICE_KINDS, orderBrokenBy, unexcusedCount } from './rules.ts';
import { openCase, type CaseState, type OpeningInput, type PaperHistory } from './state.ts';

export function beginCase(input: OpeningInput, cal: CalendarLike): { state: CaseState; entries: Entry[] } {
  const on = input.openedOn;
  const { paper } = input;
  const opened: Entry = { type: 'case-opened', on };
  const entries: Entry[] = [opened];
  let state = evolve(openCase(input), opened);
  if (paper !== undefined) {
    const brought = broughtFromPaper(state, paper, cal);
    entries.push(...brought);
    state = evolveAll(state, brought);
  }
  // Once a hearing is scheduled the count is judged as of that day.
  const count = unexcusedCount(state, state.hearing?.scheduledOn ?? on, cal);
  const judged: Entry[] = [];
  if (count >= input.policy.counting.threshold) judged.push({ type: 'threshold-reached', on, count });
  const broken = orderBrokenBy(state, cal);
  if (broken !== null) judged.push({ type: 'order-broken', on, date: broken });
  return { state: evolveAll(state, judged), entries: [...entries, ...judged] };
}

/** The history as it was; the caseload, as a workflow of its own begins with it; the notice that never went out. */
function broughtFromPaper(state: CaseState, history: PaperHistory, cal: CalendarLike): Entry[] {
  const on = state.openedOn;
  const actor = { id: history.enteredBy, role: history.role };
  const brought: Entry = { type: 'brought-from-paper', history, on, actor };
  const entries: Entry[] = [brought];
  const after = evolve(state, brought);
  const third = history.referrals[2];
  if (history.caseload) {
    const { on: since, reason } = history.caseload;
    entries.push({ type: 'caseload-placed', why: 'case-manager', reason, on: since, actor });
  } else if (third && state.policy.caseload.placedAtThirdReferral) {
    entries.push({ type: 'caseload-placed', why: 'third-referral', reason: null, on });
  }
  const last = history.referrals.at(-1);
  if (last && !last.notice) {
    const kind = NOTICE_KINDS[history.referrals.length - 1]!;
    // Whether the family should still get it, a person says: its approver, where there is one.
    const decided = letterFor(after, kind, on, cal);
    const waiting: EntryBody = { ...decided, parked: decided.approval ? 'approval' : 'asked' };
    entries.push({ ...waiting, on });
  }
  return entries;
}
