/** Keeps a history of each story of a delivery that has none yet: `npm run histories:record`. Existing ones are never made anew. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import proto from '@temporalio/proto';
import { startHarness } from '../support/case-harness.ts';
import { deliveryOf, DELIVERY_STORIES, STORY_MAIL } from '../support/delivery-stories.ts';

const HISTORIES = path.join(import.meta.dirname, 'histories', 'deliveries');

const missing = DELIVERY_STORIES.filter((one) => !existsSync(path.join(HISTORIES, `${one.name}.bin`)));
if (missing.length === 0) {
  console.log('every story of a delivery has its history; none is made anew');
} else {
  await mkdir(HISTORIES, { recursive: true });
  const harness = await startHarness(STORY_MAIL);
  try {
    for (const story of missing) {
      const one = await story.tell(harness);
      const history = await deliveryOf(harness, one).fetchHistory();
      await writeFile(
        path.join(HISTORIES, `${story.name}.bin`),
        proto.temporal.api.history.v1.History.encode(history).finish(),
      );
      console.log(`${story.name}.bin: ${history.events?.length} events`);
    }
  } finally {
    await harness.stop();
  }
}
process.exit(0);
