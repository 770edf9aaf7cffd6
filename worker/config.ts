/** The worker's settings, from the environment, parsed once; every fault is listed. */
import { z } from 'zod';

const schema = z.object({
  TEMPORAL_ADDRESS: z.string().min(1),
  TEMPORAL_NAMESPACE: z.string().min(1),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  /** "true" only where SMTP_URL is this installation's own catcher. */
  MAIL_CAUGHT: z.enum(['true', 'false']).default('false'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export interface WorkerConfig {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly mailCaught: boolean;
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
    logLevel: read.data.LOG_LEVEL,
  };
}
