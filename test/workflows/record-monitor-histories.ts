/**
 * Keeps a history of each monitor's story that has none yet: `npm run histories:record`. Existing ones are never made anew:
 * they stand for the monitors that run in offices today.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import proto from '@temporalio/proto';
import { startHarness } from '../support/case-harness.ts';
import { MONITOR_SCENARIOS } from '../support/monitor-story.ts';

const HISTORIES = path.join(import.meta.dirname, 'histories', 'monitors');

const missing = MONITOR_SCENARIOS.filter((one) => !existsSync(path.join(HISTORIES, `${one.name}.bin`)));
if (missing.length === 0) {
  console.log('every story of a monitor has its history; none is made anew');
} else {
  await mkdir(HISTORIES, { recursive: true });
  // A server of its own for each: it never skips again after an update has met a continue-as-new.
  for (const scenario of missing) {
    const harness = await startHarness();
    try {
      const one = await scenario.tell(harness);
      // The last run may still be writing what the last message caused.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const history = await harness.env.client.workflow.getHandle(one.workflowId).fetchHistory();
      // In the API's own encoding, as the cases' histories are.
      await writeFile(
        path.join(HISTORIES, `${scenario.name}.bin`),
        proto.temporal.api.history.v1.History.encode(history).finish(),
      );
      console.log(`${scenario.name}.bin: ${history.events?.length} events`);
    } finally {
      await harness.stop();
    }
  }
}
process.exit(0);
