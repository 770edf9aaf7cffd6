/** Puts the real parts together: the only place that does. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createMailer } from '../activities/smtp.ts';
import { TASK_QUEUE } from '../client/case-client.ts';
import { workerDataConverter } from '../client/data-converter.ts';
import type { Db } from '../db/connect.ts';
import { mailQueueOf } from '../workflows/notice-delivery.messages.ts';
import { WORKFLOWS } from './workflow-bundle.ts';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly db: Db;
  readonly smtpUrl: string;
  readonly mailCaught: boolean;
  /** What the mail server takes: messages a second, all workers together, and connections of this worker at a time. */
  readonly mail?: { readonly perSecond?: number | undefined; readonly connections?: number | undefined };
  readonly bundle?: WorkflowBundleOption | undefined;
  readonly options?: Partial<WorkerOptions> | undefined;
}

/** What this process does of an installation's work: cases and letters, and the mail beside them. */
export interface OfficeWorker {
  run(): Promise<void>;
  shutdown(): void;
  getState(): Worker['getState'] extends () => infer S ? S : never;
}

export async function createWorker(parts: WorkerParts): Promise<OfficeWorker> {
  const { connection, namespace, db } = parts;
  const activities = createActivities({
    db,
    mailer: createMailer(parts.smtpUrl),
    mailIsCaught: parts.mailCaught,
  });
  const common = { connection, namespace, dataConverter: workerDataConverter, activities };
  const main = await Worker.create({
    ...common,
    taskQueue: TASK_QUEUE,
    ...(parts.bundle ? { workflowBundle: parts.bundle } : { workflowsPath: WORKFLOWS }),
    // By default every cached case hangs 10 s after a worker's crash.
    stickyQueueScheduleToStartTimeout: '2s',
    // One thread runs all workflows: forty histories replayed side by side (the default) after a crash each take forty times
    // as long, outlast their tasks, are thrown away and begun anew, for ever. docs/decisions/019-coming-back.md
    maxConcurrentWorkflowTaskExecutions: 4,
    shutdownGraceTime: '20s',
    // A worker that cannot finish must not hang: what it left is claimed in the records.
    shutdownForceTime: '25s',
    maxConcurrentActivityTaskExecutions: 20,
    ...parts.options,
  });
  const { perSecond, connections = 5 } = parts.mail ?? {};
  const mail = await Worker.create({
    ...common,
    taskQueue: mailQueueOf(TASK_QUEUE),
    // Held by Temporal for the queue as a whole, however many workers listen on it.
    ...(perSecond === undefined ? {} : { maxTaskQueueActivitiesPerSecond: perSecond }),
    maxConcurrentActivityTaskExecutions: connections,
    shutdownGraceTime: '20s',
    shutdownForceTime: '25s',
  });
  return together(main, mail);
}

/** Both until both have stopped; when one fails, the other is stopped and its failure told. */
function together(main: Worker, mail: Worker): OfficeWorker {
  const shutdown = () => {
    for (const worker of [main, mail]) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const run = (worker: Worker) =>
    worker.run().catch((error: unknown) => {
      shutdown();
      throw error;
    });
  return {
    async run() {
      const ended = await Promise.allSettled([run(main), run(mail)]);
      const failed = ended.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
    },
    shutdown,
    getState: () => main.getState(),
  };
}
