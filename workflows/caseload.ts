/**
 * One student's time on the Case Manager's caseload: meetings, the plan, its reviews, agencies. A thin durable shell: the
 * rules are domain/caseload; here are only restoring, messages, one timer, and one write a wake-up.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { indexCalendar, type CalendarIndex } from '../domain/calendar.ts';
import type { CaseloadCommand } from '../domain/caseload/commands.ts';
import { deadlines } from '../domain/caseload/deadlines.ts';
import {
  decide,
  takeCalendar,
  takeCaseEnd,
  takeDay,
  type CaseloadDecision,
  type Taken,
} from '../domain/caseload/decide.ts';
import type { CaseloadEntry } from '../domain/caseload/entries.ts';
import { evolve } from '../domain/caseload/evolve.ts';
import { commandFault, signalFault } from '../domain/caseload/shapes.ts';
import { beginCaseload, type CaseloadState } from '../domain/caseload/state.ts';
import { detailsOf, viewOf, type CaseloadView } from '../domain/caseload/view.ts';
import { instantOf, recheckMs, WAKING_TIME } from '../domain/office-clock.ts';
import { caseloadActivities, durableCaseloadActivities } from './activity-profiles.ts';
import {
  caseloadCalendarSignal,
  caseloadCaseEndedSignal,
  caseloadOfficeDaySignal,
  caseloadSchoolSignal,
  caseloadStatusQuery,
  endCaseloadUpdate,
  holdReviewUpdate,
  makePlanUpdate,
  recordFollowUpUpdate,
  recordMeetingUpdate,
  referToAgencyUpdate,
  sharePlanUpdate,
  type CaseloadInput,
  type TravellingCaseloadCommand,
} from './caseload.messages.ts';
import { CommandDesk } from './command-desk.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { ACTION_BY, CASE_NUMBER, NEXT_DEADLINE, OFFICE, SCHOOL, STAGE } from './search-attributes.ts';

/** Commands whose answers are remembered, over all runs. */
const REMEMBERED_ANSWERS = 200;

/**
 * How often it waits for its case to have taken a changed calendar. A case that never does must not keep reviews from
 * falling due; a calendar that comes later puts right what it moves.
 */
const PATIENCE = 10;

