/** The Intervention Department with everything behind it, and its people: a school, a dispatcher, a counselor, an officer. */
import { expect } from 'vitest';
import { updateOffice } from '../../db/stores/office.ts';
import { openCalls } from '../../db/stores/service-calls.ts';
import type { Database } from '../../db/connect.ts';
import type { Answer } from '../api/office.ts';
import { startWholeOffice, type WholeOffice } from '../api/whole-office.ts';

export type Person = 'school' | 'dispatcher' | 'counselor' | 'administrator';

export interface Department {
  readonly whole: WholeOffice;
  readonly db: Database;
  /** The officer on the roster, for whom the dispatcher enters everything. */
  readonly officer: string;
  ask(method: 'GET' | 'POST', url: string, body: unknown, as: Person): Promise<Answer>;
  get(url: string): Promise<Record<string, unknown>>;
  post(url: string, body: unknown): Promise<Record<string, unknown>>;
  /** A call that must be opened: its number. */
  open(wish: object, as?: Person): Promise<string>;
  /** A call that must be refused: with which code and words. */
  refused(wish: object, as?: Person): Promise<{ code: string; detail: string }>;
  /** A school's full-day marks since 1 October, known up to a date: the whole of it. */
  attendance(
    marks: readonly (readonly [student: string, date: string, code: string])[],
    knownTo: string,
    school?: string,
  ): Promise<void>;
  onDuty(officer?: string): Promise<void>;
  /** A new office day, whose minutes are real ones: 08:00 now. */
  day(date: string): Promise<void>;
  /** Nobody on duty, no call open. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

const FIRST_DAY = '2025-10-15';

export interface DepartmentOptions {
  /** A policy that comes with the program; the department's own, where none is named. */
  readonly policy?: string;
  /** Done to the records before anybody is on the roster. */
  readonly prepare?: (db: Database) => Promise<void>;
}

export async function startDepartment(options: DepartmentOptions = {}): Promise<Department> {
  const whole = await startWholeOffice({ policy: options.policy ?? 'intervention-department' });
  const { db, office } = whole;
  await options.prepare?.(db);
  const keys: Record<Person, string> = {
    school: await office.person('school', null),
    dispatcher: await office.person('dispatcher', null),
    counselor: await office.person('counselor', null),
    administrator: office.adminKey,
  };
  const ask: Department['ask'] = (method, url, body, as) => office.ask(method, url, body, keys[as]);
  const must = async (answer: Promise<Answer>, what: string) => {
    const { status, body, text } = await answer;
    if (status >= 300) throw new Error(`${what}: ${status} ${text}`);
    return body;
  };
  const post = (url: string, body: unknown) => must(ask('POST', url, body, 'administrator'), url);
  const morning = (date: string) =>
    updateOffice(db, {
      drivenClock: {
        kind: 'driven',
        startMs: Date.now() - 8 * 3_600_000,
        startDate: date,
        msPerDay: 86_400_000,
      },
    });
  await morning(FIRST_DAY);
  await post('/v1/guardians:import', { guardians: FAMILIES });
  const { id } = await post('/v1/officers', { name: 'Test Officer', channel: 'radio' });
  const officer = String(id);
  let onDuty: string[] = [];
  return {
    ...{ whole, db, officer, ask, post },
    get: (url) => must(ask('GET', url, undefined, 'administrator'), url),
    async open(wish, as = 'school') {
      const { callNumber } = await must(ask('POST', '/v1/calls', wish, as), 'call open');
      return String(callNumber);
    },
    async refused(wish, as = 'school') {
      const { status, body, text } = await ask('POST', '/v1/calls', wish, as);
      expect(status, text).toBe(409);
      return { code: String(body['code']), detail: String(body['detail']) };
    },
    async attendance(marks, knownTo, school = 'PEKIN-HS') {
      await post('/v1/attendance/imports', {
        ...{ source: 'PEKIN-303/ic', format: 'infinite-campus' },
        rows: marks.map(([student, date, code], i) => ({
          ...{ line: i + 2, student, school, date, code, fraction: 1 },
        })),
        covers: { from: '2025-10-01', to: knownTo },
        schools: [school],
      });
    },
    async onDuty(who = officer) {
      await must(ask('POST', '/v1/officers/on-duty', { officer: who }, 'dispatcher'), 'on duty');
      onDuty.push(who);
    },
    async day(date) {
      await morning(date);
      await post('/v1/office/day', { date });
    },
    async empty() {
      for (const who of onDuty) {
        await must(ask('POST', '/v1/officers/off-duty', { officer: who }, 'dispatcher'), 'off duty');
      }
      onDuty = [];
      for (const { number } of await openCalls(db, null)) {
        const over = { by: 'dispatcher', reason: 'end of the story' };
        await must(ask('POST', `/v1/calls/${number}/cancel`, over, 'dispatcher'), 'cancel');
      }
    },
    stop: () => whole.stop(),
  };
}

