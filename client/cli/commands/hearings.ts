/** `hearing`, `order`, `court`: the docket and what is decided there. */
import type { Command } from 'commander';
import type { CaseCourt } from '../../../domain/case/state.ts';
import { shortDate } from '../../../domain/dates.ts';
import type { HearingHours, TimedSlot } from '../../../domain/docket.ts';
import { InputFault } from '../../../domain/refusal.ts';
import type { WholeCase } from '../../services/cases.ts';
import type { CertificateShown } from '../../services/decisions.ts';
import type { HearingListed } from '../../services/docket.ts';
import { part } from '../api-source.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { askFirst, decide, type OfCase } from '../leaving.ts';
import { registerPackets } from './court-packet.ts';
import { cell, collect, idOf, noun, verb, withCase, withId, withYes, type Doing } from '../verb.ts';

export function register(program: Command): void {
  registerHearings(program);
  registerOrders(program);
  registerCourt(program);
}

function registerHearings(program: Command): void {
  const hearing = noun(program, 'hearing', 'Hearings of the Regional Superintendent.');
  registerDates(hearing);
  verb<OfCase & { appeared: string; inAbsence?: boolean }>(hearing, {
    name: 'held',
    description: 'The hearing was held.',
    example: 'hearing held --case C-000017 --appeared "mother and student"',
    options: (c) =>
      withId(withCase(c))
        .requiredOption('--appeared <who>', 'who appeared, by function')
        .option('--in-absence', 'held in the parent’s absence'),
    run: async (options, doing) =>
      decide(doing, options.case, 'hearings/outcome', {
        id: idOf(options),
        outcome: options.inAbsence === true ? 'held-in-absence' : 'held',
        appeared: options.appeared,
      }),
  });
  verb<OfCase>(hearing, {
    name: 'no-show',
    description: 'Nobody appeared and it was not held; another date is set.',
    example: 'hearing no-show --case C-000017',
    options: (c) => withId(withCase(c)),
    run: async (options, doing) =>
      decide(doing, options.case, 'hearings/outcome', {
        id: idOf(options),
        outcome: 'missed',
        appeared: 'nobody',
      }),
  });
  registerDocket(hearing);
}

interface HourOptions extends OfCase {
  readonly date?: string;
  readonly time?: string;
  readonly place?: string;
  readonly override?: string;
  readonly interpreter?: string;
  readonly accommodation?: string;
}

const withHour = (c: Command): Command =>
  withYes(withId(withCase(c)))
    .option('--date <date>', 'YYYY-MM-DD (default: the first free slot far enough ahead)')
    .option('--time <time>', 'HH:MM, local')
    .option('--place <place>', 'where')
    .option('--override <reason>', 'written reason for a closer date')
    .option('--interpreter <who>', 'language or person of an interpreter')
    .option('--accommodation <what>', 'what makes it accessible');

/** Shows the hour it would get, and takes that very hour. */
async function setHour(
  options: HourOptions & { reason?: string },
  doing: Doing,
  step: 'hearing' | 'move-hearing',
  route: string,
): Promise<void> {
  const { date, time, place, override, interpreter, accommodation, reason } = options;
  const seen = await askFirst(doing.api, doing.out, options, step, options.yes, {
    ...{ date, time, place, interpreter },
  });
  await decide(doing, options.case, route, {
    ...{ id: idOf(options), date, time, place, ...seen?.hearing },
    ...{ override, interpreter, accommodation, reason },
  });
}