export async function caseload(input: CaseloadInput): Promise<void> {
  // ---------------------------------------------------------------- restore
  const { clock, carried } = input;
  let state: CaseloadState = carried?.state ?? beginCaseload(input);
  let cal: CalendarIndex = indexCalendar(state.calendar);
  const answers = [...(carried?.answers ?? [])];
  /** Entries not yet in the journal. */
  let unwritten: CaseloadEntry[] = [...(carried?.unwritten ?? [])];
  let dirty = true;
  let dayAsked = false;
  let messages = 0;
  let waited = 0;
  let shown: { view: CaseloadView; school: string; details: string } | null = null;

  // Only what stands in the history is written, and told to the case.
  const durable = patched('durable-journal');
  const records = durable ? durableCaseloadActivities : caseloadActivities;

  const apply = (taken: Taken) => {
    if (taken.state.calendar !== state.calendar) cal = indexCalendar(taken.state.calendar);
    if (taken.state !== state) dirty = true;
    state = taken.state;
    unwritten.push(...taken.entries);
  };
  const write = (entry: CaseloadEntry) => apply({ state: evolve(state, entry), entries: [entry] });
  if (!carried) write({ type: 'caseload-begun', on: state.placedOn, why: state.why, reason: state.reason });

  // ---------------------------------------------------------------- messages
  const readable = (signal: Parameters<typeof signalFault>[0], given: unknown): boolean => {
    messages += 1;
    // What the codec could not read, or what another client sent, has no shape: dropped and said, never wedging it.
    const fault = signalFault(signal, given);
    if (fault === null) return true;
    if (!state.ended) write({ type: 'message-dropped', on: state.today, message: signal, field: fault });
    return false;
  };
  setHandler(
    caseloadCalendarSignal,
    (given) => {
      if (!readable('calendar', given)) return;
      const { calendar, today } = given;
      apply(takeCalendar(state, { calendar, today }, cal));
    },
    { description: 'The student’s calendar changed' },
  );
  setHandler(
    caseloadSchoolSignal,
    (given) => {
      if (readable('school', given)) apply(takeCalendar(state, given, cal));
    },
    { description: 'The student goes on at another school' },
  );
  setHandler(
    caseloadCaseEndedSignal,
    (given) => {
      if (readable('case-ended', given)) apply(takeCaseEnd(state, given.on, given.reason));
    },
    { description: 'The case closed, or took the placement back' },
  );
  setHandler(
    caseloadOfficeDaySignal,
    () => {
      messages += 1;
      dayAsked = true;
    },
    { description: 'An office day began' },
  );

  const desk = new CommandDesk(
    {
      faultOf: commandFault,
      decide: (command: TravellingCaseloadCommand): CaseloadDecision => decide(state, command, cal),
      apply: apply,
    },
    answers,
    REMEMBERED_ANSWERS,
  );
  desk.open([
    { update: recordMeetingUpdate, type: 'record-meeting', description: 'A meeting, or a try to meet' },
    {
      update: makePlanUpdate,
      type: 'make-plan',
      description: 'The attendance improvement plan, or a revision',
    },
    { update: sharePlanUpdate, type: 'share-plan', description: 'The plan was gone through with the family' },
    { update: holdReviewUpdate, type: 'hold-review', description: 'How the plan goes' },
    { update: referToAgencyUpdate, type: 'refer-to-agency', description: 'A referral to an outside agency' },
    { update: recordFollowUpUpdate, type: 'record-follow-up', description: 'What came of a referral' },
    { update: endCaseloadUpdate, type: 'end-caseload', description: 'The student leaves the caseload' },
  ] as const satisfies readonly { type: CaseloadCommand['type']; [key: string]: unknown }[]);
  setHandler(caseloadStatusQuery, () => state, { description: 'The caseload as data' });

  // ---------------------------------------------------------------- the loop
  const timer = new DeadlineTimer();
  const renewalDue = () =>
    (workflowInfo().continueAsNewSuggested ||
      (input.continueAsNewEvery !== undefined && messages + desk.taken >= input.continueAsNewEvery)) &&
    // Not between a morning and its answer: the next run would not know that it was asked.
    !dayAsked &&
    waited === 0;
  for (;;) {
    while (dirty || unwritten.length > 0) {
      dirty = false;
      await flush();
      // Under a steady load there is always more: it goes along to the next run.
      if (durable && renewalDue() && !state.ended) break;
    }
    if (state.ended && allHandlersFinished()) return;
    // A command given twice is answered without a change: nothing else would wake it for its end.
    if (state.ended && patched('ends-after-its-answers')) {
      await condition(allHandlersFinished);
      continue;
    }
    if (renewalDue()) {
      await condition(allHandlersFinished);
      if (renewalDue() && !state.ended && (durable || (!dirty && unwritten.length === 0))) {
        await continueAsNew<typeof caseload>({
          ...input,
          carried: { state, answers, ...(unwritten.length === 0 ? {} : { unwritten }) },
        });
      }
      continue;
    }
    timer.set(deadlines(state, cal)[0], (date) => instantOf(clock, date, WAKING_TIME) - Date.now());
    await condition(() => dirty || unwritten.length > 0 || dayAsked || timer.hasRung);
    const rung = timer.takeRung();
    if (rung || dayAsked) {
      dayAsked = false;
      await wake(rung);
    }
  }

  /** One journal and projection write, with what the case is told; what staff see. */
  async function flush(): Promise<void> {
    const entries = unwritten;
    unwritten = [];
    const firstSeq = state.seq - entries.length + 1;
    const view = viewOf(state, cal);
    const info = workflowInfo();
    await records.recordCaseloadProgress({
      runId: info.runId,
      runStartedAt: info.runStartTime.toISOString(),
      entries: entries.map((entry, i) => ({ seq: firstSeq + i, entry })),
      state,
      view,
    });
    show(view);
  }

  function show(view: CaseloadView): void {
    const { school } = state;
    if (
      shown?.view.actionBy !== view.actionBy ||
      shown.view.nextDeadline !== view.nextDeadline ||
      shown.school !== school
    ) {
      upsertSearchAttributes([
        { key: OFFICE, value: input.policyName },
        { key: SCHOOL, value: school },
        { key: CASE_NUMBER, value: state.caseNumber },
        { key: STAGE, value: 'caseload' },
        { key: ACTION_BY, value: view.actionBy },
        {
          key: NEXT_DEADLINE,
          value: view.nextDeadline === null ? null : new Date(`${view.nextDeadline}T12:00:00Z`),
        },
      ]);
    }
    const details = detailsOf(state, cal);
    if (details !== shown?.details) setCurrentDetails(details);
    shown = { view, school, details };
  }

  /** The timer rang, or a driven office's morning came: the records say what day it is; a calendar on its way comes first. */
  async function wake(rung: boolean): Promise<void> {
    const day = await caseloadActivities.readCaseloadDay(state.caseNumber);
    const next = deadlines(state, cal)[0];
    if (next && day.calendarOnItsWay && waited < PATIENCE) {
      waited += 1;
      timer.ringAgainAfter(clock.kind === 'driven' ? 500 : 60_000);
      return;
    }
    waited = 0;
    if (!next) return;
    if (next.date <= day.officeDate) apply(takeDay(state, day.officeDate, cal));
    else if (rung) timer.ringAgainAfter(recheckMs(clock));
  }
}