/** Two homes; of the second a stepfather under a no-contact order. Student 2001 has no address. */
const FAMILIES = [
  adult('g-1', '1001', 'Mother', '(309) 555-0101', {}),
  adult('g-2', '1002', 'Mother', '309-555-0201', {}),
  adult('g-3', '1002', 'Uncle', '309-555-0202', { livesWith: false, household: false }),
  adult('g-4', '1002', 'Stepfather', '309-555-0299', { noContact: true, household: false }),
];

function adult(
  sourceId: string,
  student: string,
  relation: string,
  number: string,
  { household = true, ...more }: { household?: boolean; noContact?: boolean; livesWith?: boolean },
): object {
  const primary = relation === 'Mother';
  const tie = { student, relation, legalRecipient: 'yes', livesWith: true, primary, noContact: false };
  return {
    ...{ sourceId, firstName: 'Mara', lastName: 'Testchild', language: 'en' },
    address: { lines: [`${student} Court Street`], city: 'Pekin', state: 'IL', postalCode: '61554' },
    phones: [{ number, kind: 'mobile', household }],
    students: [{ ...tie, ...more }],
  };
}

export interface DeskCall {
  readonly number: string;
  ask(door: string, body?: object, as?: Person): Promise<Answer>;
  /** Must succeed; entered by the dispatcher unless somebody else is named. */
  done(door: string, body?: object, as?: Person): Promise<Record<string, unknown>>;
  /** Must be refused, or be input at fault. */
  refusal(door: string, body?: object): Promise<{ code: string; detail: string }>;
  shown(): Promise<Record<string, unknown>>;
  step(code: string): Promise<Record<string, unknown>>;
  /** Each step's words and how it stands. */
  checklist(): Promise<(readonly [string, string])[]>;
  untilStage(stage: string): Promise<void>;
  /** Accepts, goes, does what was to be done there, and leaves. */
  goThere(step: string, note: string, options?: { readonly accepted?: boolean }): Promise<void>;
}

export function callAtTheDesk(dept: Department, number: string): DeskCall {
  const url = `/v1/calls/${number}`;
  const shown = async () => (await dept.ask('GET', url, undefined, 'dispatcher')).body;
  const steps = async () => (await shown())['steps'] as { code: string; label: string; status: string }[];
  const ask: DeskCall['ask'] = (door, body = {}, as = 'dispatcher') =>
    dept.ask('POST', `${url}/${door}`, body, as);
  const done: DeskCall['done'] = async (door, body, as) => {
    const { status, body: answer, text } = await ask(door, body, as);
    if (status >= 300) throw new Error(`${door}: ${status} ${text}`);
    return answer;
  };
  const untilStage = (stage: string) =>
    expect.poll(async () => (await shown())['stage'], { timeout: 15_000 }).toBe(stage);
  return {
    ...{ number, ask, done, shown, untilStage },
    async refusal(door, body) {
      const { status, body: answer, text } = await ask(door, body);
      expect([400, 409], text).toContain(status);
      return { code: String(answer['code']), detail: String(answer['detail']) };
    },
    async step(code) {
      return (await steps()).find((one) => one.code === code) as unknown as Record<string, unknown>;
    },
    checklist: async () => (await steps()).map((one) => [one.label, one.status] as const),
    async goThere(step, note, options = {}) {
      if (options.accepted !== true) {
        await untilStage('offered');
        await done('accept');
      }
      await done('start');
      await done('arrive');
      await done('steps', { step, note });
      await done('leave');
    },
  };
}
