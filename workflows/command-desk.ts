/**
 * Where a workflow takes its commands (updates): each is read, judged, carried out once, and its answer remembered for
 * whoever asks again. What a command does is the caller's rule; nothing here decides.
 */
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import type { Refusal } from '../domain/refusal.ts';
import { REFUSED } from './truancy-case.messages.ts';

/** A command on its way: by its id it is carried out once; after `expiresAt` (ISO instant) its caller has given up. */
interface Travelling {
  readonly id: string;
  readonly type: string;
  readonly expiresAt: string;
}

type Decided<A> =
  { readonly ok: true; readonly answer: A } | { readonly ok: false; readonly refusal: Refusal };

export interface RememberedAnswer<A> {
  readonly id: string;
  readonly answer: A;
}

export interface DeskCommand<C, A, T> {
  readonly update: UpdateDefinition<A, [C]>;
  readonly type: T;
  /** Read by staff in the Web UI. */
  readonly description: string;
}

export interface DeskRules<C, D> {
  /** The first thing in a message that cannot be read, or null. */
  readonly faultOf: (message: unknown) => string | null;
  /**
   * Judges a command against the state as it is now; changes nothing. `carryingOut`: it stands in the history by now, and is
   * judged again in every replay; at the door (false) it is judged once, by the rules of the day.
   */
  readonly decide: (command: C, carryingOut: boolean) => D;
  /** Takes a decision over into the state. */
  readonly apply: (decision: D & { readonly ok: true }) => void;
}

const EXPIRED: Refusal = {
  code: 'COMMAND_EXPIRED',
  message: 'The command came too late to be carried out; give it again.',
};

/** Only an ApplicationFailure fails an update; anything else would stall the workflow. */
function refused({ code, message, details }: Refusal): ApplicationFailure {
  return ApplicationFailure.create({
    type: REFUSED,
    message,
    nonRetryable: true,
    details: [code, details ?? null],
  });
}

export class CommandDesk<C extends Travelling, A, D extends Decided<A>> {
  /** How many were carried out in this run; what a validator refused is not in the history and does not count. */
  taken = 0;
  private readonly rules: DeskRules<C, D>;
  private readonly answers: RememberedAnswer<A>[];
  private readonly remembered: number;

  /** @param answers of earlier runs; @param remembered how many are kept, over all runs */
  constructor(rules: DeskRules<C, D>, answers: RememberedAnswer<A>[], remembered: number) {
    this.rules = rules;
    this.answers = answers;
    this.remembered = remembered;
  }

  open(commands: readonly DeskCommand<C, A, C['type']>[]): void {
    for (const { update, type, description } of commands) {
      setHandler(update, (command: C) => this.carryOut(command), {
        description,
        validator: (command: C) => {
          this.validate(command, type);
        },
      });
    }
  }

  private validate(command: C, type: C['type']): void {
    const fault = this.rules.faultOf(command) ?? (command.type === type ? null : 'type');
    if (fault !== null) {
      throw refused({
        code: 'MALFORMED_COMMAND',
        message: `The command cannot be read: ${fault}.`,
        details: { field: fault },
      });
    }
    if (!this.answered(command.id)) this.judge(command, false);
  }

  private carryOut(command: C): A {
    this.taken += 1;
    const before = this.answered(command.id);
    if (before) return before.answer;
    // Two commands may pass their validators before the first is carried out.
    const decision = this.judge(command, true);
    this.rules.apply(decision);
    this.answers.push({ id: command.id, answer: decision.answer });
    if (this.answers.length > this.remembered) this.answers.shift();
    return decision.answer;
  }

  private answered(id: string): RememberedAnswer<A> | undefined {
    return this.answers.find((one) => one.id === id);
  }

  private judge(command: C, carryingOut: boolean): D & { readonly ok: true } {
    if (Date.parse(command.expiresAt) < Date.now()) throw refused(EXPIRED);
    const decision = this.rules.decide(command, carryingOut);
    if (!decision.ok) throw refused(decision.refusal);
    return decision as D & { readonly ok: true };
  }
}
