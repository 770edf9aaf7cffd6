/** Today's workflow code on the histories of service calls, and of their messages, that began before it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { workerDataConverter } from '../../client/data-converter.ts';
import { testBundle } from '../support/bundle.ts';
import { CALL_SCENARIOS } from '../support/call-scenarios.ts';

const FOLDER = path.join(import.meta.dirname, 'histories', 'calls');
const kept = readdirSync(FOLDER).filter((file) => file.endsWith('.bin'));

describe('replay of service calls', () => {
  let bundle: Awaited<ReturnType<typeof testBundle>>;
  beforeAll(async () => {
    bundle = await testBundle();
  });

  it('has the histories of every story', () => {
    const wanted = CALL_SCENARIOS.flatMap((one) => one.files.map((name) => `${name}.bin`));
    expect(kept.filter((file) => !file.startsWith('released-')).sort()).toEqual(wanted.sort());
  });

  it.each(kept)('%s', async (file) => {
    const history = proto.temporal.api.history.v1.History.decode(readFileSync(path.join(FOLDER, file)));
    expect(history.events.length).toBeGreaterThan(3);
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter: workerDataConverter }, history);
  });
});
