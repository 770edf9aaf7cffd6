/**
 * The four rows of the page "When to call Truancy" as a script: what schools, police, dispatcher, officers and a counselor say,
 * and what the doors refuse them. Everything goes through the API.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { CallOpened } from '../services/call-intake.ts';
import type { CallShown } from '../services/calls.ts';
import { ApiRefusal, type Api } from './api-client.ts';
import { FIRST_DAY, marks, NEXT_DAY } from './department-people.ts';

export interface Told {
  readonly kind: CallKind;
  readonly callNumber: string;
}

export interface DoorRefusal {
  readonly what: string;
  readonly code: string;
  readonly words: string;
}

export interface Story {
  readonly calls: readonly Told[];
  readonly refusals: readonly DoorRefusal[];
}

export interface Telling {
  readonly api: Api;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Much longer than a worker that was killed takes to come back. */
const PATIENCE_MS = 180_000;

class Teller {
  readonly refusals: DoorRefusal[] = [];
  readonly api: Api;
  readonly say: (line: string) => void;
  readonly #signal: AbortSignal | undefined;

  constructor({ api, say, signal }: Telling) {
    this.api = api;
    this.say = say;
    this.#signal = signal;
  }

  async officer(name: string, email: string): Promise<string> {
    const { id } = await this.api.send<{ id: string }>('POST', '/v1/officers', {
      name,
      channel: 'email',
      reach: email,
    });
    return id;
  }

  async duty(officer: string, on: boolean, reason?: string): Promise<void> {
    const body = { officer, ...(reason === undefined ? {} : { reason }) };
    await this.api.send('POST', `/v1/officers/${on ? 'on' : 'off'}-duty`, body);
    this.say(`  ${officer} is ${on ? 'on' : 'off'} duty${reason === undefined ? '' : ` (${reason})`}`);
  }

  async open(kind: CallKind, wish: object): Promise<Told> {
    const { callNumber } = await this.api.send<CallOpened>('POST', '/v1/calls', {
      id: `demo-${kind}`,
      kind,
      ...wish,
    });
    this.say(`  ${callNumber} is open`);
    return { kind, callNumber };
  }

  /** Must be refused; its words are what the caller reads. */
  async refused(what: string, wish: object): Promise<void> {
    try {
      await this.api.send('POST', '/v1/calls', wish);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      const words = error.message.slice(error.code.length + 2);
      this.refusals.push({ what, code: error.code, words });
      this.say(`  refused, ${what}: ${words}`);
      return;
    }
    throw new Error(`${what} was not refused`);
  }

  async done({ callNumber }: Told, door: string, body: object, words: string): Promise<void> {
    const named = 'step' in body ? `${door}-${String(body.step)}` : door;
    await this.api.send('POST', `/v1/calls/${callNumber}/${door}`, {
      id: `demo-${callNumber}-${named}`,
      ...body,
    });
    this.say(`  ${callNumber} ${words}`);
  }

  /** Whoever is asked first takes it; an offer that has run out meanwhile is made again. */
  async accepted(told: Told): Promise<string> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
      const { offers, stage } = await this.shown(told);
      const live = offers.at(-1);
      if (stage === 'offered' && live) {
        try {
          const { officer } = live;
          await this.api.send('POST', `/v1/calls/${told.callNumber}/accept`, { officer });
          this.say(`  ${told.callNumber} ${officer} accepts`);
          return officer;
        } catch (error) {
          if (!(error instanceof ApiRefusal) || error.code !== 'OFFER_OVER') throw error;
        }
      }
      await pause(150, undefined, { signal: this.#signal });
    }
    throw new Error(`${told.callNumber} was offered to nobody`);
  }

  async goThere(told: Told, officer: string, step: string, note: string): Promise<void> {
    await this.done(told, 'start', { officer }, `${officer} is on the way, expected back within the hour`);
    await this.done(told, 'arrive', { officer }, `${officer} is there`);
    await this.done(told, 'steps', { officer, step, note }, `✓ ${step}: ${note}`);
    await this.done(told, 'leave', { officer }, `${officer} has left, and is safe`);
  }

  async until(told: Told, what: string, holds: (shown: CallShown) => boolean): Promise<CallShown> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
      const shown = await this.shown(told);
      if (holds(shown)) return shown;
      await pause(150, undefined, { signal: this.#signal });
    }
    throw new Error(`${told.callNumber}: ${what} did not come`);
  }

