/** Script files: what the invented school and office of a demo or rehearsal do. Every field has a default. */
import { z } from 'zod';
import { isIsoDate } from '../domain/dates.ts';
import { InputFault } from '../domain/refusal.ts';
import type { CalendarChange, Script } from '../domain/script.ts';
import { loadYaml, readYaml, type YamlReading } from './checked-yaml.ts';

const date = z.string().refine(isIsoDate, 'write a date that exists as YYYY-MM-DD');
const sentence = z.string().trim().min(1, 'say it in a sentence');

const interventions = z.strictObject({
  /** Kinds of the policy, taken in turn, one after each new unexcused day. An empty list logs none. */
  afterEachUnexcusedDay: z
    .array(z.string().min(1))
    .default(['phone-call', 'letter-home', 'student-conversation', 'parent-meeting']),
  outcome: sentence.default('Attendance was talked over; help was offered.'),
});

const referrals = z.strictObject({
  asSoonAsPossible: z.boolean().default(true),
  progress: sentence.default('No adequate progress: there are new unexcused absences.'),
});

const hearing = z.strictObject({
  daysAhead: z.number().int().min(0).max(90).default(14),
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write HH:MM, 24 hours')
    .default('10:00'),
  place: sentence.default('Hearing room of the regional office'),
  outcome: z.enum(['held', 'held-in-absence']).default('held'),
  appeared: sentence.default('parent and student'),
});

const order = z.strictObject({
  findings: sentence.default(
    'The student is chronically or habitually truant; supportive services were offered.',
  ),
  services: z.array(sentence).default(['Attendance improvement plan', 'Counseling']),
});

const calendarChange = z
  .strictObject({
    on: date,
    close: date.optional(),
    makeup: date.optional(),
    reason: sentence,
    school: z.string().min(1).optional(),
  })
  .superRefine((change, ctx) => {
    if ((change.close === undefined) === (change.makeup === undefined)) {
      ctx.addIssue({ code: 'custom', message: 'give either close: DATE or makeup: DATE' });
    }
    if (change.makeup !== undefined && change.makeup < change.on) {
      ctx.addIssue({
        code: 'custom',
        path: ['makeup'],
        message: 'a make-up day is announced (on) before it is held',
      });
    }
  })
  .transform(({ on, close, makeup, reason, school }): CalendarChange => ({
    on,
    change: close === undefined ? 'makeup' : 'close',
    date: close ?? makeup ?? on,
    reason,
    ...(school === undefined ? {} : { school }),
  }));

const correction = z.strictObject({
  every: z.number().int().min(1).max(10_000),
  afterSchoolDays: z.number().int().min(1).max(60),
  what: z.enum(['excuse', 'half-day']),
});

const hold = z.strictObject({
  every: z.number().int().min(1).max(10_000),
  kind: z.string().min(1),
  reason: sentence,
  schoolDays: z.number().int().min(1).max(100),
});

const transfer = z.strictObject({ on: date, student: z.string().min(1), to: z.string().min(1) });

const feedStop = z.strictObject({
  from: date,
  schoolDays: z.number().int().min(1).max(400),
  catchUp: z.boolean().default(false),
});

const scriptSchema = z.strictObject({
  name: z.string().min(1).default('script'),
  interventions: interventions.prefault({}),
  referrals: referrals.prefault({}),
  hearing: hearing.prefault({}),
  order: order.prefault({}),
  court: z.strictObject({ referWhenBroken: z.boolean().default(true) }).prefault({}),
  office: z
    .strictObject({
      postsPrints: z.boolean().default(true),
      settlesUnknownMail: z.boolean().default(true),
    })
    .prefault({}),
  calendar: z.array(calendarChange).default([]),
  /** One in so many unexcused days is excused, or turns out to be half a day, so many school days later. */
  corrections: z.array(correction).default([]),
  /** One in so many students is put on hold with the first referral. */
  holds: hold.nullable().default(null),
  /** A student goes on at another school from a day on. */
  transfers: z.array(transfer).default([]),
  feed: z.strictObject({ stops: z.array(feedStop).default([]) }).prefault({}),
});

/** Checks the text of a script file; never throws on what a person may have typed. */
export function readScript(text: string): YamlReading<Script> {
  return readYaml(text, scriptSchema);
}

/** Loads a script file. Throws `NO_FILE` or `SCRIPT_FAULTY` ({@link InputFault}) with all faults and their lines. */
export async function loadScript(file: string): Promise<Script> {
  return loadYaml(file, scriptSchema, 'SCRIPT_FAULTY');
}

/** What a script names must exist: kinds of intervention in the policy, schools among those of the input. */
export function checkScriptAgainst(
  script: Script,
  known: {
    readonly interventionKinds: readonly string[];
    readonly holdKinds: readonly string[];
    readonly schools: readonly string[];
  },
  place: string,
): void {
  const kind = script.interventions.afterEachUnexcusedDay.find(
    (one) => !known.interventionKinds.includes(one),
  );
  if (kind !== undefined) {
    throw new InputFault(
      'SCRIPT_FAULTY',
      `interventions.afterEachUnexcusedDay: "${kind}" is no kind that can be logged without a description; there are: ${known.interventionKinds.join(', ')}`,
      place,
    );
  }
  if (script.holds && !known.holdKinds.includes(script.holds.kind)) {
    throw new InputFault(
      'SCRIPT_FAULTY',
      `holds: "${script.holds.kind}" is no kind of hold; there are: ${known.holdKinds.join(', ')}`,
      place,
    );
  }
  const elsewhere = script.transfers.find(({ to }) => !known.schools.includes(to));
  if (elsewhere) {
    throw new InputFault(
      'SCRIPT_FAULTY',
      `transfers: "${elsewhere.to}" is no school of the input; there are: ${known.schools.join(', ')}`,
      place,
    );
  }
  const school = script.calendar.find(
    (change) => change.school && !known.schools.includes(change.school),
  )?.school;
  if (school !== undefined) {
    throw new InputFault(
      'SCRIPT_FAULTY',
      `calendar: "${school}" is no school of the input; there are: ${known.schools.join(', ')}`,
      place,
    );
  }
}
