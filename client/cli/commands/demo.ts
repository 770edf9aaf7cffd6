/** `demo`: a year of an invented office, or the four calls of the other, on a stack of its own; its mail stays in its own catcher. */
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { loadPolicy } from '../../../policies/load.ts';
import type { DemoReport } from '../../demo/demo.ts';
import { EXIT, outputFor, table, type Output } from '../frame.ts';
import { addInputOptions, loadInput, type InputFlags } from './rehearse.ts';

interface Flags extends InputFlags {
  readonly speed: number;
  readonly office: string;
  readonly exit?: boolean;
  readonly home?: string;
}

export function register(program: Command): void {
  addInputOptions(
    program
      .command('demo')
      .description(
        'Live through a school year on a stack of its own: Temporal, records, letters; nothing leaves this machine.',
      )
      .option('--speed <time>', 'a school day lasts at least this long: 1s, 250ms, 0', speedOf, 1_000)
      .addOption(
        new Option('--office <office>', 'whose procedure')
          .choices(['roe53', 'intervention'])
          .default('roe53'),
      ),
  )
    .option('--exit', 'leave at the end; status 0 only if its own checks held')
    .option('--home <folder>', 'where it keeps its things (default: a fresh folder)')
    .addHelpText('after', EXAMPLE)
    .action(async (flags: Flags, command: Command) => {
      await run(flags, outputFor(command));
    });
}

const EXAMPLE = `
Examples:
  truancy demo --speed 1s
  truancy demo --speed 0 --exit --json
  truancy demo --office intervention --exit
  truancy demo --attendance marks.xml --calendar district.ics \\
      --students roster.csv --contacts families.csv --exit

What school and office do is invented (--script; examples/script.yaml says
what each line does) and marked so.`;

async function run(flags: Flags, out: Output): Promise<void> {
  if (flags.office === 'intervention') return runDepartment(flags, out);
  const { policy } = await loadPolicy('roe53');
  const dataset = await loadInput(flags, policy);
  const { runDemo } = await import('../../demo/demo.ts');
  await play(flags, out, human, (home, signal) =>
    runDemo({ home, policy, dataset, speedMs: flags.speed, say: (line) => out.note(line), signal }),
  );
}

/** It plays what people do, one thing after another, on two days of its own: there is no input to give it. */
async function runDepartment(flags: Flags, out: Output): Promise<void> {
  const [{ runDepartmentDemo }, { departmentDemoText }] = await Promise.all([
    import('../../demo/department-demo.ts'),
    import('../demo-department.ts'),
  ]);
  await play(flags, out, departmentDemoText, (home, signal) =>
    runDepartmentDemo({ home, say: (line) => out.note(line), signal }),
  );
}

/** Runs a demo in its own folder, prints what came of it, and leaves when told to. */
async function play<R extends { readonly held: boolean }>(
  flags: Flags,
  out: Output,
  text: (report: R) => string,
  demo: (home: string, signal: AbortSignal) => Promise<{ report: R; stop: () => Promise<void> }>,
): Promise<void> {
  const [{ homeFolder }, { onStopSignals }] = await Promise.all([
    import('../../../stack/paths.ts'),
    import('../../../stack/process.ts'),
  ]);
  const home = path.resolve(flags.home ?? path.join(homeFolder(), 'demo', stamp(new Date())));
  const stopped = new AbortController();
  const release = onStopSignals(
    () => {
      out.note('Stopping.');
      stopped.abort(new Error('stopped'));
    },
    () => process.exit(130),
  );
  try {
    const { report, stop } = await demo(home, stopped.signal);
    try {
      out.result(report, text(report));
      if (!report.held) process.exitCode = EXIT.other;
      if (!flags.exit) await untilStopped(stopped.signal, out);
    } finally {
      await stop();
    }
  } catch (error) {
    // Ctrl-C in the middle of it is no failure to explain.
    if (!stopped.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    release();
  }
}

async function untilStopped(signal: AbortSignal, out: Output): Promise<void> {
  out.note('It stays up so that you can look around; Ctrl-C stops it.');
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function human(report: DemoReport): string {
  const { addresses } = report;
  const totals = report.totals
    .filter(({ count }) => count > 0)
    .map(({ step, count, first, last }) => [step, count, first ?? '–', last ?? '–']);
  const letters = report.letters.map(({ kind, channel, status, count }) => [kind, channel, status, count]);
  const checks = report.checks.flatMap((check) => [
    `${check.held ? 'held  ' : 'FAILED'} ${check.name}: ${check.found}`,
    ...check.faults.slice(0, 20).map((fault) => `         ${fault}`),
    ...(check.faults.length > 20 ? [`         and ${check.faults.length - 20} more (--json lists all)`] : []),
  ]);
  const where = [
    ['Temporal Web UI', addresses.temporalUi ?? 'off'],
    ['Letters', addresses.inbox ?? '–'],
    ['API', addresses.docs],
    ['Key', `${addresses.keyFile} (truancy login)`],
    ['Data', `${addresses.home} (can be deleted)`],
  ];
  return [
    `${report.from} to ${report.to} by ${report.policy}: ${report.days} days, ${report.cases} cases, ${report.seconds} s.`,
    `What school and office did comes from ${report.script} and is marked as invented.`,
    '',
    table(['Step', 'Count', 'First', 'Last'], totals),
    '',
    table(['Letter', 'By', 'State', 'Count'], letters),
    '',
    ...checks,
    '',
    table(['Look at', 'Where'], where),
  ].join('\n');
}

/** `1s`, `250ms`, `0`; a bare number is seconds. */
function speedOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim());
  if (!match) throw new InvalidArgumentError('write a time such as 1s, 250ms or 0.');
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm'];
}

function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(':', '');
}
