/** What every roster reader hands over: records, and what a person should look at, with line and mend. */
import type { GuardianRecord, SchoolRecord, StudentRecord } from '../../domain/records.ts';

export interface RosterIssue {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** Stable code, e.g. `BAD_EMAIL`. */
  readonly code: string;
  /** Number of the student or source number of the adult concerned; never a name. */
  readonly record?: string | undefined;
  /** What is wrong, what was done with it, and the mend. */
  readonly message: string;
}

export interface StudentsRead {
  readonly students: readonly StudentRecord[];
  readonly issues: readonly RosterIssue[];
}

export interface GuardiansRead {
  readonly guardians: readonly GuardianRecord[];
  readonly issues: readonly RosterIssue[];
}

export interface SchoolsRead {
  readonly schools: readonly SchoolRecord[];
  readonly issues: readonly RosterIssue[];
}

/** Collects issues of one file. */
export class RosterIssues {
  readonly list: RosterIssue[] = [];
  readonly #file: string;
  constructor(file: string) {
    this.#file = file;
  }
  add(line: number, code: string, message: string, record?: string): void {
    this.list.push({ file: this.#file, line, code, ...(record === undefined ? {} : { record }), message });
  }
}
