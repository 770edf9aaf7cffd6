/**
 * One 20-Day Monitor contract, from its day to its stop date. A thin durable shell: the rules are domain/monitor; here are
 * only restoring, messages, one timer, and one write a wake-up. Nothing ticks: while nothing is due, days pass without an event.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
  type SignalDefinition,
} from '@temporalio/workflow';
import { indexCalendar, type CalendarIndex } from '../domain/calendar.ts';
import type { MonitorCommand } from '../domain/monitor/commands.ts';
import { ONLY_SEQUENCE } from '../domain/department-letters.ts';
import { mailsContract } from '../domain/monitor/asks.ts';
import { deadlines } from '../domain/monitor/deadlines.ts';
import {
  begin,
  decide,
  takeAttendance,
  takeCalendar,
  type AttendanceNews,
  type MonitorDecision,
  type Taken,
} from '../domain/monitor/decide.ts';
import type { MonitorEntry } from '../domain/monitor/entries.ts';
import { evolve } from '../domain/monitor/evolve.ts';
import { commandFault, signalFault, type MonitorSignal } from '../domain/monitor/shapes.ts';
import { beginMonitor, type MonitorState } from '../domain/monitor/state.ts';
import { detailsOf, viewOf, type MonitorView } from '../domain/monitor/view.ts';
import { instantOf, recheckMs, WAKING_TIME } from '../domain/office-clock.ts';
import { monitorActivities, monitorReading } from './activity-profiles.ts';
import { CommandDesk } from './command-desk.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import {
  changeOfficerUpdate,
  endMonitorUpdate,
  monitorAttendanceSignal,
  monitorCalendarSignal,
  monitorOfficeDaySignal,
  monitorStatusQuery,
  signContractUpdate,
  type MonitorCalendarNews,
  type MonitorInput,
  type Numbered,
  type TravellingMonitorCommand,
} from './monitor-contract.messages.ts';
import { ACTION_BY, CASE_NUMBER, FLAGS, NEXT_DEADLINE, OFFICE, SCHOOL, STAGE } from './search-attributes.ts';
import { startDelivery } from './start-delivery.ts';
import { startMessage } from './start-message.ts';

/** Commands whose answers are remembered, over all runs. */
const REMEMBERED_ANSWERS = 100;

