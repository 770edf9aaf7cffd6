/** One line of JSON an event, on standard output; case numbers and codes, never names. */
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { pino, type Logger } from 'pino';

export function createLog(level: string): Logger {
  return pino({ level, base: { service: 'worker' }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** Sends the SDK's own words through the same log. */
export function installRuntime(log: Logger): void {
  const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
    TRACE: 'trace',
    DEBUG: 'debug',
    INFO: 'info',
    WARN: 'warn',
    ERROR: 'error',
  };
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => {
      log[levels[entry.level]](
        { sdk: true, workflowId: entry.meta?.['workflowId'] as unknown },
        entry.message,
      );
    }),
    // The worker is stopped by our own handlers, which also stop the relay.
    shutdownSignals: [],
  });
}
