/** Every noun of the command line, one file each. */
import type { Command } from 'commander';
import { register as registerAttendance } from './attendance.ts';
import { register as registerCalendar } from './calendar.ts';
import { register as registerDemo } from './demo.ts';
import { register as registerRehearse } from './rehearse.ts';
import { register as registerStack } from './stack.ts';

export function registerCommands(program: Command): void {
  // Each command file exports register(program); they are added here.
  registerCalendar(program);
  registerStack(program);
  registerRehearse(program);
  registerDemo(program);
  registerAttendance(program);
}
