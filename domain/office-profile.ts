/** The office as its letters show it: letterhead, the persons who sign, whom to call, and the State's Attorneys of its counties. */
import type { PostalAddress } from './records.ts';

export interface OfficeProfile {
  readonly name: string;
  readonly addressLines: readonly string[];
  readonly phone: string;
  /** The Reply-To of every letter: read by somebody. */
  readonly email: string;
  readonly website: string | null;
  /** Who holds each role that signs (`assistant-regional-superintendent`, `regional-superintendent`). */
  readonly signatories: Readonly<Record<string, { readonly name: string }>>;
  /** The Case Manager of each school by code, and of all others. */
  readonly caseManagers: Readonly<Record<string, CaseManager>> & { readonly default: CaseManager };
  readonly hearingAddressLines: readonly string[];
  /** By county, as the schools' records spell it. */
  readonly stateAttorneys: Readonly<Record<string, StateAttorney>>;
  /** What the office offers families; named in orders and referrals. */
  readonly services: readonly string[];
  /**
   * By language code, the office's own English words (services, titles, kinds of intervention) in that language. Absent in
   * profiles from before letters were written in other languages.
   */
  readonly translations?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

export interface CaseManager {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
}

export interface StateAttorney {
  readonly name: string;
  readonly title: string;
  readonly address: PostalAddress;
  readonly email: string | null;
}
