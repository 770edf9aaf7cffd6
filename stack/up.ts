/** `truancy up`: the stack, its database prepared, worker and API; in the foreground until it is told to stop. */
import { onStopSignals } from './process.ts';
import { startServices, type RunningServices } from './services.ts';
import { startStack, type RunningStack, type StackOptions } from './stack.ts';

export interface UpOptions {
  readonly home: string;
  readonly searchAttributes: StackOptions['searchAttributes'];
  /** Migrations and what a first start needs; before worker and API start. */
  readonly prepare: (stack: RunningStack) => Promise<void>;
  /** Only Temporal, Postgres and mail: for those who run worker and API themselves. */
  readonly stackOnly?: boolean;
  readonly apiPort?: number | undefined;
  readonly progress: (line: string) => void;
  readonly onReady: (stack: RunningStack, services: RunningServices | undefined) => void;
}

/** Resolves when everything has been stopped (Ctrl-C, SIGTERM, `truancy down`). */
export async function up(options: UpOptions): Promise<void> {
  const { progress } = options;
  let stack: RunningStack | undefined;
  let askToStop: () => void = () => undefined;
  const stopAsked = new Promise<void>((resolve) => (askToStop = resolve));
  let asked = false;

  // From the beginning: Ctrl-C during the start stops what has started by then.
  const release = onStopSignals(
    () => {
      asked = true;
      progress('Stopping. (Ctrl-C once more kills everything at once.)');
      askToStop();
    },
    () => {
      progress('Killing everything.');
      stack?.supervisor.forceAll();
      // The watchdog sees to whatever is still there.
      process.exit(130);
    },
  );
  try {
    stack = await startStack({
      home: options.home,
      own: false,
      searchAttributes: options.searchAttributes,
      progress,
    });
    if (asked) return;
    await options.prepare(stack);
    if (asked) return;
    const services = options.stackOnly
      ? undefined
      : await startServices(stack, { apiPort: options.apiPort, progress });
    if (asked) return;
    options.onReady(stack, services);
    await stopAsked;
  } catch (error) {
    // Ctrl-C during the start also ends what it was just running; that is no failure to report.
    if (!asked) throw error;
  } finally {
    await stack?.stop();
    if (asked) progress('Stopped.');
    release();
  }
}
