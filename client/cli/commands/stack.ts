/** `up`, `down`, `status`, `doctor`: the embedded stack of this machine's installation. */
import { InvalidArgumentError, type Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import type { StackStatus } from '../../../stack/status.ts';
import { CliError, EXIT, outputFor, table } from '../frame.ts';

interface UpOptions {
  readonly apiPort?: number;
  readonly stackOnly?: boolean;
  readonly office?: string;
}

export function register(program: Command): void {
  program
    .command('up')
    .description(
      'Start Temporal, Postgres, the mail catcher, worker and API; stays in the foreground, Ctrl-C stops it all.',
    )
    .option('--api-port <port>', 'port of the API (default: 8470, or another when it is taken)', portNumber)
    .option(
      '--office <policy>',
      'at the first start: which office it is to be, roe53 or intervention-department (default: roe53)',
    )
    .option('--stack-only', 'only Temporal, Postgres and mail; worker and API are run by hand')
    .addHelpText('after', EXAMPLES.up)
    .action(async (options: UpOptions, command: Command) => {
      await runUp(options, command);
    });

  program
    .command('down')
    .description('Stop the stack that runs here, from another terminal.')
    .option('--force', 'kill it when it does not stop')
    .addHelpText('after', EXAMPLES.down)
    .action(async (options: { force?: boolean }, command: Command) => {
      const { down } = await import('../../../stack/down.ts');
      const { homeFolder } = await import('../../../stack/paths.ts');
      const out = outputFor(command);
      const result = await down(homeFolder(), {
        force: options.force ?? false,
        progress: (line) => out.note(line),
      });
      const cleared =
        result.leftovers.length > 0
          ? ` Also stopped what was left behind: ${result.leftovers.join(', ')}.`
          : '';
      out.result(
        { stopped: result.stopped ?? null, leftovers: result.leftovers },
        result.stopped === undefined ? `No stack runs here.${cleared}` : `Stopped.${cleared}`,
      );
    });

  program
    .command('status')
    .description('What runs here and whether it answers.')
    .addHelpText('after', EXAMPLES.status)
    .action(async (_options: unknown, command: Command) => {
      await showStatus(command);
    });

  program
    .command('doctor')
    .description(
      'What the stack would use, where it came from, and how to get what is missing; status 0 when it can start.',
    )
    .option('--offline', 'only look; fetch nothing')
    .addHelpText('after', EXAMPLES.doctor)
    .action(async (options: { offline?: boolean }, command: Command) => {
      await showDoctor(options, command);
    });
}

const EXAMPLES = {
  up: `
Example:
  truancy up
  TRUANCY_HOME=/srv/truancy SMTP_URL=smtp://mail.example.org:25 truancy up

Uses TEMPORAL_ADDRESS, DATABASE_URL and SMTP_URL where they are set, else its
own, on loopback only. With SMTP_URL letters leave.`,
  down: `
Example:
  truancy down`,
  status: `
Example:
  truancy status --json`,
  doctor: `
Example:
  truancy doctor`,
};

async function runUp(options: UpOptions, command: Command): Promise<void> {
  const [{ up }, { homeFolder }, { SEARCH_ATTRIBUTES }, { HomeInUse }, { prepareStack }] = await Promise.all([
    import('../../../stack/up.ts'),
    import('../../../stack/paths.ts'),
    import('../../../workflows/search-attributes.ts'),
    import('../../../stack/home-lock.ts'),
    import('../../setup.ts'),
  ]);
  const out = outputFor(command);
  try {
    await up({
      home: homeFolder(),
      searchAttributes: SEARCH_ATTRIBUTES,
      stackOnly: options.stackOnly ?? false,
      apiPort: options.apiPort,
      prepare: (stack) =>
        prepareStack(stack.postgres.url, stack.home, (line) => out.note(line), options.office),
      progress: (line) => out.note(line),
      onReady: (stack, services) => {
        const urls = {
          api: services?.apiUrl,
          temporalUi: stack.temporal.uiUrl,
          inbox: stack.mail.inboxUrl,
        };
        const lines = [
          services && ['API', services.apiUrl],
          stack.temporal.uiUrl && ['Temporal Web UI', stack.temporal.uiUrl],
          ['Mail', stack.mail.inboxUrl ?? 'leaves by the server of SMTP_URL'],
          ['Data', stack.home],
        ].filter((line): line is string[] => Array.isArray(line));
        out.result(
          { ...urls, temporal: stack.temporal.address, home: stack.home },
          `${table(['Ready', 'Where'], lines)}\nCtrl-C stops it all.`,
        );
      },
    });
  } catch (error) {
    if (error instanceof InputFault) throw error;
    if (error instanceof HomeInUse)
      throw new CliError(error.code, error.message, EXIT.other, { holder: error.holder.pid });
    throw new CliError(
      'STACK_FAILED',
      error instanceof Error ? error.message : String(error),
      EXIT.outOfReach,
    );
  }
}

async function showStatus(command: Command): Promise<void> {
  const { stackStatus } = await import('../../../stack/status.ts');
  const { homeFolder } = await import('../../../stack/paths.ts');
  const out = outputFor(command);
  const status = await stackStatus(homeFolder());
  const healthy = status.running && status.parts.length > 0 && status.parts.every((part) => part.answers);
  out.result(status, statusText(status));
  if (!healthy) process.exitCode = EXIT.outOfReach;
}

function statusText(status: StackStatus): string {
  if (!status.running) {
    const left =
      status.leftovers.length > 0
        ? ` Left behind by a stack that was killed: ${status.leftovers.join(', ')}; \`truancy down\` stops them.`
        : '';
    return `No stack runs on ${status.home}. Start it with \`truancy up\`.${left}`;
  }
  const head = `The stack of ${status.home} runs since ${status.supervisor?.since ?? '?'} (process ${status.supervisor?.pid ?? '?'}).`;
  if (status.parts.length === 0) return `${head} It is still starting.`;
  const rows = status.parts.map((part) => [
    part.part,
    part.answers ? 'answers' : `NO ANSWER: ${part.fault ?? ''}`,
    part.pid ?? '–',
    part.address,
  ]);
  const ui = status.uiUrl ? `\nTemporal Web UI: ${status.uiUrl}` : '';
  return `${head}\n${table(['Part', 'State', 'Process', 'Where'], rows)}${ui}`;
}

async function showDoctor(options: { offline?: boolean }, command: Command): Promise<void> {
  const { examine } = await import('../../../stack/doctor.ts');
  const { homeFolder } = await import('../../../stack/paths.ts');
  const out = outputFor(command);
  const findings = await examine({
    home: homeFolder(),
    fetch: options.offline !== true,
    progress: (line) => out.note(line),
  });
  const ready = findings.every((finding) => finding.state !== 'missing');
  const lines = findings.map((finding) => {
    const mend = finding.mend ? `\n          → ${finding.mend}` : '';
    return `${finding.state.padEnd(8)}${finding.check}: ${finding.found}${mend}`;
  });
  out.result(
    { ready, findings },
    `${lines.join('\n')}\n${ready ? 'The stack can start.' : 'The stack cannot start yet.'}`,
  );
  if (!ready) process.exitCode = EXIT.other;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('a port is a whole number from 1 to 65535.');
  return port;
}
