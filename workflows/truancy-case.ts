/**
 * One child's case on the truancy ladder, from the first intervention to its end. A thin durable shell: the rules are
 * domain/case; here are only restoring, messages, one timer, and one write a wake-up.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  patched,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
  type SignalDefinition,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { indexCalendar, type CalendarIndex } from '../domain/calendar.ts';
import { decide, type Decision } from '../domain/case/decide.ts';
import type { Command } from '../domain/case/commands.ts';
import { deadlines, type Deadline } from '../domain/case/deadlines.ts';
import type { Entry } from '../domain/case/entries.ts';
import { evolve } from '../domain/case/evolve.ts';
import { takeFact } from '../domain/case/facts.ts';
import { beginCase } from '../domain/case/opening.ts';
import { commandFault, factFault } from '../domain/case/shapes.ts';
import { restoredCase, type CaseState } from '../domain/case/state.ts';
import { detailsOf, viewOf, whyOf, type CaseView } from '../domain/case/view.ts';
import { instantOf, recheckMs, WAKING_TIME } from '../domain/office-clock.ts';
import type { LetterKind } from '../domain/policy.ts';
import { caseActivities, durableCaseActivities } from './activity-profiles.ts';
import {
  CASELOAD,
  caseloadCalendarSignal,
  caseloadCaseEndedSignal,
  caseloadSchoolSignal,
  caseloadWorkflowId,
  type CaseloadInput,
} from './caseload.messages.ts';
import { CaseTimer } from './case-timer.ts';
import { CommandDesk } from './command-desk.ts';
import { deliveryWorkflowId, lookAgainSignal, type DeliveryInput } from './notice-delivery.messages.ts';
import {
  ACTION_BY,
  CASE_NUMBER,
  FLAGS,
  NEXT_DEADLINE,
  OFFICE,
  SCHOOL,
  STAGE,
  UNEXCUSED_DAYS,
} from './search-attributes.ts';
import { startDelivery } from './start-delivery.ts';
import {
  adoptPolicyUpdate,
  approveLetterUpdate,
  cancelHearingUpdate,
  caseloadReportSignal,
  continueHearingUpdate,
  extendHoldUpdate,
  judgeProgressUpdate,
  letHearingStandUpdate,
  moveHearingUpdate,
  placeHoldUpdate,
  recordContactSignal,
  recordCourtStatusUpdate,
  releaseHoldUpdate,
  releaseLetterUpdate,
  resubmitLetterUpdate,
  returnLetterUpdate,
  settleQuestionUpdate,
  transferStudentSignal,
  changeCalendarSignal,
  closeCaseUpdate,
  issueOrderUpdate,
  letterBlockedSignal,
  letterOutSignal,
  makeReferralUpdate,
  officeDaySignal,
  placeOnCaseloadUpdate,
  recordAttendanceSignal,
  recordCourtAnswerUpdate,
  recordHearingUpdate,
  recordInterventionSignal,
  referToCourtUpdate,
  scheduleHearingUpdate,
  statusQuery,
  voidInterventionSignal,
  whyQuery,
  withdrawStepUpdate,
  withholdLetterUpdate,
  type CaseInput,
  type NumberedFact,
  type TravellingCommand,
} from './truancy-case.messages.ts';

/** Runs that write to the records only what stands in their history, and take what waits at their beginning in order. */
const DURABLE_JOURNAL = 'durable-journal';

/** Commands whose answers a case remembers, over all its runs. */
const REMEMBERED_ANSWERS = 200;

