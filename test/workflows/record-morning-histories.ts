/** Keeps a history of each story of a morning that has none yet: `npm run histories:record`. Existing ones are never made anew. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import proto from '@temporalio/proto';
import { startHarness } from '../support/case-harness.ts';
import { MORNING_STORIES } from '../support/morning-stories.ts';

const HISTORIES = path.join(import.meta.dirname, 'histories', 'mornings');

const missing = MORNING_STORIES.filter((one) => !existsSync(path.join(HISTORIES, `${one.name}.bin`)));
if (missing.length === 0) {
  console.log('every story of a morning has its history; none is made anew');
} else {
  await mkdir(HISTORIES, { recursive: true });
  for (const story of missing) {
    const down = story.name === 'the-mail-server-says-not-now-all-day';
    const harness = await startHarness(() =>
      down ? { reply: { code: 451, text: 'try again later' } } : undefined,
    );
    try {
      const morning = await story.tell(harness);
      await morning.result();
      const history = await morning.fetchHistory();
      await writeFile(
        path.join(HISTORIES, `${story.name}.bin`),
        proto.temporal.api.history.v1.History.encode(history).finish(),
      );
      console.log(`${story.name}.bin: ${history.events?.length} events`);
    } finally {
      await harness.stop();
    }
  }
}
process.exit(0);
