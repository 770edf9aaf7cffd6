/**
 * Every word of the command line, and the files that make its verbs. Only those of the word that was given are loaded: a
 * command at a school's counter does not wait for the readers of calendars and the renderers of letters.
 */
import type { Command } from 'commander';

interface CommandFile {
  readonly words: readonly string[];
  readonly register: (program: Command) => Promise<void>;
}

const of = (words: string, load: () => Promise<{ register: (program: Command) => void }>): CommandFile => ({
  words: words.split(' '),
  register: async (program) => (await load()).register(program),
});

/** In the order in which help lists them. Words that several files make stand with each. */
export const COMMAND_FILES: readonly CommandFile[] = [
  {
    words: ['calendar'],
    async register(program) {
      const [{ register }, { serverCalendars }] = await Promise.all([
        import('./calendar.ts'),
        import('./school-days.ts'),
      ]);
      register(program, serverCalendars);
    },
  },
  of('up down status doctor', () => import('./stack.ts')),
  of('rehearse', () => import('./rehearse.ts')),
  of('demo', () => import('./demo.ts')),
  {
    words: ['attendance'],
    async register(program) {
      const [{ register }, { serverAttendance }] = await Promise.all([
        import('./attendance.ts'),
        import('./school-days.ts'),
      ]);
      register(program, serverAttendance);
    },
  },
  of('attendance', () => import('./school-days.ts')),
  of('calendar', () => import('./calendar-changes.ts')),
  of('login logout whoami user key', () => import('./access.ts')),
  of('setup office', () => import('./office.ts')),
  of('district school', () => import('./places.ts')),
  of('student', () => import('./people.ts')),
  of('guardian', () => import('./guardians.ts')),
  of('rollover', () => import('./rollover.ts')),
  of('policy office', () => import('./policy.ts')),
  of('intervention absence', () => import('./facts.ts')),
  of('absence attendance', () => import('./corrections.ts')),
  of('case refer caseload todo', () => import('./cases.ts')),
  of('case', () => import('./paper-cases.ts')),
  of('hearing order court', () => import('./hearings.ts')),
  of('caseload', () => import('./caseload.ts')),
  of('call', () => import('./call-intake.ts')),
  of('monitor', () => import('./monitors.ts')),
  of('notice', () => import('./notices.ts')),
  of('notice', () => import('./bounces.ts')),
  of('templates notice', () => import('./templates.ts')),
  of('case student', () => import('./transfers.ts')),
  of('notice', () => import('./letters.ts')),
  of('notice', () => import('./approvals.ts')),
  of('call', () => import('./calls.ts')),
  of('call', () => import('./call-board.ts')),
  of('call', () => import('./call-week.ts')),
  of('officer', () => import('./roster.ts')),
  of('officer', () => import('./officers.ts')),
  of('hazard', () => import('./hazards.ts')),
];

/** Registers the verbs of this word; of every word where it is none of them, or not given: for help, or to suggest one. */
export async function registerCommands(program: Command, word?: string): Promise<void> {
  const asked = COMMAND_FILES.filter(({ words }) => word !== undefined && words.includes(word));
  for (const file of asked.length > 0 ? asked : COMMAND_FILES) await file.register(program);
}
