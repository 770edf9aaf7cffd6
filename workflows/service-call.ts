/**
 * One service call: offered to an officer, gone to, its checklist worked through. A thin durable shell: the rules are
 * domain/calls; who goes where is chosen by one SQL transaction, which this only asks (design: independent workflows cannot
 * order themselves or share officers). Here are restoring, messages, one timer, and one write a wake-up.
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
import { deadlines, isDue } from '../domain/calls/deadlines.ts';
import { decide, type CallDecision } from '../domain/calls/decide.ts';
import type { CallEntry } from '../domain/calls/entries.ts';
import { evolve } from '../domain/calls/evolve.ts';
import { takeCallFact } from '../domain/calls/facts.ts';
import { asksForOfficers, sendsFindings } from '../domain/calls/asks.ts';
import { settleCall, type Taken } from '../domain/calls/settle.ts';
import { commandFault, factFault } from '../domain/calls/shapes.ts';
import { beginCall, type CallState } from '../domain/calls/state.ts';
import { detailsOf, viewOf, type CallView } from '../domain/calls/view.ts';
import type { IsoDate } from '../domain/dates.ts';
import { ONLY_SEQUENCE } from '../domain/department-letters.ts';
import { recheckMs } from '../domain/office-clock.ts';
import { callActivities, durableCallActivities } from './activity-profiles.ts';
import { CommandDesk } from './command-desk.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import {
  ACTION_BY,
  CASE_NUMBER,
  FLAGS,
  NEXT_DEADLINE,
  OFFICE,
  PRIORITY,
  SCHOOL,
  STAGE,
} from './search-attributes.ts';
import {
  acceptOfferUpdate,
  arriveUpdate,
  callFactSignal,
  callStatusQuery,
  cancelCallUpdate,
  closeCallUpdate,
  counselorWordUpdate,
  declineOfferUpdate,
  goAloneUpdate,
  identifyStudentUpdate,
  leaveUpdate,
  reassignCallUpdate,
  recordStepUpdate,
  startVisitUpdate,
  waiveStepUpdate,
  type CallInput,
  type NumberedCallFact,
  type TravellingCallCommand,
} from './service-call.messages.ts';
import { startDelivery } from './start-delivery.ts';
import { startMessage } from './start-message.ts';

/** Commands whose answers are remembered, over all runs. */
const REMEMBERED_ANSWERS = 200;

