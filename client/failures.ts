/** How a door says no: each kind has one HTTP status and one exit status of the command line. */
import { InputFault, type Refusal } from '../domain/refusal.ts';

/** A rule said no; nothing changed (409, exit status 3). */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Several places of one input that cannot be right, all told at once (400, exit status 2); nothing changed. */
export class ManyFaults extends InputFault {
  readonly faults: readonly { readonly place: string; readonly message: string }[];
  constructor(code: string, faults: ManyFaults['faults']) {
    super(code, faults.map(({ place, message }) => `${place}: ${message}`).join('; '));
    this.name = 'ManyFaults';
    this.faults = faults;
  }
}

/** No such thing, or not for this caller to see: both look the same (404, exit status 4). */
export class Unknown extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'Unknown';
    this.code = code;
  }
}

/** The role may not do this at all, to anybody (403, exit status 4). */
export class Forbidden extends Error {
  readonly code = 'FORBIDDEN';
  constructor(message: string) {
    super(message);
    this.name = 'Forbidden';
  }
}

/**
 * Temporal did not answer (503, exit status 5). A decision may still take effect: until its expiry, when the case
 * refuses it; the same command id gets its answer.
 */
export class OutOfReach extends Error {
  readonly code = 'OUT_OF_REACH';
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'OutOfReach';
  }
}

export function outOfReachForDecision(commandId: string, cause: unknown): OutOfReach {
  return new OutOfReach(
    `The case did not answer. The decision may still take effect; repeat it with the same id (${commandId}) for its answer.`,
    { cause },
  );
}
