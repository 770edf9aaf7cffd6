/** Today's workflow code on the histories of cases that began before it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { workerDataConverter } from '../../client/data-converter.ts';
import { testBundle } from '../support/bundle.ts';
import { SCENARIOS } from '../support/scenarios.ts';

const FOLDER = path.join(import.meta.dirname, 'histories');
const kept = readdirSync(FOLDER).filter((file) => file.endsWith('.bin'));

describe('replay', () => {
  let bundle: Awaited<ReturnType<typeof testBundle>>;
  beforeAll(async () => {
    bundle = await testBundle();
  });

  it('has a history of every scenario and of its deliveries', () => {
    const wanted = SCENARIOS.flatMap((one) => [
      `${one.name}.case.bin`,
      ...one.deliveries.map((letter) => `${one.name}.${letter}.bin`),
    ]);
    expect(kept.filter((file) => !file.startsWith('released-')).sort()).toEqual(wanted.sort());
  });

  it.each(kept)('%s', async (file) => {
    const history = proto.temporal.api.history.v1.History.decode(readFileSync(path.join(FOLDER, file)));
    expect(history.events.length).toBeGreaterThan(3);
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter: workerDataConverter }, history);
  });
});