function registerDates(hearing: Command): void {
  verb<HourOptions>(hearing, {
    name: 'schedule',
    description: 'Set a hearing; its notice leaves the next office morning.',
    example: 'hearing schedule --case C-000017 --date 2025-11-20 --time 09:30 --place "Courthouse, room 2"',
    options: withHour,
    run: (options, doing) => setHour(options, doing, 'hearing', 'hearings'),
  });
  verb<HourOptions & { reason: string }>(hearing, {
    name: 'move',
    description: 'Another date before it is opened; the family is told.',
    example: 'hearing move --case C-000017 --date 2025-11-27 --time 10:00 --reason "mother works mornings"',
    options: (c) => withHour(c).requiredOption('--reason <text>', 'why'),
    run: (options, doing) => setHour(options, doing, 'move-hearing', 'hearings/move'),
  });
  verb<HourOptions & { reason: string }>(hearing, {
    name: 'continue',
    description: 'It was opened and goes on on another date; the family is told.',
    example: 'hearing continue --case C-000017 --reason "records of the school are missing"',
    options: (c) => withHour(c).requiredOption('--reason <text>', 'why'),
    run: (options, doing) => setHour(options, doing, 'move-hearing', 'hearings/continue'),
  });
  verb<OfCase & { reason: string }>(hearing, {
    name: 'cancel',
    description: 'Call it off; a family that was told of it is told that it is off.',
    example: 'hearing cancel --case C-000017 --reason "absences were excused"',
    options: (c) => withYes(withId(withCase(c))).requiredOption('--reason <text>', 'why'),
    run: async (options, doing) => {
      await askFirst(doing.api, doing.out, options, 'cancel-hearing', options.yes);
      await decide(doing, options.case, 'hearings/cancel', { id: idOf(options), reason: options.reason });
    },
  });
  verb<OfCase & { reason: string }>(hearing, {
    name: 'stand',
    description: 'It goes on although corrections took its count under the threshold.',
    example: 'hearing stand --case C-000017 --reason "the excuse came after the deadline"',
    options: (c) => withId(withCase(c)).requiredOption('--reason <text>', 'why'),
    run: (options, doing) =>
      decide(doing, options.case, 'hearings/stand', { id: idOf(options), reason: options.reason }),
  });
}

function registerDocket(hearing: Command): void {
  verb<{ from?: string; free?: boolean; place?: string }>(hearing, {
    name: 'docket',
    description: 'Hearings that are set, in order; --free: the slots that are not.',
    example: 'hearing docket --free --from 2025-11-20',
    options: (c) =>
      c
        .option('--from <date>', 'from this date (default: today)')
        .option('--free', 'free slots of the listed places')
        .option('--place <place>', 'free slots of one place'),
    run: async ({ from, free, place }, { api, out }) => {
      if (free === true) {
        const found = await api.get<{ free: TimedSlot[] }>('docket/free', { from, place });
        const rows = found.free.map((one) => [
          shortDate(one.date),
          one.time,
          one.minutes,
          cell(one.place, 40),
        ]);
        out.result(
          found.free,
          rows.length === 0
            ? 'No slot is free; `hearing places list` shows the places and their hours.'
            : table(['Date', 'Time', 'Min', 'Place'], rows),
        );
        return;
      }
      const { hearings } = await api.get<{ hearings: HearingListed[] }>('docket', { from });
      const rows = hearings.map((one) => [
        shortDate(one.date),
        one.time,
        one.caseNumber,
        cell(one.place, 26),
        cell(one.interpreter, 12),
      ]);
      out.result(
        hearings,
        hearings.length === 0
          ? 'No hearing is set.'
          : table(['Date', 'Time', 'Case', 'Place', 'Interpreter'], rows),
      );
    },
  });
  registerPlaces(noun(hearing, 'places', 'Places of hearings, and the hours their slots are cut from.'));
}

