/**
 * Keeps a history of each scenario that has none yet: `npm run histories:record`. Existing ones are never made anew:
 * they stand for the cases that are open in offices today.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import proto from '@temporalio/proto';
import { startHarness } from '../support/case-harness.ts';
import { SCENARIOS } from '../support/scenarios.ts';

export const HISTORIES = path.join(import.meta.dirname, 'histories');

const missing = SCENARIOS.filter((one) => !existsSync(path.join(HISTORIES, `${one.name}.case.bin`)));
if (missing.length === 0) {
  console.log('every scenario has its history; none is made anew');
} else {
  await mkdir(HISTORIES, { recursive: true });
  const harness = await startHarness();
  try {
    for (const scenario of missing) {
      const one = await scenario.tell(harness);
      // The last run may still be writing what the last message caused.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const keep = async (workflowId: string, file: string) => {
        const history = await harness.env.client.workflow.getHandle(workflowId).fetchHistory();
        // In the API's own encoding: the SDK's JSON form fails with the protobuf library it now brings.
        await writeFile(
          path.join(HISTORIES, file),
          proto.temporal.api.history.v1.History.encode(history).finish(),
        );
        console.log(`${file}: ${history.events?.length} events`);
      };
      await keep(one.workflowId, `${scenario.name}.case.bin`);
      for (const letter of scenario.deliveries) {
        await keep(`notice-${one.number}-${letter}`, `${scenario.name}.${letter}.bin`);
      }
    }
  } finally {
    await harness.stop();
  }
}
process.exit(0);
