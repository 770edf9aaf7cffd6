/** The demo of the Intervention Department: the four rows of its page on a stack of its own, and what came of them. */
import { existsSync, readdirSync } from 'node:fs';
import { InputFault } from '../../domain/refusal.ts';
import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { startServices } from '../../stack/services.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import type { CallShown } from '../services/calls.ts';
import { DEPARTMENT_OFFICE, prepareInstallation, type Installation } from '../setup.ts';
import { createApi, type Api } from './api-client.ts';
import type { Check } from './checks.ts';
import type { DemoReport, Running } from './demo.ts';
import { bringInDepartment, FIRST_DAY, NAMES } from './department-people.ts';
import { tellStory, type DoorRefusal, type Story } from './department-story.ts';

const POLICY = 'intervention-department';
/** A minute of the office lasts so long: the alert of a police call nobody has comes after five of them. */
const MINUTE_MS = 1_000;
/** It is eight in the morning when the story begins. */
const BEGINS_AT_MINUTE = 8 * 60;

export interface DepartmentDemoOptions {
  readonly home: string;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Temporal and Postgres keep nothing on disk: for tests. */
  readonly inMemory?: boolean;
  /** Once it runs: for tests that break something on the way. */
  readonly onReady?: (running: Running) => void;
}

export interface DemoCall {
  readonly callNumber: string;
  readonly kind: string;
  readonly school: string | null;
  readonly outcome: string | null;
  readonly steps: readonly {
    readonly step: string;
    readonly status: string;
    readonly result: string | null;
  }[];
  /** The workflow's page in the Web UI. */
  readonly look: string | null;
}

export interface DepartmentReport {
  readonly policy: string;
  readonly seconds: number;
  readonly calls: readonly DemoCall[];
  readonly refusals: readonly DoorRefusal[];
  readonly mails: number;
  readonly checks: readonly Check[];
  readonly held: boolean;
  readonly addresses: DemoReport['addresses'];
}