export async function monitorContract(input: MonitorInput): Promise<void> {
  // ---------------------------------------------------------------- restore
  const { clock, carried } = input;
  let state: MonitorState = carried?.state ?? beginMonitor(input);
  let cal: CalendarIndex = indexCalendar(state.calendar);
  const answers = [...(carried?.answers ?? [])];
  let lastFact = carried?.lastFact ?? 0;
  /** Entries not yet in the journal. */
  let unwritten: MonitorEntry[] = [...(carried?.unwritten ?? [])];
  let leftToMessages = carried?.leftToMessages ?? [];
  let dirty = true;
  let dayAsked = false;
  let messages = 0;
  let shown: { view: MonitorView; school: string; details: string } | null = null;

  const apply = (taken: Taken) => {
    if (taken.state.calendar !== state.calendar) cal = indexCalendar(taken.state.calendar);
    if (taken.state !== state) dirty = true;
    state = taken.state;
    unwritten.push(...taken.entries);
  };
  const write = (entry: MonitorEntry) => apply({ state: evolve(state, entry), entries: [entry] });
  if (!carried) apply(begin(state, cal));

  // ---------------------------------------------------------------- messages
  const take: Readonly<Record<string, (given: unknown) => void>> = {
    [monitorAttendanceSignal.name]: (given) =>
      fact('attendance', given, (news: AttendanceNews) => takeAttendance(state, news, cal)),
    [monitorCalendarSignal.name]: (given) =>
      fact('calendar', given, (news: MonitorCalendarNews) => takeCalendar(state, news, cal)),
    [monitorOfficeDaySignal.name]: () => {
      messages += 1;
      dayAsked = true;
    },
  };
  /** What the codec could not read, or what another client sent, has no shape: dropped and said, never wedging it. */
  function fact<F>(signal: MonitorSignal, given: unknown, settle: (news: Numbered<F>) => Taken): void {
    messages += 1;
    const fault = signalFault(signal, given);
    const seq = (given as { seq?: unknown } | null)?.seq;
    if (fault !== null || typeof seq !== 'number') {
      if (!state.ended) {
        write({ type: 'message-dropped', on: state.today, message: signal, field: fault ?? 'seq' });
      }
      return;
    }
    // Delivered at least once, in the order of their numbers.
    if (seq <= lastFact) return;
    lastFact = seq;
    dirty = true;
    apply(settle(given as Numbered<F>));
  }
  // What waits at the beginning of a run must be taken in its order: one handler for all, registered first (decision 013).
  setDefaultSignalHandler((name, given) => take[name]?.(given));
  for (const { signal, description } of [
    { signal: monitorAttendanceSignal, description: 'What is known of the student’s attendance changed' },
    { signal: monitorCalendarSignal, description: 'The student’s calendar or school changed' },
    { signal: monitorOfficeDaySignal, description: 'An office day began' },
  ]) {
    setHandler(signal as SignalDefinition<[unknown]>, (given) => take[signal.name]?.(given), { description });
  }

  const desk = new CommandDesk(
    {
      faultOf: commandFault,
      decide: (command: TravellingMonitorCommand): MonitorDecision => decide(state, command, cal),
      apply: apply,
    },
    answers,
    REMEMBERED_ANSWERS,
  );
  desk.open([
    {
      update: endMonitorUpdate,
      type: 'end-monitor',
      description: 'The officer ends it, or it was opened in error',
    },
    { update: signContractUpdate, type: 'sign-contract', description: 'Somebody signed the contract' },
    { update: changeOfficerUpdate, type: 'change-officer', description: 'Another officer watches it' },
  ] as const satisfies readonly { type: MonitorCommand['type']; [key: string]: unknown }[]);
  setHandler(monitorStatusQuery, () => state, { description: 'The monitor as data' });

  // ---------------------------------------------------------------- the loop
  const timer = new DeadlineTimer();
  const renewalDue = () =>
    (workflowInfo().continueAsNewSuggested ||
      (input.continueAsNewEvery !== undefined && messages + desk.taken >= input.continueAsNewEvery)) &&
    // Not between a morning and its answer: the next run would not know that it was asked.
    !dayAsked;
  for (;;) {
    while (dirty || unwritten.length > 0) {
      dirty = false;
      await flush();
      // Under a steady load there is always more: it goes along to the next run.
      if (renewalDue() && !state.ended) break;
    }
    if (state.ended && allHandlersFinished()) return;
    // A command given twice is answered without a change: nothing else would wake it for its end.
    if (state.ended && patched('ends-after-its-answers')) {
      await condition(allHandlersFinished);
      continue;
    }
    if (renewalDue()) {
      await condition(allHandlersFinished);
      if (renewalDue() && !state.ended) {
        await continueAsNew<typeof monitorContract>({
          ...input,
          carried: { state, answers, lastFact, unwritten, leftToMessages },
        });
      }
      continue;
    }
    timer.set(waitingFor(), (date) => instantOf(clock, date, WAKING_TIME) - Date.now());
    await condition(() => dirty || unwritten.length > 0 || dayAsked || timer.hasRung);
    const rung = timer.takeRung();
    if (rung || dayAsked) {
      dayAsked = false;
      await wake(rung);
    }
  }

  /** The earliest deadline that a timer stands for. */
  function waitingFor() {
    const ahead = deadlines(state, cal);
    leftToMessages = leftToMessages.filter((key) => ahead.some((one) => one.summary === key));
    const next = ahead.find((one) => !leftToMessages.includes(one.summary));
    return next && { date: next.wakeOn, summary: next.summary };
  }

  /** One journal and projection write, with what people are told; what staff see. */
  async function flush(): Promise<void> {
    const entries = unwritten;
    unwritten = [];
    const firstSeq = state.seq - entries.length + 1;
    const view = viewOf(state, cal);
    const info = workflowInfo();
    const tell = await monitorActivities.recordMonitorProgress({
      runId: info.runId,
      runStartedAt: info.runStartTime.toISOString(),
      entries: entries.map((entry, i) => ({ seq: firstSeq + i, entry })),
      state,
      view,
      lastFact,
    });
    show(view);
    for (const key of tell ?? []) await startMessage(key);
    if (entries.some((entry) => mailsContract(state, entry))) await mailContract();
  }

  async function mailContract(): Promise<void> {
    const { number, contractOn, school } = state;
    const letter = { caseNumber: number, kind: 'monitor-contract', sequence: ONLY_SEQUENCE } as const;
    await startDelivery(
      { ...letter, sendOn: contractOn, sendingTime: null, clock },
      { office: input.policyName, school },
    );
  }

  function show(view: MonitorView): void {
    const { school } = state;
    if (
      shown?.view.stage !== view.stage ||
      shown.view.actionBy !== view.actionBy ||
      shown.view.nextDeadline !== view.nextDeadline ||
      shown.view.breaches !== view.breaches ||
      shown.school !== school
    ) {
      upsertSearchAttributes([
        { key: OFFICE, value: input.policyName },
        { key: SCHOOL, value: school },
        { key: CASE_NUMBER, value: state.number },
        { key: STAGE, value: `monitor-${view.stage}` },
        { key: ACTION_BY, value: view.actionBy },
        { key: FLAGS, value: view.breaches > 0 ? ['monitor-broken'] : [] },
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

  /** The timer rang, or a driven office's morning came: the records say what day it is and what is known by now. */
  async function wake(rung: boolean): Promise<void> {
    const due = deadlines(state, cal).find((one) => !leftToMessages.includes(one.summary));
    const day = await monitorReading.readMonitorDay(state.number);
    if (!due) return;
    if (day.officeDate < due.wakeOn) {
      if (rung) timer.ringAgainAfter(recheckMs(clock));
      return;
    }
    apply(takeAttendance(state, day, cal));
    // It waits for attendance now: the import that brings it tells, and no timer need stand for it.
    leftToMessages = [...leftToMessages, due.summary];
  }
}
