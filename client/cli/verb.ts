/** One verb of the command line: its options, an example in its help, and what it does against the server. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { openApi, type ApiSource } from './api-source.ts';
import { exampleLines, outputFor, type Output } from './frame.ts';

export interface Doing {
  readonly out: Output;
  /** Opened when first asked for: `--help` and local verbs need no server. */
  readonly api: ApiSource;
}

export interface VerbSpec<O> {
  readonly name: string;
  readonly description: string;
  /** Without the program's name: `student show --student 604822`. */
  readonly example: string;
  readonly options?: (command: Command) => Command;
  /** A verb under a verb: options both have (`refer --case`, `refer withdraw --case`) arrive at the upper one. */
  readonly inherits?: boolean;
  readonly run: (options: O, doing: Doing, args: readonly string[]) => Promise<void>;
}

export function verb<O extends object>(parent: Command, spec: VerbSpec<O>): Command {
  const command = parent
    .command(spec.name)
    .description(spec.description)
    .addHelpText(
      'after',
      `\nExample:\n${`truancy ${spec.example}`
        .split('\n')
        .map((line) => exampleLines(line.trim()))
        .join('\n')}`,
    );
  spec.options?.(command);
  command.action(async () => {
    let api: ApiSource | undefined;
    const doing: Doing = {
      out: outputFor(command),
      get api() {
        return (api ??= openApi());
      },
    };
    await spec.run(
      spec.inherits === true ? command.optsWithGlobals<O>() : command.opts<O>(),
      doing,
      command.args,
    );
  });
  return command;
}

export function noun(program: Command, name: string, description: string): Command {
  return (
    program.commands.find((one) => one.name() === name) ?? program.command(name).description(description)
  );
}

export const withSubject = (command: Command): Command =>
  command
    .option('--student <number>', 'the student, by number in the student system')
    .option('--case <number>', 'the case, e.g. C-000017');

export const withCase = (command: Command): Command =>
  command.requiredOption('--case <number>', 'the case, e.g. C-000017');

export const withId = (command: Command): Command =>
  command.option(
    '--id <id>',
    'your own id for this: the same id does nothing twice and gets the first answer',
  );

export const withYes = (command: Command): Command =>
  command.option('--yes', 'do not ask before a letter leaves');

/** The caller's id or a new one; known before asking, so that a silence can name it. */
export function idOf(options: { readonly id?: string | undefined }): string {
  return options.id ?? randomUUID();
}

export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Cuts a cell so that a table keeps to 80 columns. */
export function cell(text: string | null | undefined, most: number): string {
  const whole = (text ?? '').replace(/\s+/g, ' ');
  return whole.length <= most ? whole : `${whole.slice(0, most - 1)}…`;
}