  shown({ callNumber }: Told): Promise<CallShown> {
    return this.api.get<CallShown>(`/v1/calls/${callNumber}`);
  }
}

export async function tellStory(telling: Telling): Promise<Story> {
  const teller = new Teller(telling);
  const { say, api } = teller;
  say(`${FIRST_DAY}. Two officers are on the roster, reached by e-mail; nobody is on duty yet.`);
  const officers = [
    await teller.officer('A. First', 'ao-1@department.example'),
    await teller.officer('B. Second', 'ao-2@department.example'),
  ];
  const [first = '', second = ''] = officers;

  const police = await policeTransport(teller, first);
  const refusal = await trueRefusal(teller, first, second);

  say('MIA and address verification are asked for today and wait for the next school day.');
  const mia = await openMia(teller);
  const address = await openAddress(teller);
  for (const told of [mia, address]) await teller.until(told, 'its day', (one) => one.stage === 'planned');

  say(`${NEXT_DAY}. The officers plan their round.`);
  await api.send('POST', '/v1/office/day', { date: NEXT_DAY });
  await miaVisit(teller, mia);
  await addressVerification(teller, address);
  for (const officer of officers) await teller.duty(officer, false, 'end of the shift');
  return { calls: [police, refusal, mia, address], refusals: teller.refusals };
}

async function policeTransport(teller: Teller, officer: string): Promise<Told> {
  teller.say('Row 1, priority: police are out with a student who needs transport to school.');
  const told = await teller.open('police-transport', {
    caller: 'police',
    police: {
      ...{ place: 'Court Street at 5th', description: 'about 15, red jacket' },
      ...{ firstName: 'Rowan', lastName: 'Exampleton', birthDate: '2010-01-20' },
    },
  });
  await teller.until(told, 'an alert', (one) => one.flags.includes('nobody-has-it'));
  teller.say(
    `  ${told.callNumber} nobody is on duty: the dispatcher is alerted, and again until somebody has it`,
  );
  await teller.duty(officer, true);
  const who = await teller.accepted(told);
  await teller.goThere(told, who, 'transport', 'Met police and drove the student to school.');
  await teller.done(
    told,
    'steps',
    { officer: who, step: 'ask-ct' },
    '… ask-ct: the school is asked for its mark',
  );
  await marks(teller.api, 'ELM-HS', [['7001', FIRST_DAY, 'CT']], FIRST_DAY);
  await teller.until(told, 'the mark', (one) =>
    one.steps.some((step) => step.code === 'ask-ct' && step.status === 'done'),
  );
  teller.say(`  ${told.callNumber} ✓ ask-ct: the mark has arrived with the school's import`);
  await teller.done(
    told,
    'steps',
    { officer: who, step: 'log-note', note: 'Brought to school at 9:40.' },
    '✓ log-note',
  );
  const { number } = await teller.api.send<{ number: string }>('POST', '/v1/monitors', {
    ...{ id: 'demo-monitor', student: '7001', officer: who, call: told.callNumber },
  });
  await teller.done(
    told,
    'steps',
    { officer: who, step: 'consider-monitor', result: number },
    `✓ consider-monitor: 20-Day Monitor ${number} begins`,
  );
  await counselor(teller, told, who);
  await teller.done(told, 'close', { outcome: 'transported' }, 'is closed: transported');
  return told;
}

async function trueRefusal(teller: Teller, first: string, second: string): Promise<Told> {
  teller.say('Row 2, priority: a student refuses to go to school that day.');
  const wish = { caller: 'school', student: '7002', parentCalled: { time: '08:05' }, parentHome: true };
  const kind = 'true-refusal';
  await teller.refused('a parent calls', { kind, ...wish, caller: 'parent' });
  await teller.refused('the parent called yesterday', {
    ...{ kind, ...wish, parentCalled: { date: '2025-10-14', time: '08:05' } },
  });
  await teller.refused('nobody will open the door', { kind, ...wish, parentHome: false });
  const told = await teller.open(kind, wish);
  const who = await teller.accepted(told);
  await teller.done(told, 'start', { officer: who }, `${who} is on the way`);
  await teller.duty(second, true);
  await teller.duty(first, false, 'the car broke down');
  const other = await teller.accepted(told);
  await teller.api.send('POST', '/v1/officers/on-duty', { officer: first });
  await goOn(teller, told, other);
  await teller.done(told, 'close', { outcome: 'handed-to-parent' }, 'is closed: handed to a parent');
  return told;
}

