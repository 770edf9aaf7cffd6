/** A service call on paper: the rules alone, with the time at hand. */
import { indexCalendar } from '../../domain/calendar.ts';
import type { CommandBase } from '../../domain/case/commands.ts';
import type { CallCommand } from '../../domain/calls/commands.ts';
import { decide, type CallDecision } from '../../domain/calls/decide.ts';
import type { CallEntry } from '../../domain/calls/entries.ts';
import { takeCallFact, type CallFact } from '../../domain/calls/facts.ts';
import { callsOf } from '../../domain/office-policy.ts';
import type { CallKind } from '../../domain/calls/policy.ts';
import { settleCall } from '../../domain/calls/settle.ts';
import { beginCall, type CallState } from '../../domain/calls/state.ts';
import { loadOfficePolicy } from '../../policies/load.ts';

const { policy } = await loadOfficePolicy('intervention-department');
const rules = callsOf(policy);
if (!rules) throw new Error('no rules of calls');

/** A Wednesday in Chicago's winter. */
export const DAY = '2025-02-12';
export const NEXT = '2025-02-13';
const CALENDAR = { terms: [{ from: '2025-01-06', to: '2025-05-30' }], closed: ['2025-02-17'], open: [] };

export type BareCallCommand = CallCommand extends infer C
  ? C extends CallCommand
    ? Omit<C, keyof CommandBase>
    : never
  : never;

/** Local time of that Wednesday as an instant. */
export function at(time: string, date = DAY): string {
  return new Date(Date.parse(`${date}T${time}:00Z`) + 6 * 3_600_000).toISOString();
}

export class PaperCall {
  state: CallState;
  now = at('08:00');
  date = DAY;
  readonly entries: CallEntry[] = [];
  #commands = 0;

  constructor(kind: CallKind, more: Partial<Pick<CallState, 'school' | 'student' | 'pair'>> = {}) {
    this.state = beginCall({
      callNumber: 'S-000001',
      kind,
      policy: rules!,
      clock: { kind: 'real', offsets: [{ from: '2024-11-03', minutes: -360 }] },
      school: 'NORTH-HS',
      student: '1001',
      ...more,
      openedAt: at('08:00'),
      openedOn: DAY,
      goesFrom: rules!.kinds[kind].goes === 'next-school-day' ? NEXT : DAY,
      calendar: CALENDAR,
      conditions: [],
    });
  }

  get #cal() {
    return indexCalendar(this.state.calendar);
  }

  /** It is that time; what fell due happens. */
  time(time: string, date = this.date): this {
    this.now = at(time, date);
    this.date = date;
    const taken = settleCall(this.state, this.now, date, this.#cal);
    this.state = taken.state;
    this.entries.push(...taken.entries);
    return this;
  }

  /** The judgement, without its being carried out. */
  judge(command: BareCallCommand): CallDecision {
    const given = {
      ...command,
      id: `c${this.#commands + 1}`,
      officeDate: this.date,
      actor: { id: 'U-1', role: 'dispatcher' },
    } as CallCommand;
    return decide(this.state, given, this.now, this.#cal);
  }

  do(command: BareCallCommand): this {
    const decision = this.judge(command);
    if (!decision.ok) throw new Error(`${decision.refusal.code}: ${decision.refusal.message}`);
    this.#commands += 1;
    this.state = decision.state;
    this.entries.push(...decision.entries);
    return this;
  }

  fact(fact: CallFact extends infer F ? (F extends CallFact ? Omit<F, 'officeDate'> : never) : never): this {
    const taken = takeCallFact(this.state, { ...fact, officeDate: this.date }, this.now, this.#cal);
    this.state = taken.state;
    this.entries.push(...taken.entries);
    return this;
  }

  /** An offer made by dispatch. */
  offered(nth = 1, officer = 'O-0001'): this {
    return this.fact({ type: 'offer-made', nth, officer, chosenBy: 'order' });
  }
}
