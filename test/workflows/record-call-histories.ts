/**
 * Keeps the histories of each story of a service call that has none yet: `npm run histories:record`. Existing ones are never
 * made anew: they stand for the calls that are open in offices today.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import proto from '@temporalio/proto';
import { startHarness } from '../support/case-harness.ts';
import { CALL_SCENARIOS } from '../support/call-scenarios.ts';

const HISTORIES = path.join(import.meta.dirname, 'histories', 'calls');
const fileOf = (name: string) => path.join(HISTORIES, `${name}.bin`);

const missing = CALL_SCENARIOS.filter((one) => one.files.some((name) => !existsSync(fileOf(name))));
if (missing.length === 0) {
  console.log('every story of a service call has its histories; none is made anew');
} else {
  await mkdir(HISTORIES, { recursive: true });
  // A server of its own for each: it never skips again after an update has met a continue-as-new.
  for (const scenario of missing) {
    const harness = await startHarness();
    try {
      const all = await scenario.tell(harness);
      // The last run may still be writing what the last message caused.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      for (const { file, workflowId, runId } of all) {
        if (existsSync(fileOf(file))) continue;
        const history = await harness.env.client.workflow.getHandle(workflowId, runId).fetchHistory();
        // In the API's own encoding, as the cases' histories are.
        await writeFile(fileOf(file), proto.temporal.api.history.v1.History.encode(history).finish());
        console.log(`${file}.bin: ${history.events?.length} events`);
      }
    } finally {
      await harness.stop();
    }
  }
}
process.exit(0);