function registerPlaces(places: Command): void {
  verb<{ place: string; from: string; to: string; slotMinutes: string; weekday?: string[] }>(places, {
    name: 'add',
    description: 'Hours of a place; the same weekday and beginning again changes them.',
    example:
      'hearing places add --place "Courthouse, room 2" --from 09:00 --to 12:00 --slot-minutes 30 --weekday tuesday',
    options: (c) =>
      c
        .requiredOption('--place <place>', 'as letters show it')
        .requiredOption('--from <time>', 'HH:MM, local')
        .requiredOption('--to <time>', 'the last slot ends by then')
        .requiredOption('--slot-minutes <n>', 'how long a hearing takes')
        .option('--weekday <day>', 'e.g. tuesday; again for another (default: Monday to Friday)', collect),
    run: async ({ place, from, to, slotMinutes, weekday }, { api, out }) => {
      if (!/^\d{1,3}$/.test(slotMinutes))
        throw new InputFault('BAD_NUMBER', 'is no number of minutes, e.g. 30', '--slot-minutes');
      const weekdays = weekday?.map(weekdayNumber);
      const body = { place, from, until: to, slotMinutes: Number(slotMinutes) };
      const answer = await api.post<{ places: HearingHours[] }>('docket/places', {
        ...body,
        ...(weekdays === undefined ? {} : { weekdays }),
      });
      out.result(answer.places, placesText(answer.places));
    },
  });
  verb(places, {
    name: 'list',
    description: 'Places and their hours.',
    example: 'hearing places list',
    run: async (_options, { api, out }) => {
      const { places: listed } = await api.get<{ places: HearingHours[] }>('docket/places');
      out.result(listed, placesText(listed));
    },
  });
  verb<{ place: string }>(places, {
    name: 'remove',
    description: 'Take a place off the list; hearings set there stay.',
    example: 'hearing places remove --place "Courthouse, room 2"',
    options: (c) => c.requiredOption('--place <place>', 'as the list has it'),
    run: async ({ place }, { api, out }) => {
      const done = await api.post<{ removed: string }>('docket/places/remove', { place });
      out.result(done, `${done.removed} is off the list.`);
    },
  });
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function weekdayNumber(name: string): number {
  const found = WEEKDAYS.findIndex((day) => name.length >= 2 && day.startsWith(name.toLowerCase()));
  if (found < 0) throw new InputFault('BAD_WEEKDAY', 'is no weekday, e.g. tuesday', '--weekday');
  return found + 1;
}

function placesText(places: readonly HearingHours[]): string {
  if (places.length === 0) return 'No place of hearings is on the list.';
  const rows = places.map((one) => [
    cell(one.place, 40),
    (WEEKDAYS[one.weekday - 1] ?? '').slice(0, 3),
    one.from,
    one.until,
    one.slotMinutes,
  ]);
  return table(['Place', 'Day', 'From', 'To', 'Slot'], rows);
}

function registerOrders(program: Command): void {
  const order = noun(program, 'order', 'The order to return to school.');
  verb<OfCase & { findings: string; service?: string[]; returnDate?: string; reviewDate?: string }>(order, {
    name: 'issue',
    description: 'Issue the order; it leaves the next office morning.',
    example:
      'order issue --case C-000017 --findings "eleven unexcused days, no valid cause" --service counseling',
    options: (c) =>
      withYes(withId(withCase(c)))
        .requiredOption('--findings <text>', 'what the hearing found')
        .option('--service <text>', 'a service offered; again for another', collect)
        .option('--return-date <date>', 'back at school from (default: the next school day)')
        .option('--review-date <date>', 'when it is looked at again'),
    run: async (options, doing) => {
      await askFirst(doing.api, doing.out, options, 'order', options.yes);
      const { findings, service, returnDate, reviewDate } = options;
      await decide(doing, options.case, 'orders', {
        id: idOf(options),
        findings,
        services: service ?? [],
        returnDate,
        reviewDate,
      });
    },
  });
  verb<OfCase>(order, {
    name: 'show',
    description: 'The order of a case, and whether it has been kept.',
    example: 'order show --case C-000017',
    options: withCase,
    run: async (options, { api, out }) => {
      const { state } = await api.get<WholeCase>(`cases/${part(options.case)}`);
      const found = state?.order;
      if (!found)
        throw new CliError('NO_ORDER', 'no order has been issued in this case', EXIT.unknownOrForbidden);
      out.result(
        found,
        [
          `Issued   ${shortDate(found.on)}; back at school from ${shortDate(found.returnDate)}`,
          `Findings ${found.findings}`,
          `Services ${found.services.join('; ') || 'none named'}`,
          ...(found.reviewDate === null ? [] : [`Review   ${shortDate(found.reviewDate)}`]),
          `Kept     ${found.brokenBy === null ? 'no breach on record' : `broken on ${shortDate(found.brokenBy)}`}`,
        ].join('\n'),
      );
    },
  });
}

function registerCourt(program: Command): void {
  const court = noun(program, 'court', 'Referral to the State’s Attorney.');
  registerPackets(court);
  verb<OfCase & { override?: string }>(court, {
    name: 'refer',
    description: 'Refer the case to the State’s Attorney of the child’s county.',
    example: 'court refer --case C-000017',
    options: (c) =>
      withYes(withId(withCase(c))).option(
        '--override <reason>',
        'written reason although no breach is on record',
      ),
    run: async (options, doing) => {
      await askFirst(doing.api, doing.out, options, 'court', options.yes);
      await decide(doing, options.case, 'court', { id: idOf(options), override: options.override });
    },
  });
  verb<OfCase & { answer: string }>(court, {
    name: 'answer',
    description: 'Record the State’s Attorney’s answer.',
    example: 'court answer --case C-000017 --answer accepted',
    options: (c) => withId(withCase(c)).requiredOption('--answer <answer>', 'accepted, declined or returned'),
    run: async (options, doing) =>
      decide(doing, options.case, 'court/answer', { id: idOf(options), answer: options.answer }),
  });
  verb<OfCase & { text?: string }>(court, {
    name: 'status',
    description: 'Whether the case is in court, and what was answered; --text records news.',
    example: 'court status --case C-000017 --text "hearing before the judge on 3 March"',
    options: (c) => withId(withCase(c)).option('--text <sentence>', 'news from the court, in a sentence'),
    run: async (options, doing) => {
      if (options.text !== undefined) {
        await decide(doing, options.case, 'court/status', { id: idOf(options), text: options.text });
        return;
      }
      const { api, out } = doing;
      const { state, caseNumber } = await api.get<WholeCase>(`cases/${part(options.case)}`);
      const found = state?.court ?? null;
      out.result({ caseNumber, court: found }, courtText(found));
    },
  });
  verb<OfCase>(court, {
    name: 'certificate',
    description: 'The certificate of services: what exists, and what is missing.',
    example: 'court certificate --case C-000017',
    options: withCase,
    run: async (options, { api, out }) => {
      const shown = await api.get<CertificateShown>(`cases/${part(options.case)}/certificate`);
      out.result(shown, certificateText(shown));
    },
  });
}

function courtText(court: CaseCourt | null): string {
  if (court === null) return 'Not referred to the State’s Attorney.';
  const { on, answer, answeredOn, status, submission } = court;
  const again = submission > 1 ? ` (${submission} times; the last)` : '';
  return [
    `Referred${again} on ${shortDate(on)}; ${answer === null ? 'no answer yet' : `${answer} on ${answeredOn === null ? '?' : shortDate(answeredOn)}`}.`,
    ...(status ? [`${shortDate(status.on)}: ${status.text}`] : []),
  ].join('\n');
}

function certificateText(shown: CertificateShown): string {
  const { studentMet, parentMet, planMade, planShared, agencies } = shown.services;
  const on = (date: string | null) => (date === null ? '–' : shortDate(date));
  return [
    `Certificate of services, ${shown.caseNumber}: ${shown.referred ? 'as it went with the referral' : 'as it would be now'}`,
    `School   ${shown.interventions} interventions`,
    `Family   ${shown.contacts} tries to reach it; student met ${on(studentMet)}, parent met ${on(parentMet)}`,
    `Caseload ${shown.caseloadSince === null ? '–' : `since ${shortDate(shown.caseloadSince)}`}`,
    `Plan     made ${on(planMade)}, gone through with the family ${on(planShared)}`,
    ...(agencies.length === 0
      ? ['Agencies –']
      : agencies.map((one) => `Agency   ${one.agency}, ${shortDate(one.on)}`)),
    ...(shown.missing.length === 0
      ? ['Nothing is missing.']
      : shown.missingInWords.map((one) => `Missing  ${one}`)),
  ].join('\n');
}