export async function truancyCase(input: CaseInput): Promise<void> {
  // ---------------------------------------------------------------- restore
  const { clock, carried } = input;
  let cal: CalendarIndex = indexCalendar(carried?.state.calendar ?? input.opening.calendar);
  const begun = carried ? { state: restoredCase(carried.state), entries: [] } : beginCase(input.opening, cal);
  let state: CaseState = begun.state;
  let lastFact = carried?.lastFact ?? 0;
  const answers = [...(carried?.answers ?? [])];
  /** Entries not yet in the journal. */
  let unwritten: Entry[] = [...(carried?.unwritten ?? []), ...begun.entries];
  let dirty = true;
  let messages = 0;
  let shown: { view: CaseView; details: string } | null = null;
  const durable = patched(DURABLE_JOURNAL);
  const records = durable ? durableCaseActivities : caseActivities;

  const apply = (next: CaseState, entries: readonly Entry[]) => {
    if (next.calendarVersion !== state.calendarVersion) cal = indexCalendar(next.calendar);
    if (next !== state) dirty = true;
    state = next;
    unwritten.push(...entries);
  };

  // ---------------------------------------------------------------- messages
  const takeNumbered = (numbered: NumberedFact) => {
    messages += 1;
    // What the codec could not read, or what another client sent, has no shape: dropped and said, never wedging the case.
    const fault = factFault(numbered);
    if (fault !== null) {
      const dropped: Entry = { type: 'message-dropped', on: state.today, field: fault };
      apply(evolve(state, dropped), [dropped]);
      return;
    }
    // The relay delivers at least once and in order.
    if (numbered.seq <= lastFact) return;
    lastFact = numbered.seq;
    const taken = takeFact(state, numbered.fact, cal);
    apply(taken.state, taken.entries);
  };
  const facts = [
    {
      signal: recordAttendanceSignal,
      description: 'Attendance of the student changed, or became known further',
    },
    { signal: recordInterventionSignal, description: 'The school documented an intervention' },
    { signal: voidInterventionSignal, description: 'An intervention was taken back' },
    { signal: changeCalendarSignal, description: 'The school calendar changed' },
    { signal: letterOutSignal, description: 'A letter went out' },
    { signal: letterBlockedSignal, description: 'A letter has no usable recipient' },
    { signal: recordContactSignal, description: 'The Case Manager tried to reach the family' },
    { signal: caseloadReportSignal, description: 'The caseload reports what has been done' },
    { signal: transferStudentSignal, description: 'The student goes on at another school of the region' },
    { signal: officeDaySignal, description: 'An office day began' },
  ];
  // Whoever registers handlers one by one gets what waits at the beginning of a run (a burst beside continue-as-new, a worker
  // that was away) name by name, not in the order of its numbers: what has the lower number would look like a repeat.
  if (durable) {
    const names = new Set(facts.map(({ signal }) => signal.name));
    setDefaultSignalHandler((name, numbered) => {
      if (names.has(name)) takeNumbered(numbered as NumberedFact);
    });
  }
  for (const { signal, description } of facts) setHandler(signal, takeNumbered, { description });

  const desk = new CommandDesk(
    {
      faultOf: commandFault,
      decide: (command: TravellingCommand): Decision => decide(state, command, cal),
      apply: ({ state: next, entries }) => {
        apply(next, entries);
      },
    },
    answers,
    REMEMBERED_ANSWERS,
  );
  desk.open([
    {
      update: makeReferralUpdate,
      type: 'make-referral',
      description: 'The school refers the student (first, second or third)',
    },
    {
      update: withdrawStepUpdate,
      type: 'withdraw-step',
      description: 'Take back the last step before its letter leaves',
    },
    {
      update: placeOnCaseloadUpdate,
      type: 'place-on-caseload',
      description: 'The Case Manager takes the student on the caseload',
    },
    {
      update: scheduleHearingUpdate,
      type: 'schedule-hearing',
      description: 'The Regional Superintendent sets a hearing',
    },
    { update: recordHearingUpdate, type: 'record-hearing', description: 'What came of the hearing' },
    { update: issueOrderUpdate, type: 'issue-order', description: 'Order to return to school' },
    {
      update: referToCourtUpdate,
      type: 'refer-to-court',
      description: 'The Case Manager refers the case to the State’s Attorney',
    },
    {
      update: recordCourtAnswerUpdate,
      type: 'record-court-answer',
      description: 'The State’s Attorney’s answer',
    },
    {
      update: recordCourtStatusUpdate,
      type: 'record-court-status',
      description: 'News from the court',
    },
    { update: moveHearingUpdate, type: 'move-hearing', description: 'Another date for the hearing' },
    {
      update: continueHearingUpdate,
      type: 'continue-hearing',
      description: 'The hearing was opened and goes on another day',
    },
    { update: cancelHearingUpdate, type: 'cancel-hearing', description: 'The hearing is off' },
    {
      update: letHearingStandUpdate,
      type: 'let-hearing-stand',
      description: 'The hearing goes on although its count was corrected',
    },
    { update: placeHoldUpdate, type: 'place-hold', description: 'No letter leaves until further notice' },
    { update: extendHoldUpdate, type: 'extend-hold', description: 'A hold goes on' },
    { update: releaseHoldUpdate, type: 'release-hold', description: 'A hold ends' },
    { update: releaseLetterUpdate, type: 'release-letter', description: 'A waiting letter may leave' },
    {
      update: approveLetterUpdate,
      type: 'approve-letter',
      description: 'Its approver lets a letter leave',
    },
    {
      update: withholdLetterUpdate,
      type: 'withhold-letter',
      description: 'Its approver keeps a letter in the house',
    },
    {
      update: returnLetterUpdate,
      type: 'return-letter',
      description: 'Its approver sends a letter back to whoever made the step',
    },
    {
      update: resubmitLetterUpdate,
      type: 'resubmit-letter',
      description: 'A returned letter is put before its approver again',
    },
    {
      update: judgeProgressUpdate,
      type: 'judge-progress',
      description: 'A person’s judgement of progress, with the reason',
    },
    {
      update: settleQuestionUpdate,
      type: 'settle-question',
      description: 'What becomes of a letter whose facts were corrected',
    },
    {
      update: adoptPolicyUpdate,
      type: 'adopt-policy',
      description: 'Move the case to another version of the policy',
    },
    { update: closeCaseUpdate, type: 'close-case', description: 'Close the case with a reason' },
  ] as const satisfies readonly { type: Command['type']; [key: string]: unknown }[]);
  setHandler(statusQuery, () => state, { description: 'The case as data' });
  setHandler(whyQuery, () => whyOf(state, cal), {
    description: 'Where the case stands, why, and what may happen when',
  });

  // ---------------------------------------------------------------- the loop
  const timer = new CaseTimer();
  const renewalDue = () =>
    workflowInfo().continueAsNewSuggested ||
    (input.continueAsNewEvery !== undefined && messages + desk.taken >= input.continueAsNewEvery);
  for (;;) {
    while (dirty || unwritten.length > 0) {
      dirty = false;
      await flush();
      // Under a steady load there is always more: it goes along to the next run.
      if (durable && renewalDue() && !state.closed) break;
    }
    if (state.closed && allHandlersFinished()) return;
    // A command given twice is answered without a change: nothing else would wake it for its end.
    if (state.closed && patched('ends-after-its-answers')) {
      await condition(allHandlersFinished);
      continue;
    }
    if (renewalDue()) {
      await condition(allHandlersFinished);
      if (!state.closed && (durable || (!dirty && unwritten.length === 0))) {
        await continueAsNew<typeof truancyCase>({
          ...input,
          carried: { state, lastFact, answers, ...(unwritten.length === 0 ? {} : { unwritten }) },
        });
      }
      continue;
    }
    timer.set(deadlines(state, cal), state.today, (date) => instantOf(clock, date, WAKING_TIME) - Date.now());
    await condition(() => dirty || unwritten.length > 0 || timer.hasRung);
    const rung = timer.takeRung();
    if (rung) await wake(rung);
  }

  /** One journal and projection write; the letters decided on; what staff see. Short: nothing here waits for mail. */
  async function flush(): Promise<void> {
    const entries = unwritten;
    unwritten = [];
    const firstSeq = state.seq - entries.length + 1;
    const view = viewOf(state, cal);
    const info = workflowInfo();
    await records.recordCaseProgress({
      caseNumber: state.caseNumber,
      runId: info.runId,
      runStartedAt: info.runStartTime.toISOString(),
      entries: entries.map((entry, i) => ({ seq: firstSeq + i, entry })),
      state,
      view,
      lastFact,
    });
    for (const entry of entries) await act(entry);
    show(view);
  }

  /** What an entry sets going outside the case. */
  async function act(entry: Entry): Promise<void> {
    switch (entry.type) {
      case 'letter-decided':
        // A letter that must not leave yet gets its delivery when it may.
        if (!entry.parked) await deliver(entry.kind, entry.sequence, entry.sendOn);
        return;
      case 'letter-rescheduled':
        await restartDelivery(entry.kind, entry.sequence, entry.sendOn);
        return;
      case 'transferred':
        upsertSearchAttributes([{ key: SCHOOL, value: entry.to }]);
        await tellCaseload(caseloadSchoolSignal, {
          school: entry.to,
          calendar: state.calendar,
          today: state.today,
        });
        return;
      case 'calendar-changed':
        await tellCaseload(caseloadCalendarSignal, { calendar: entry.calendar, today: state.today });
        return;
      case 'caseload-placed':
      case 'brought-from-paper':
        await startCaseload();
        return;
      case 'caseload-undone':
      case 'case-closed':
        await tellCaseload(caseloadCaseEndedSignal, { on: entry.on, reason: entry.reason });
        return;
      default:
        return;
    }
  }

  /** At the Case Manager's desk, with a life of its own. */
  async function startCaseload(): Promise<void> {
    const { caseload, caseNumber, school, policy, calendar } = state;
    // Cases placed before caseloads had workflows have none.
    if (!caseload || !patched(CASELOAD)) return;
    const { sequence, on, why, reason } = caseload;
    const input: CaseloadInput = {
      ...{ caseNumber, sequence, school, calendar, clock, why, reason },
      placedOn: on,
      policyName: policy.name,
    };
    try {
      await startChild(CASELOAD, {
        workflowId: caseloadWorkflowId(caseNumber, sequence),
        args: [input],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `caseload of case ${caseNumber}`,
        typedSearchAttributes: [
          { key: OFFICE, value: policy.name },
          { key: SCHOOL, value: school },
          { key: CASE_NUMBER, value: caseNumber },
        ],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Tells the caseload, where there is one; one that has ended needs no telling. */
  async function tellCaseload<T>(signal: SignalDefinition<[T]>, value: T): Promise<void> {
    if (state.caseloads === 0 || !patched(CASELOAD)) return;
    const running = getExternalWorkflowHandle(caseloadWorkflowId(state.caseNumber, state.caseloads));
    await running.signal(signal, value).catch(() => undefined);
  }

  function show(view: CaseView): void {
    const before = shown?.view;
    if (
      before?.stage !== view.stage ||
      before.actionBy !== view.actionBy ||
      before.unexcusedDays !== view.unexcusedDays ||
      before.nextDeadline?.date !== view.nextDeadline?.date ||
      before.flags.join() !== view.flags.join()
    ) {
      upsertSearchAttributes([
        { key: STAGE, value: view.stage },
        { key: ACTION_BY, value: view.actionBy },
        { key: UNEXCUSED_DAYS, value: view.unexcusedDays },
        { key: FLAGS, value: [...view.flags] },
        {
          key: NEXT_DEADLINE,
          value: view.nextDeadline ? new Date(`${view.nextDeadline.date}T12:00:00Z`) : null,
        },
      ]);
    }
    const details = detailsOf(state, cal);
    if (details !== shown?.details) setCurrentDetails(details);
    shown = { view, details };
  }

  /**
   * A letter that had to wait: its delivery has ended, or is still waiting for its day and looks again. Between the two it
   * may be ending this very moment, so one of them is tried until one succeeds.
   */
  async function restartDelivery(kind: LetterKind, sequence: number, sendOn: string): Promise<void> {
    const running = getExternalWorkflowHandle(deliveryWorkflowId(state.caseNumber, kind, sequence));
    while (!(await deliver(kind, sequence, sendOn))) {
      const told = await running.signal(lookAgainSignal).then(
        () => true,
        () => false,
      );
      if (told) return;
    }
  }

  /** Whether it was started; false when it runs already. */
  async function deliver(kind: LetterKind, sequence: number, sendOn: string): Promise<boolean> {
    const delivery: DeliveryInput = {
      caseNumber: state.caseNumber,
      kind,
      sequence,
      sendOn,
      sendingTime: state.policy.notices.sendingTime,
      clock,
    };
    return startDelivery(delivery, { office: state.policy.name, school: state.school });
  }

  /** The timer rang: ask the records what day it is and how far attendance is known; facts on their way come first. */
  async function wake(deadline: Deadline): Promise<void> {
    const day = await caseActivities.readOfficeDay(state.caseNumber);
    if (day.factsPending || day.officeDate < deadline.date) {
      timer.ringAgainAfter(recheckMs(clock));
      return;
    }
    const taken = takeFact(
      state,
      { type: 'office-day', officeDate: day.officeDate, coverage: day.coverage },
      cal,
    );
    apply(taken.state, taken.entries);
    if (taken.entries.length === 0) timer.leaveToMessages(deadline);
  }
}
