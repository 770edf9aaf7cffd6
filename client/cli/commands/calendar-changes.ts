/** `calendar close|makeup|open|term|versions`: a calendar changed in the middle of the year, by the server. */
import type { Command } from 'commander';
import type { CalendarStored } from '../../services/calendar-keep.ts';
import type { VersionShown } from '../../services/calendars.ts';
import { part } from '../api-source.ts';
import type { Output } from '../frame.ts';
import { noun, verb } from '../verb.ts';

interface Whose {
  readonly school?: string;
  readonly district?: string;
  readonly reason: string;
}

const whose = (c: Command) =>
  c
    .option('--school <code>', 'one school')
    .option('--district <code>', 'all schools of a district')
    .requiredOption('--reason <text>', 'why; it stands with the version and each deadline it moves');

const days = (c: Command) =>
  whose(c)
    .option('--date <date>', 'one day, YYYY-MM-DD')
    .option('--from <date>', 'or from this day')
    .option('--to <date>', 'to this one, inclusive');

export function register(program: Command): void {
  const calendar = noun(program, 'calendar', 'School days.');
  verb<Whose & { date?: string; from?: string; to?: string }>(calendar, {
    name: 'close',
    description: 'No school on a day or for a span of days: every deadline it touches moves.',
    example: 'calendar close --school PEKIN-HS --date 2025-12-11 --reason snow',
    options: days,
    run: async (options, { api, out }) => tell(await api.post('calendar/close', options), out),
  });
  verb<Whose & { date?: string; from?: string; to?: string }>(calendar, {
    name: 'open',
    description: 'A closure taken back: there is school after all.',
    example: 'calendar open --school PEKIN-HS --date 2025-12-11 --reason "the storm passed"',
    options: days,
    run: async (options, { api, out }) => tell(await api.post('calendar/open', options), out),
  });
  verb<Whose & { date: string }>(calendar, {
    name: 'makeup',
    description: 'School on a day that had none: in a break, on a weekend, after the last day.',
    example: 'calendar makeup --school PEKIN-HS --date 2026-06-01 --reason "for the snow day"',
    options: (c) => whose(c).requiredOption('--date <date>', 'the day, YYYY-MM-DD'),
    run: async (options, { api, out }) => tell(await api.post('calendar/makeup', options), out),
  });
  verb<Whose & { end: string; to: string }>(calendar, {
    name: 'term',
    description: 'A term ends on another day than planned.',
    example: 'calendar term --school PEKIN-HS --end 2026-05-29 --to 2026-06-05 --reason strike',
    options: (c) =>
      whose(c)
        .requiredOption('--end <date>', 'its last day as it stands')
        .requiredOption('--to <date>', 'its last day from now on'),
    run: async (options, { api, out }) => tell(await api.post('calendar/term', options), out),
  });
  verb<{ school: string }>(calendar, {
    name: 'versions',
    description: 'Every version of a school’s calendar: what it changed, why, by whom, when.',
    example: 'calendar versions --school PEKIN-HS',
    options: (c) => c.requiredOption('--school <code>', 'the school'),
    run: async ({ school }, { api, out }) => {
      const { versions } = await api.get<{ versions: VersionShown[] }>(
        `schools/${part(school)}/calendar/versions`,
      );
      out.result(
        versions,
        versions.length === 0
          ? `${school} has no calendar yet; import one.`
          : versions.map((one) => versionText(one, school)).join('\n'),
      );
    },
  });
}

function tell(done: CalendarStored, out: Output): void {
  out.result(done, changeText(done));
}

/** What a changed calendar came to. */
export function changeText(done: CalendarStored): string {
  if (!done.changed) return `Nothing changed for ${done.scope}: no school day differs; no case is told.`;
  return `${done.scope}, version ${done.version}: ${done.words}.\n${done.told} open ${done.told === 1 ? 'case' : 'cases'} told.`;
}

function versionText(one: VersionShown, school: string): string {
  const whose = one.scope === school ? '' : ` of ${one.scope}`;
  const why = one.reason === null ? '' : `${one.reason}; `;
  return [
    `${one.version}${whose}, ${one.at.slice(0, 10)}: ${one.words === '' ? 'no school day changed' : one.words}`,
    `    ${why}${one.by}, ${one.source}`,
  ].join('\n');
}
