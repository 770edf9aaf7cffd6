/** A demo from beginning to end: its own stack, a driven office, a year, and what came of it. */
import { existsSync, readdirSync } from 'node:fs';
import { stageOf } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { rehearse } from '../../domain/rehearsal.ts';
import type { MailFaults } from '../../stack/mail-catcher.ts';
import { startServices, type RunningServices } from '../../stack/services.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import type { Settledness } from '../services/office.ts';
import { accountOf, studentAccounts, totalsOf, type StepTotal } from './account.ts';
import { createApi } from './api-client.ts';
import { checkLetters, checkRehearsal, checkSettled, readLived, type Check, type Lived } from './checks.ts';
import type { Account } from './compare.ts';
import { allMarks, changedCalendars, rehearsalInput, type Dataset } from './dataset.ts';
import { driveYear, type DayDone } from './driver.ts';
import { startLive } from './live.ts';
import { scriptInWords } from './script-words.ts';
import { bringIn, prepareOffice } from './prepare.ts';

export interface DemoOptions {
  readonly home: string;
  readonly policy: LadderPolicy;
  readonly dataset: Dataset;
  readonly speedMs: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** After each day, before the next: for tests that break something in between. */
  readonly onDay?: (date: IsoDate, running: Running) => Promise<void> | void;
  /** Temporal and Postgres keep nothing on disk: for tests. */
  readonly inMemory?: boolean;
  /** Makes the mail catcher fail as real servers do, for tests. */
  readonly mailFaults?: MailFaults;
}

export interface Running {
  readonly stack: RunningStack;
  readonly services: RunningServices;
}

export interface DemoReport {
  readonly policy: string;
  readonly script: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly days: number;
  readonly seconds: number;
  readonly cases: number;
  readonly totals: readonly StepTotal[];
  readonly letters: readonly {
    readonly kind: string;
    readonly channel: string;
    readonly status: string;
    readonly count: number;
  }[];
  readonly checks: readonly Check[];
  readonly held: boolean;
  readonly addresses: {
    readonly api: string;
    readonly docs: string;
    readonly temporalUi: string | null;
    readonly inbox: string | null;
    readonly keyFile: string;
    readonly home: string;
  };
}

/** Runs the year; the stack stays up for whoever wants to look, until `stop`. */
export async function runDemo(
  options: DemoOptions,
): Promise<{ report: DemoReport; stop: () => Promise<void> }> {
  const { dataset, policy, say } = options;
  if (existsSync(options.home) && readdirSync(options.home).length > 0) {
    throw new InputFault(
      'HOME_IN_USE',
      'a demo begins in an empty folder; give another, or delete it',
      '--home',
    );
  }
  const began = performance.now();
  const days: IsoDate[] = [];
  const input = rehearsalInput(dataset, policy);
  const rehearsed = rehearse(input, (date) => days.push(date));
  const stack = await startStack({
    home: options.home,
    own: true,
    inMemory: options.inMemory ?? false,
    ui: !(options.inMemory ?? false),
    ...(options.mailFaults ? { mailFaults: options.mailFaults } : {}),
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: say,
  });
  try {
    const office = await prepareOffice(stack.postgres.url, {
      home: stack.home,
      policy: policy.name,
      dataset,
      speedMs: options.speedMs,
      say,
    });
    const services = await startServices(stack, { progress: say });
    const running = { stack, services };
    say(`Worker: process ${services.worker.pid()}; killed, it comes back and goes on.`);
    say(`The script ${dataset.scriptName} (invented):`);
    for (const sentence of scriptInWords(dataset.script)) say(`  ${sentence}`);
    const live = startLive(days.length, dataset.from, stageOf);
    const api = createApi({
      url: services.apiUrl,
      key: office.scriptKey ?? office.key,
      signal: options.signal,
      onRetry: (why) => live.note(`no answer (${why.slice(0, 60)}): the call is repeated`),
    });
    let mails = 0;
    const mail = { has: (messageId: string) => caught(stack, messageId).length > 0 };
    await bringIn(api, dataset);
    const driven = await driveYear({
      api,
      dataset,
      policy,
      days,
      speedMs: options.speedMs,
      mail,
      signal: options.signal,
      async onDay(done: DayDone) {
        mails = stack.mail.store?.list().length ?? mails;
        live.day(done, mails);
        await options.onDay?.(done.date, running);
      },
    }).finally(() => live.stop());

    const lived = await readLived(api);
    const status = await api.get<Settledness>('/v1/status');
    const calendars = changedCalendars(
      dataset.calendars,
      dataset.script,
      (on) => on >= dataset.from && on <= dataset.to,
    );
    // What crashed in the middle of sending, or was refused, went by post: the rehearsal is told of these accidents.
    const compared = lived.byPost.size === 0 ? rehearsed : rehearse({ ...input, byPost: lived.byPost });
    const students = studentAccounts(compared, allMarks(input), calendars, policy, dataset.to);
    const checks = [
      checkLetters(lived, stack.mail.store?.list() ?? [], dataset.script.office.postsPrints),
      checkRehearsal(lived, accountOf(students)).check,
      checkSettled(status, days.at(-1) ?? dataset.from, driven.refusals),
    ];
    const report: DemoReport = {
      policy: policy.name,
      script: dataset.scriptName,
      from: dataset.from,
      to: dataset.to,
      days: days.length,
      seconds: Math.round((performance.now() - began) / 100) / 10,
      cases: lived.cases,
      totals: totalsOfAccount(lived.account),
      letters: lettersOf(lived),
      checks,
      held: checks.every((check) => check.held),
      addresses: {
        api: services.apiUrl,
        docs: `${services.apiUrl}/docs`,
        temporalUi: stack.temporal.uiUrl ?? null,
        inbox: stack.mail.inboxUrl ?? null,
        keyFile: office.keyFile,
        home: stack.home,
      },
    };
    return { report, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function caught(stack: RunningStack, messageId: string) {
  return stack.mail.store?.list({ messageId }) ?? [];
}

function totalsOfAccount(account: Account): StepTotal[] {
  return totalsOf(
    [...account].map(([student, steps]) => ({
      student,
      school: '',
      stage: 'none',
      unexcusedDays: 0,
      cases: 1,
      steps,
    })),
  );
}

function lettersOf(lived: Lived): DemoReport['letters'] {
  const counts = new Map<string, { kind: string; channel: string; status: string; count: number }>();
  for (const { kind, channel, status } of lived.notices) {
    const key = `${kind} ${channel} ${status}`;
    const one = counts.get(key) ?? { kind, channel, status, count: 0 };
    one.count += 1;
    counts.set(key, one);
  }
  return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
