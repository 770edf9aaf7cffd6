/**
 * docs/case-table.md walked on the real workflow: a case that stands in a state is given a message, and must answer as the
 * rules do, stand where they stand, write it down, and go on answering afterwards. None is wedged.
 */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { OutOfReach, Refused } from '../../client/failures.ts';
import { relayCase } from '../../client/relay.ts';
import { coverage as coverageTable } from '../../db/schema/index.ts';
import { openCase, waitForProjection } from '../../db/stores/cases.ts';
import { addCoverage } from '../../db/stores/coverage.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import type { Command } from '../../domain/case/commands.ts';
import type { CaseState } from '../../domain/case/state.ts';
import { SIGNAL_OF_FACT, TRUANCY_CASE, type CaseInput } from '../../workflows/truancy-case.messages.ts';
import type { Harness } from './case-harness.ts';
import { MESSAGES, type StandingCase } from './case-states.ts';
import { addStudents, CLERK } from './office-records.ts';
import type { PaperCase } from './paper-case.ts';

/** How many cases are asked at a time. */
const TOGETHER = 6;

/** A case of the records whose workflow stands where the one on paper does. */
async function standing(harness: Harness, paper: PaperCase, continueAsNewEvery?: number): Promise<string> {
  const { db, env, cases } = harness;
  const [studentId] = await addStudents(db, `T-${randomUUID()}`);
  const { policy, school, openedOn } = paper.state;
  const number = await db.transaction(async (tx) => {
    const { case: row } = await openCase(
      tx,
      {
        ...{ studentId: studentId!, school, openedOn },
        ...{ policyName: policy.name, policyVersion: policy.version },
      },
      CLERK,
    );
    const input: CaseInput = {
      opening: { ...paper.opening, caseNumber: row.number },
      clock: {
        ...{ kind: 'driven', startMs: await env.currentTimeMs() },
        ...{ startDate: paper.state.today, msPerDay: 3_600_000 },
      },
      carried: { state: { ...paper.state, caseNumber: row.number }, lastFact: 1, answers: [] },
      ...(continueAsNewEvery === undefined ? {} : { continueAsNewEvery }),
    };
    await enqueue(tx, row.number, 'start', TRUANCY_CASE, input as unknown as JsonObject);
    return row.number;
  });
  await relayCase(db, cases, number);
  return number;
}

/** Gives the case what the one on paper was given last: its answer, or the code of its refusal. */
async function give(harness: Harness, number: string, paper: PaperCase, id?: string): Promise<string> {
  const { db, cases } = harness;
  const { last } = paper;
  if (last === null) throw new Error('nothing was given');
  if ('command' in last)
    return ask(harness, number, id === undefined ? last.command : { ...last.command, id });
  const { fact } = last;
  await db.transaction((tx) =>
    enqueue(tx, number, 'signal', SIGNAL_OF_FACT[fact.type], fact as unknown as JsonObject),
  );
  const { failed } = await relayCase(db, cases, number);
  return failed === 0 ? 'told' : 'not told';
}

async function ask(harness: Harness, number: string, command: Command): Promise<string> {
  try {
    const expiresAt = new Date((await harness.env.currentTimeMs()) + 600_000).toISOString();
    return (await patiently(() => harness.cases.execute(number, command, expiresAt))).stage;
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    throw error;
  }
}

/** A query is asked again on a machine too busy to answer in time: a wedged case never answers. */
async function patiently<T>(query: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await query();
    } catch (error) {
      if (!(error instanceof OutOfReach) || tries === 10) throw error;
    }
  }
}

/** The same case, whatever its number; its words name the number, too. */
function asPaper(number: string, state: CaseState): unknown {
  return JSON.parse(JSON.stringify(state).replaceAll(number, 'C-1'));
}

async function expectStandsLike(
  harness: Harness,
  number: string,
  paper: PaperCase,
  message: string,
): Promise<void> {
  const { db, cases } = harness;
  expect(asPaper(number, await patiently(() => cases.status(number))), message).toEqual(
    asPaper('C-1', paper.state),
  );
  expect(await waitForProjection(db, number, paper.state.seq, 30_000), `${message}: written`).toBe(true);
}

/** Another decision after it, as by somebody who knows nothing of the first; its answer on paper. */
function hold(paper: PaperCase, on: string): string {
  const answer = paper.do(on, {
    ...{ type: 'place-hold', kind: 'medical', reason: 'in hospital', owner: 'case-manager' },
    ...{ until: '2025-12-31' },
  });
  return 'code' in answer ? answer.code : answer.stage;
}

/** What the answer on paper says, in the words of {@link give}. */
function said(answer: string): string {
  const code = /^`(.+)`$/.exec(answer)?.[1];
  return code ?? /^→ (.+)$/.exec(answer)?.[1] ?? 'told';
}

/**
 * All messages that a state refuses, and one of every `share` that it takes (beginning elsewhere by `turn`), each to a case
 * of its own; every other one of these continues as new after each message.
 */
export async function walkState(
  harness: Harness,
  { on, make }: StandingCase,
  share = 1,
  turn = 0,
): Promise<void> {
  const { db, cases } = harness;
  const before = make();
  await setDrivenToday(db, before.state.today);
  await db.delete(coverageTable);
  for (const { from, to } of before.coverage) {
    await db.transaction((tx) => addCoverage(tx, 'NORTH-HS', from, to, { ...CLERK, source: 'test' }));
  }
  const pairs = MESSAGES.map(({ message, give: tell }, i) => {
    const paper = before.copy();
    const answer = said(tell(paper, on));
    return { message, paper, answer, i };
  });
  const refused = pairs.filter(({ paper }) => paper.state === before.state);
  const taken = pairs.filter(({ paper, i }) => paper.state !== before.state && (i + turn) % share === 0);

  // What is refused changes nothing: one case hears it all.
  const deaf = await standing(harness, before);
  for (const { message, paper, answer, i } of refused) {
    expect(await give(harness, deaf, paper, `refused-${i}`), message).toBe(answer);
  }
  await expectStandsLike(harness, deaf, before, 'all that is refused');

  const one = async ({ message, paper, answer, i }: (typeof pairs)[number]) => {
    const number = await standing(harness, before, i % 2 === 0 ? 1 : undefined);
    expect(await give(harness, number, paper), message).toBe(answer);
    await expectStandsLike(harness, number, paper, message);
    if (paper.state.closed) return;
    const after = paper.copy();
    const held = hold(after, on);
    expect(await give(harness, number, after), `a hold after ${message}`).toBe(held);
    await expectStandsLike(harness, number, after, `a hold after ${message}`);
    expect(await patiently(() => cases.why(number))).toContain(number);
  };
  for (let i = 0; i < taken.length; i += TOGETHER) {
    await Promise.all(taken.slice(i, i + TOGETHER).map(one));
  }
}
