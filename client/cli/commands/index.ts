/** Every noun of the command line, one file each. */
import type { Command } from 'commander';

export function registerCommands(_program: Command): void {
  // Each command file exports register(program); they are added here.
}
