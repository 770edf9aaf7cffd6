/** The office's morning on the time-skipping server, and today's code on the mornings that began before it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerDataConverter } from '../../client/data-converter.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { testBundle } from '../support/bundle.ts';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { MORNING_STORIES } from '../support/morning-stories.ts';

const FOLDER = path.join(import.meta.dirname, 'histories', 'mornings');
const kept = readdirSync(FOLDER).filter((file) => file.endsWith('.bin'));
const story = (name: string) => {
  const found = MORNING_STORIES.find((one) => one.name === name);
  if (!found) throw new Error(`there is no story ${name}`);
  return found;
};

describe('a morning', () => {
  let harness: Harness;
  let down = false;
  beforeAll(async () => {
    harness = await startHarness(() =>
      down ? { reply: { code: 451, text: 'try again later' } } : undefined,
    );
  });
  afterAll(() => harness.stop());

  it('tells of a silent school and mails the worklists that hold something new', async () => {
    const morning = await story('a-school-falls-silent-and-two-worklists-are-told').tell(harness);
    expect(await morning.result()).toEqual({
      ...{ date: '2025-01-23', silent: ['NORTH-HS'], over: [], mails: { sent: 2 } },
    });
    expect(await listTasks(harness.db, { kind: 'silent-school' })).toHaveLength(2);
    const to = harness.mail.store.list().flatMap((mail) => mail.to);
    expect(to.sort()).toEqual(['casey@roe53.example', 'clerk@north.example.org']);
  });

  it('ends by the evening though the mail server never takes anything, so that the next one can begin', async () => {
    down = true;
    const morning = await story('the-mail-server-says-not-now-all-day').tell(harness);
    expect((await morning.result()).mails).toEqual({ 'gave-up': 1 });
    down = false;
    expect(harness.mail.store.list()).toHaveLength(2);
  });

  it('looks at nothing on a Saturday', async () => {
    const morning = await story('no-office-day').tell(harness);
    expect(await morning.result()).toEqual({ date: '2025-01-25', silent: [], over: [], mails: {} });
  });
});

describe('replay of mornings', () => {
  let bundle: Awaited<ReturnType<typeof testBundle>>;
  beforeAll(async () => {
    bundle = await testBundle();
  });

  it('has a history of every story', () => {
    expect([...kept].sort()).toEqual(MORNING_STORIES.map((one) => `${one.name}.bin`).sort());
  });

  it.each(kept)('%s', async (file) => {
    const history = proto.temporal.api.history.v1.History.decode(readFileSync(path.join(FOLDER, file)));
    expect(history.events.length).toBeGreaterThan(3);
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter: workerDataConverter }, history);
  });
});
