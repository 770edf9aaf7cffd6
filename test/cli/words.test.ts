/** Which files make which words of the command line: a word given alone has every verb it has in the whole program. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMAND_FILES, registerCommands } from '../../client/cli/commands/index.ts';
import { buildProgram } from '../../client/cli/main.ts';

const verbsOf = (command: Command | undefined): string[] =>
  command
    ? [command.name(), ...command.commands.flatMap(verbsOf).map((verb) => `${command.name()} ${verb}`)]
    : [];
const named = (program: Command, word: string) => program.commands.find((one) => one.name() === word);

describe('each file of commands', () => {
  it.each(COMMAND_FILES.map((file) => [file.words.join(' '), file] as const))(
    '%s: makes these words and no other',
    async (_words, file) => {
      const program = new Command('truancy');
      await file.register(program);
      expect(program.commands.map((one) => one.name()).sort()).toEqual([...file.words].sort());
    },
  );
});

it('a word alone has the verbs it has among all', async () => {
  const whole = await buildProgram();
  const words = [...new Set(COMMAND_FILES.flatMap((file) => file.words))];
  expect(whole.commands.map((one) => one.name()).sort()).toEqual([...words].sort());
  for (const word of words) {
    const alone = new Command('truancy');
    await registerCommands(alone, word);
    expect(verbsOf(named(alone, word)).sort(), word).toEqual(verbsOf(named(whole, word)).sort());
  }
});

it('a word that is none loads all, to suggest one', async () => {
  expect((await buildProgram('cases')).commands.length).toBeGreaterThan(20);
});
