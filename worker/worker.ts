/** Puts the real parts together: the only place that does. */
import path from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import { Worker, type WorkerOptions, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createMailer } from '../activities/smtp.ts';
import { TASK_QUEUE } from '../client/case-client.ts';
import { workerDataConverter } from '../client/data-converter.ts';
import type { Db } from '../db/connect.ts';

export const WORKFLOWS = path.join(import.meta.dirname, '..', 'workflows', 'index.ts');

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly db: Db;
  readonly smtpUrl: string;
  readonly mailCaught: boolean;
  readonly bundle?: WorkflowBundleWithSourceMap | undefined;
  readonly options?: Partial<WorkerOptions> | undefined;
}

export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { connection, namespace, db } = parts;
  return Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    dataConverter: workerDataConverter,
    activities: createActivities({ db, mailer: createMailer(parts.smtpUrl), mailIsCaught: parts.mailCaught }),
    ...(parts.bundle ? { workflowBundle: parts.bundle } : { workflowsPath: WORKFLOWS }),
    // By default every cached case hangs 10 s after a worker's crash.
    stickyQueueScheduleToStartTimeout: '2s',
    shutdownGraceTime: '20s',
    // A worker that cannot finish must not hang: what it left is claimed in the records.
    shutdownForceTime: '25s',
    maxConcurrentActivityTaskExecutions: 20,
    ...parts.options,
  });
}