/** Plays it; the stack stays up for whoever wants to look, until `stop`. */
export async function runDepartmentDemo(
  options: DepartmentDemoOptions,
): Promise<{ report: DepartmentReport; stop: () => Promise<void> }> {
  const { home, say, signal } = options;
  if (existsSync(home) && readdirSync(home).length > 0) {
    const words = 'a demo begins in an empty folder; give another, or delete it';
    throw new InputFault('HOME_IN_USE', words, '--home');
  }
  const began = performance.now();
  const inMemory = options.inMemory ?? false;
  const stack = await startStack({
    ...{ home, own: true, inMemory, ui: !inMemory, searchAttributes: SEARCH_ATTRIBUTES, progress: say },
  });
  try {
    const installation = await prepare(stack);
    const services = await startServices(stack, { progress: say });
    options.onReady?.({ stack, services });
    const api = createApi({
      url: services.apiUrl,
      key: installation.scriptKey ?? installation.key,
      onRetry: (why) => say(`  no answer (${why.slice(0, 60)}): it is asked again`),
      signal,
    });
    await bringInDepartment(api);
    const story = await tellStory({ api, say, signal });
    const shown = await Promise.all(
      story.calls.map(({ callNumber }) => api.get<CallShown>(`/v1/calls/${callNumber}`)),
    );
    const checks = [
      checkChecklists(shown),
      checkRefusals(story),
      checkVisits(shown),
      checkMail(stack, shown),
      await checkMonitor(api),
    ];
    const report: DepartmentReport = {
      policy: POLICY,
      seconds: Math.round((performance.now() - began) / 100) / 10,
      calls: shown.map((one) => demoCall(one, stack)),
      refusals: story.refusals,
      mails: stack.mail.store?.list().length ?? 0,
      checks,
      held: checks.every((one) => one.held),
      addresses: {
        api: services.apiUrl,
        docs: `${services.apiUrl}/docs`,
        temporalUi: stack.temporal.uiUrl ?? null,
        inbox: stack.mail.inboxUrl ?? null,
        keyFile: installation.keyFile,
        home: stack.home,
      },
    };
    return { report, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function prepare(stack: RunningStack): Promise<Installation> {
  await migrate(stack.postgres.url);
  const db = connect(stack.postgres.url, { name: 'truancy demo' });
  try {
    return await prepareInstallation(db, {
      policy: POLICY,
      office: { ...DEPARTMENT_OFFICE, name: `${DEPARTMENT_OFFICE.name} (demo)` },
      home: stack.home,
      driven: {
        today: FIRST_DAY,
        msPerDay: 1_440 * MINUTE_MS,
        startMs: Date.now() - BEGINS_AT_MINUTE * MINUTE_MS,
      },
    });
  } finally {
    await db.close();
  }
}

function demoCall(one: CallShown, stack: RunningStack): DemoCall {
  const { uiUrl, namespace } = stack.temporal;
  const { callNumber, kind, school, outcome } = one;
  return {
    ...{ callNumber, kind, school, outcome },
    steps: one.steps.map(({ code, status, result }) => ({ step: code, status, result })),
    look: uiUrl === undefined ? null : `${uiUrl}/namespaces/${namespace}/workflows/call-${callNumber}`,
  };
}

// ---------------------------------------------------------------- its own checks

function check(name: string, found: string, faults: readonly string[]): Check {
  return { name, held: faults.length === 0, found, faults };
}

function checkChecklists(calls: readonly CallShown[]): Check {
  const faults = calls.flatMap((one) => [
    ...(one.closed === null ? [`${one.callNumber} is not closed`] : []),
    ...one.steps
      .filter((step) => step.status !== 'done' && !(step.status === 'waived' && (step.note ?? '') !== ''))
      .map((step) => `${one.callNumber}: ${step.code} is ${step.status}`),
  ]);
  const steps = calls.flatMap((one) => one.steps);
  const count = (status: string) => steps.filter((one) => one.status === status).length;
  const found = `${calls.length} calls closed, ${count('done')} steps done, ${count('waived')} waived with a reason`;
  return check('full checklists', found, faults);
}

const REFUSALS = ['PARENT_MAY_NOT_CALL', 'GATE_CLOSED', 'GATE_CLOSED', 'GATE_CLOSED', 'GATE_CLOSED'];

function checkRefusals({ refusals }: Story): Check {
  const codes = refusals.map((one) => one.code);
  const faults = [
    ...(JSON.stringify(codes) === JSON.stringify(REFUSALS) ? [] : [`refused were: ${codes.join(', ')}`]),
    ...refusals
      .filter((one) => /337|9911/.test(one.words))
      .map((one) => `${one.what}: names the dispatch number`),
  ];
  const words = new Set(refusals.map((one) => one.words)).size;
  return check('gates', `${refusals.length} calls refused at the door, in ${words} different words`, faults);
}

function checkVisits(calls: readonly CallShown[]): Check {
  const visits = calls.flatMap((one) => one.visits);
  const faults = visits.flatMap((one, n) => [
    ...(one.backAt === null ? [`${one.officer} is not back`] : []),
    ...visits
      .slice(n + 1)
      .filter((other) => other.officer === one.officer && overlap(one, other))
      .map(() => `${one.officer} is at two places`),
  ]);
  return check('officers', `${visits.length} visits, everybody is back, nobody was at two places`, faults);
}

interface Way {
  readonly departedAt: string;
  readonly backAt: string | null;
}

function overlap(one: Way, other: Way): boolean {
  const [end, otherEnd] = [one.backAt ?? '9999', other.backAt ?? '9999'];
  return one.departedAt < otherEnd && other.departedAt < end;
}

/** What is told to officers, schools and the dispatcher names no child. */
function checkMail(stack: RunningStack, calls: readonly CallShown[]): Check {
  const mails = stack.mail.store?.list() ?? [];
  const named = mails.filter((one) => NAMES.some((name) => JSON.stringify(one).includes(name)));
  const offered = calls.flatMap((one) => one.offers).length;
  const faults = [
    ...named.map((one) => `message ${one.id} names a child`),
    ...(mails.length < offered ? [`${offered} offers, and ${mails.length} messages`] : []),
  ];
  return check('messages', `${mails.length} in the catcher, none with a child's name`, faults);
}

async function checkMonitor(api: Api): Promise<Check> {
  const { monitors } = await api.get<{
    monitors: { number: string; startsOn: string | null; stopsOn: string | null }[];
  }>('/v1/monitors');
  const [one] = monitors;
  const found = one ? `${one.number} runs from ${one.startsOn ?? '?'} to ${one.stopsOn ?? '?'}` : 'none runs';
  // Day 1 is the next school day, the stop date the twentieth of the school's calendar.
  const right = monitors.length === 1 && one?.startsOn === '2025-10-16' && one.stopsOn === '2025-11-12';
  return check('20-Day Monitor', found, right ? [] : [found]);
}
