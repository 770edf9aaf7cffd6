/**
 * The SDK's own download of a server binary. In a process of its own: it loads the SDK's native runtime, which would
 * trap the supervisor's signals, and it starts the server once for a moment, because the SDK offers no bare download.
 *
 * node sdk-download.mjs <cli|test-server> <version> <folder>
 */
import process from 'node:process';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, version, downloadDir] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', version: `v${version}`, downloadDir } };
try {
  const environment =
    kind === 'cli'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
process.exit(0);
