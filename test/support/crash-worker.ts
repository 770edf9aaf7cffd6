/**
 * A worker as an installation runs it, in a process of its own that is made to be killed. It loads its programs, says
 * `warm`, and begins when told `go`: the next one stands ready when this one dies.
 */
import { once } from 'node:events';
import { NativeConnection } from '@temporalio/worker';
import { connect } from '../../db/connect.ts';
import { readConfig } from '../../worker/config.ts';
import { createLog, installRuntime } from '../../worker/logging.ts';
import { createWorker } from '../../worker/worker.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
// Rendering is loaded now, not with the first letter.
import '../../templates/index.ts';

const config = readConfig(process.env);
installRuntime(createLog('error'));
// Whoever made it is gone: so is it.
process.stdin.once('end', () => process.exit());
process.stdout.write('warm\n');
await once(process.stdin, 'data');
const connection = await NativeConnection.connect({ address: config.temporalAddress });
const worker = await createWorker({
  connection,
  namespace: config.namespace,
  db: connect(config.databaseUrl, { max: 10, name: 'crash-worker' }),
  smtpUrl: config.smtpUrl,
  mailCaught: config.mailCaught,
  mail: config.mail,
  bundle: config.bundleFolder === undefined ? undefined : await workflowBundle(config.bundleFolder),
});
const run = worker.run();
process.stdout.write('ready\n');
await run;
