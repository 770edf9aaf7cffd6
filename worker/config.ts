/** The worker's settings, from the environment, parsed once; every fault is listed. */
import { z } from 'zod';

const schema = z.object({
  TEMPORAL_ADDRESS: z.string().min(1),
  TEMPORAL_NAMESPACE: z.string().min(1),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  /** "true" only where SMTP_URL is this installation's own catcher. */
  MAIL_CAUGHT: z.enum(['true', 'false']).default('false'),
  /** Messages a second the mail server takes, e.g. 0.5; not limited where it is not set. */
  MAIL_PER_SECOND: z.coerce.number().positive().max(1000).optional(),
  /** Connections to it at a time, of this worker. */
  MAIL_CONNECTIONS: z.coerce.number().int().min(1).max(100).default(5),
  /** Where the workflows' bundled code is kept between starts; made anew at each where it is not set. */
  BUNDLE_FOLDER: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export interface WorkerConfig {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly mailCaught: boolean;
  readonly mail: { readonly perSecond: number | undefined; readonly connections: number };
  readonly bundleFolder: string | undefined;
  readonly logLevel: string;
}

/** Throws one error that names every variable at fault; never prints their values (they may hold passwords). */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const read = schema.safeParse(env);
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the worker's settings are faulty: ${faults.join('; ')}`);
  }
  return {
    temporalAddress: read.data.TEMPORAL_ADDRESS,
    namespace: read.data.TEMPORAL_NAMESPACE,
    databaseUrl: read.data.DATABASE_URL,
    smtpUrl: read.data.SMTP_URL,
    mailCaught: read.data.MAIL_CAUGHT === 'true',
    mail: { perSecond: read.data.MAIL_PER_SECOND, connections: read.data.MAIL_CONNECTIONS },
    bundleFolder: read.data.BUNDLE_FOLDER,
    logLevel: read.data.LOG_LEVEL,
  };
}
