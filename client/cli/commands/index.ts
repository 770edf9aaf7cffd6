/** Every noun of the command line, one file each. */
import type { Command } from 'commander';
import { register as registerAccess } from './access.ts';
import { register as registerApprovals } from './approvals.ts';
import { register as registerAttendance } from './attendance.ts';
import { register as registerBounces } from './bounces.ts';
import { register as registerCalendar } from './calendar.ts';
import { register as registerCalendarChanges } from './calendar-changes.ts';
import { register as registerCaseload } from './caseload.ts';
import { register as registerCases } from './cases.ts';
import { register as registerCorrections } from './corrections.ts';
import { register as registerDemo } from './demo.ts';
import { register as registerFacts } from './facts.ts';
import { register as registerGuardians } from './guardians.ts';
import { register as registerHearings } from './hearings.ts';
import { register as registerLetters } from './letters.ts';
import { register as registerMonitors } from './monitors.ts';
import { register as registerNotices } from './notices.ts';
import { register as registerOffice } from './office.ts';
import { register as registerPaperCases } from './paper-cases.ts';
import { register as registerPeople } from './people.ts';
import { register as registerPlaces } from './places.ts';
import { register as registerPolicy } from './policy.ts';
import { register as registerRehearse } from './rehearse.ts';
import { register as registerRollover } from './rollover.ts';
import { register as registerSchoolDays, serverAttendance, serverCalendars } from './school-days.ts';
import { register as registerStack } from './stack.ts';
import { register as registerTransfers } from './transfers.ts';

export function registerCommands(program: Command): void {
  // Each command file exports register(program); they are added here.
  registerCalendar(program, serverCalendars);
  registerStack(program);
  registerRehearse(program);
  registerDemo(program);
  registerAttendance(program, serverAttendance);
  registerSchoolDays(program);
  registerCalendarChanges(program);
  registerAccess(program);
  registerOffice(program);
  registerPlaces(program);
  registerPeople(program);
  registerGuardians(program);
  registerRollover(program);
  registerPolicy(program);
  registerFacts(program);
  registerCorrections(program);
  registerCases(program);
  registerPaperCases(program);
  registerHearings(program);
  registerCaseload(program);
  registerMonitors(program);
  registerNotices(program);
  registerBounces(program);
  registerTransfers(program);
  registerLetters(program);
  registerApprovals(program);
}