async function goOn(teller: Teller, told: Told, officer: string): Promise<void> {
  await teller.api.send('POST', `/v1/calls/${told.callNumber}/start`, { officer });
  teller.say(`  ${told.callNumber} ${officer} goes instead: nothing is lost`);
  await teller.done(told, 'arrive', { officer }, `${officer} is there`);
  const note = 'The student stayed with the mother.';
  await teller.done(told, 'steps', { officer, step: 'home-visit', note }, `✓ home-visit: ${note}`);
  await teller.done(told, 'leave', { officer }, `${officer} has left, and is safe`);
  await teller.done(
    told,
    'waive',
    { step: 'ask-ct', reason: 'the school has excused the day' },
    '– ask-ct is waived, with the reason',
  );
  await teller.done(
    told,
    'steps',
    { officer, step: 'log-note', note: 'Agreed to come tomorrow.' },
    '✓ log-note',
  );
  await teller.done(
    told,
    'steps',
    { officer, step: 'consider-monitor', result: 'not-needed' },
    '✓ consider-monitor: not needed',
  );
  await counselor(teller, told, officer);
}

async function counselor(teller: Teller, told: Told, officer: string): Promise<void> {
  await teller.done(
    told,
    'steps',
    { officer, step: 'connect-counselor' },
    '… connect-counselor: the counselor is told',
  );
  await teller.done(told, 'counselor', { note: 'Met during lunch.' }, '✓ connect-counselor: their word');
}

function openMia(teller: Teller): Promise<Told> {
  teller.say('Row 3: MIA, the student is AUK for five or more days in a row and nobody can be reached.');
  const kind = 'mia-visit';
  const tried = (number: string, result: string) => ({ number, date: '2025-10-14', result });
  const wish = { caller: 'school', student: '7003' };
  const one = tried('309-555-0121', 'no-answer');
  return teller
    .refused('one number was not tried', { kind, ...wish, attempts: [one] })
    .then(() => teller.open(kind, { ...wish, attempts: [one, tried('309-555-0122', 'disconnected')] }));
}

async function miaVisit(teller: Teller, told: Told): Promise<void> {
  teller.say('Row 3 goes on: the officer verifies before going.');
  const officer = await teller.accepted(told);
  const verified = (step: string) =>
    teller.done(told, 'steps', { officer, step, result: 'confirmed' }, `✓ ${step}: confirmed`);
  await verified('verify-auk');
  await verified('verify-attempts');
  await teller.goThere(told, officer, 'home-visit', 'Nobody came to the door; a note is left.');
  await teller.done(
    told,
    'steps',
    { officer, step: 'log-note', note: 'Nobody home at 10:05.' },
    '✓ log-note',
  );
  for (const step of ['consider-monitor', 'connect-counselor']) {
    await teller.done(told, 'waive', { step, reason: 'nobody met' }, `– ${step} is waived: nobody met`);
  }
  await teller.done(told, 'close', { outcome: 'nobody-home' }, 'is closed: nobody home');
}

function openAddress(teller: Teller): Promise<Told> {
  teller.say('Row 4: the school asks for an address verification.');
  const wish = { caller: 'school', student: '7004' };
  const kind = 'address-verification';
  return teller
    .refused('without a reason of the page', { kind, ...wish })
    .then(() => teller.open(kind, { ...wish, reason: 'zoning' }));
}

async function addressVerification(teller: Teller, told: Told): Promise<void> {
  teller.say('Row 4 goes on: a courtesy visit.');
  const officer = await teller.accepted(told);
  await teller.goThere(told, officer, 'home-visit', 'The landlord says they moved in January.');
  const result = 'address-not-confirmed';
  await teller.done(
    told,
    'steps',
    { officer, step: 'report-findings', result },
    `✓ report-findings: ${result}`,
  );
  await teller.done(told, 'steps', { officer, step: 'log-note', note: 'Moved in January.' }, '✓ log-note');
  await teller.done(told, 'close', { outcome: result }, 'is closed: address not confirmed');
}
