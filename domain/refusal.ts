/**
 * Two ways of saying no, kept apart everywhere:
 * a {@link Refusal} is a rule's answer to a well-formed wish (nothing changed, exit status 3, HTTP 409);
 * an {@link InputFault} is a wish that could not be read (exit status 2, HTTP 400).
 */

/** A rule said no. Plain data, so that it travels through Temporal, HTTP and JSON unchanged. */
export interface Refusal {
  /** Stable code in capitals, e.g. `REFERRAL_TOO_EARLY`. */
  readonly code: string;
  /** One sentence for the person who asked: what is wrong and, where there is one, the mend. No names of people. */
  readonly message: string;
  /** Facts behind the sentence, e.g. `{ possibleFrom: '2025-02-12' }`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export function refusal(code: string, message: string, details?: Record<string, unknown>): Refusal {
  return details === undefined ? { code, message } : { code, message, details };
}

/** Input that cannot be read: says where (file:line, option, field) and the mend. Never carries personal values. */
export class InputFault extends Error {
  readonly code: string;
  readonly place: string | undefined;
  constructor(code: string, message: string, place?: string) {
    super(place === undefined ? message : `${place}: ${message}`);
    this.name = 'InputFault';
    this.code = code;
    this.place = place;
  }
}