export async function serviceCall(input: CallInput): Promise<void> {
  // ---------------------------------------------------------------- restore
  const { carried } = input;
  let state: CallState = carried?.state ?? beginCall(input.beginning);
  let cal: CalendarIndex = indexCalendar(state.calendar);
  let lastFact = carried?.lastFact ?? 0;
  const answers = [...(carried?.answers ?? [])];
  /** Entries not yet in the journal. */
  let unwritten: CallEntry[] = [...(carried?.unwritten ?? [])];
  let dirty = true;
  let messages = 0;
  let shown: { view: CallView; school: string | null; details: string } | null = null;

  const now = () => new Date(Date.now()).toISOString();
  const apply = (taken: Taken) => {
    if (taken.state.calendar !== state.calendar) cal = indexCalendar(taken.state.calendar);
    if (taken.state !== state) dirty = true;
    state = taken.state;
    unwritten.push(...taken.entries);
  };
  const write = (entry: CallEntry) => apply({ state: evolve(state, entry), entries: [entry] });
  if (!carried) write({ type: 'call-begun', on: state.openedOn, at: state.openedAt });

  // ---------------------------------------------------------------- messages
  setHandler(
    callFactSignal,
    (given: NumberedCallFact) => {
      messages += 1;
      // What the codec could not read, or what another client sent, has no shape: dropped and said, never wedging it.
      const fault = factFault(given);
      if (fault !== null) {
        if (!state.closed) write({ type: 'message-dropped', on: state.today, at: now(), field: fault });
        return;
      }
      if (given.seq <= lastFact) return;
      lastFact = given.seq;
      dirty = true;
      apply(takeCallFact(state, given.fact, now(), cal));
    },
    { description: 'What the records tell: offers made, officers off duty, marks, calendars' },
  );

  const desk = new CommandDesk(
    {
      faultOf: commandFault,
      decide: judged,
      apply,
    },
    answers,
    REMEMBERED_ANSWERS,
  );
  desk.open([
    { update: acceptOfferUpdate, type: 'accept-offer', description: 'An officer takes the call' },
    { update: declineOfferUpdate, type: 'decline-offer', description: 'An officer cannot go' },
    { update: startVisitUpdate, type: 'start-visit', description: 'On the way, expected back by' },
    { update: arriveUpdate, type: 'arrive', description: 'There' },
    { update: leaveUpdate, type: 'leave', description: 'Left, and safe' },
    { update: recordStepUpdate, type: 'record-step', description: 'A step of the checklist' },
    { update: waiveStepUpdate, type: 'waive-step', description: 'A step left out, with its reason' },
    { update: counselorWordUpdate, type: 'counselor-word', description: 'What the counselor says' },
    { update: reassignCallUpdate, type: 'reassign-call', description: 'Somebody else is to go' },
    { update: goAloneUpdate, type: 'go-alone', description: 'One officer goes, though two should' },
    { update: cancelCallUpdate, type: 'cancel-call', description: 'Whoever called takes it back' },
    { update: closeCallUpdate, type: 'close-call', description: 'The outcome' },
    { update: identifyStudentUpdate, type: 'identify-student', description: 'Who the student is' },
  ]);
  setHandler(callStatusQuery, () => state, { description: 'The call as data' });

  // ---------------------------------------------------------------- the loop
  const timer = new DeadlineTimer();
  const renewalDue = () =>
    workflowInfo().continueAsNewSuggested ||
    (input.continueAsNewEvery !== undefined && messages + desk.taken >= input.continueAsNewEvery);
  for (;;) {
    while (dirty || unwritten.length > 0) {
      dirty = false;
      await flush();
      // Under a steady load there is always more: it goes along to the next run.
      if (renewalDue() && !state.closed) break;
    }
    if (state.closed && allHandlersFinished() && unwritten.length === 0) return;
    // A command given twice is answered without a change: nothing else would wake it for its end.
    if (state.closed && patched('ends-after-its-answers')) {
      await condition(allHandlersFinished);
      continue;
    }
    if (renewalDue()) {
      await condition(allHandlersFinished);
      if (!state.closed) {
        await continueAsNew<typeof serviceCall>({
          ...input,
          carried: { state, lastFact, answers, unwritten },
        });
      }
      continue;
    }
    const next = deadlines(state, cal)[0];
    timer.set(
      next && { date: next.at, summary: next.summary },
      (instant) => Date.parse(instant) - Date.now(),
    );
    await condition(() => dirty || unwritten.length > 0 || timer.hasRung);
    if (timer.takeRung()) await wake();
  }

  /** By the latest rules; what stands in a history from before them, by those it was judged by. */
  function judged(command: TravellingCallCommand, carryingOut: boolean): CallDecision {
    const latest = decide(state, command, now(), cal);
    if (!carryingOut) return latest;
    const first = decide(state, command, now(), cal, 'first');
    const same = JSON.stringify(latest) === JSON.stringify(first);
    return same || patched('a-departure-ends-somewhere') ? latest : first;
  }

  /** One journal and projection write; then, where it needs one, an officer is asked for, and whoever is told is told. */
  async function flush(): Promise<void> {
    const entries = unwritten;
    unwritten = [];
    const firstSeq = state.seq - entries.length + 1;
    const view = viewOf(state, cal);
    const info = workflowInfo();
    const tell = await durableCallActivities.recordCallProgress({
      runId: info.runId,
      runStartedAt: info.runStartTime.toISOString(),
      entries: entries.map((entry, i) => ({ seq: firstSeq + i, entry })),
      state,
      view,
      lastFact,
    });
    show(view);
    for (const key of tell) await startMessage(key);
    const findings = entries.find((entry) => sendsFindings(state, entry));
    if (findings) await sendFindings(findings.on);
    if (entries.some(asksForOfficers)) await durableCallActivities.dispatchOfficers({ at: now() });
  }

  async function sendFindings(sendOn: IsoDate): Promise<void> {
    const { callNumber, clock, school } = state;
    const letter = { caseNumber: callNumber, kind: 'address-findings', sequence: ONLY_SEQUENCE } as const;
    await startDelivery(
      { ...letter, sendOn, sendingTime: null, clock },
      { office: input.office, school: school ?? '' },
    );
  }

  function show(view: CallView): void {
    const { school } = state;
    if (JSON.stringify([shown?.view, shown?.school]) !== JSON.stringify([view, school])) {
      upsertSearchAttributes([
        { key: OFFICE, value: input.office },
        { key: SCHOOL, value: school },
        { key: CASE_NUMBER, value: state.callNumber },
        { key: STAGE, value: view.stage },
        { key: PRIORITY, value: view.priority },
        { key: ACTION_BY, value: view.actionBy },
        { key: NEXT_DEADLINE, value: view.nextDeadline === null ? null : new Date(view.nextDeadline) },
        { key: FLAGS, value: [...view.flags] },
      ]);
    }
    const details = detailsOf(state, cal);
    if (details !== shown?.details) setCurrentDetails(details);
    shown = { view, school, details };
  }

  /** The timer rang: minutes are the server's own, what day it is say the records. */
  async function wake(): Promise<void> {
    const next = deadlines(state, cal)[0];
    if (!next) return;
    const { officeDate } = await callActivities.readCallDay();
    const due = deadlines(state, cal).some((one) => isDue(one, now(), officeDate));
    if (due) apply(settleCall(state, now(), officeDate, cal));
    // Its day has not come by the records: a driven office's days come when its driver says so.
    else timer.ringAgainAfter(recheckMs(state.clock));
  }
}
