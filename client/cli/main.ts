/** The `truancy` program: registers the commands and turns every failure into one line and an exit status. */
import { Command, CommanderError } from 'commander';
import { InputFault } from '../../domain/refusal.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { speakPlainly } from '../plain-words.ts';
import { registerCommands } from './commands/index.ts';
import { CliError, EXIT } from './frame.ts';

/** @param word the first of the command line, where one is given: only its verbs are loaded */
export async function buildProgram(word?: string): Promise<Command> {
  const program = new Command('truancy')
    .description('Truancy casework: referrals, notices, hearings and court, each case a durable workflow.')
    .version(packageJson.version, '--version', 'print the program’s version')
    .option('--json', 'print exactly one JSON document on standard output')
    .exitOverride()
    .configureOutput({
      // The same form as every other error; a suggestion stays on the line.
      outputError: (text, write) =>
        write(
          `${text
            .trim()
            .replace(/^error: /, 'error BAD_USAGE: ')
            .replace(/\s*\n\s*/g, ' ')}; --help shows how\n`,
        ),
    })
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  await registerCommands(program, word);
  return program;
}

/** Runs one command line and sets the exit status; never prints a stack trace unless TRUANCY_DEBUG is set. */
export async function main(argv: readonly string[]): Promise<void> {
  speakPlainly();
  leaveQuietly();
  try {
    const program = await buildProgram(argv.slice(2).find((one) => !one.startsWith('-')));
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** `truancy … | head`: whoever read along has seen enough; that is no failure. */
function leaveQuietly(): void {
  if (!process.stdout.listeners('error').includes(whenNobodyReads))
    process.stdout.on('error', whenNobodyReads);
}

function whenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? EXIT.done);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    // Commander has already printed its own sentence.
    return EXIT.badInput;
  }
  if (process.env['TRUANCY_DEBUG']) console.error(error);
  if (error instanceof CliError) {
    process.stderr.write(`error ${error.code}: ${error.message}\n`);
    return error.exit;
  }
  if (error instanceof InputFault) {
    process.stderr.write(`error ${error.code}: ${error.message}\n`);
    return EXIT.badInput;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error UNEXPECTED: ${message}\n`);
  return EXIT.other;
}
