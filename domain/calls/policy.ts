/**
 * What an office that takes service calls ("When to call Truancy") has decided: kinds of call with their checklists, gates,
 * offers, visits, monitors. Plain data: it travels in a call's input, so a call keeps the version it began with. The files
 * and their schema are in policies/.
 */
import type { ChannelPolicy } from '../recipients.ts';

export const CALL_KINDS = ['police-transport', 'true-refusal', 'mia-visit', 'address-verification'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** What a step of a checklist is, so that the program can help with it; its words are the policy's. */
export const STEP_CODES = [
  /** Bring the student to the school of enrollment. */
  'transport',
  'home-visit',
  /** The school is asked to mark the student found truant, and watched until the mark arrives. */
  'ask-ct',
  'log-note',
  'consider-monitor',
  /** The counselor is told, and their word awaited. */
  'connect-counselor',
  'verify-auk',
  'verify-attempts',
  'report-findings',
] as const;
export type StepCode = (typeof STEP_CODES)[number];

export interface ChecklistStep {
  readonly code: StepCode;
  /** As the office's page says it. */
  readonly label: string;
}

export interface CallKindRules {
  readonly label: string;
  /** 1 goes first, then 2; null: not a priority call. */
  readonly priority: number | null;
  readonly calledBy: 'police' | 'school';
  /** When an officer goes: at once; that same day or not at all; from the next school day on. */
  readonly goes: 'now' | 'that-day' | 'next-school-day';
  /** In the page's order. */
  readonly checklist: readonly ChecklistStep[];
  /** A visit that asks for two officers always. */
  readonly pair: boolean;
}

export interface CallOutcome {
  readonly code: string;
  readonly label: string;
  /** Kinds it may end; none named: all. */
  readonly kinds?: readonly CallKind[] | undefined;
  /** Nobody went: every step still open is waived so. */
  readonly waivesSteps?: boolean | undefined;
  /** Says what somebody saw there: its visit must have been made, not waived. */
  readonly afterVisit?: boolean | undefined;
  /** The finding it stands on: no other may be in the checklist. */
  readonly finding?: AddressFinding | undefined;
}

/** What an officer reports of an address. */
export const ADDRESS_FINDINGS = ['address-confirmed', 'address-not-confirmed'] as const;
export type AddressFinding = (typeof ADDRESS_FINDINGS)[number];

/** Named reasons for which a school asks for an address verification. */
export interface AddressReason {
  readonly code: string;
  readonly label: string;
}

export interface CallPolicy {
  /** The office's own number. It stands on no letter to a family. */
  readonly dispatchNumber: string;
  /** What schools enter in their student system. */
  readonly codes: {
    /** Absent, reason unknown. */
    readonly unknownReason: string;
    /** Found truant. */
    readonly confirmedTruant: string;
  };
  readonly kinds: Readonly<Record<CallKind, CallKindRules>>;
  readonly gates: {
    readonly mia: { readonly consecutiveDays: number };
    readonly addressReasons: readonly AddressReason[];
  };
  readonly outcomes: readonly CallOutcome[];
  readonly offers: {
    /** Minutes an officer has to answer before somebody else is asked. */
    readonly timeoutMinutes: number;
    /** Minutes after which the dispatcher is alerted again that nobody has a police call. */
    readonly alertAgainMinutes: number;
    /** Minutes after which the school is told that nobody has taken its true refusal. */
    readonly unansweredMinutes: number;
    /** Local time, `HH:MM`, at which a call for that day ends. */
    readonly dayEndsAt: string;
  };
  readonly visits: {
    /** Minutes a visit is expected to take, unless the officer says otherwise. */
    readonly expectedMinutes: number;
    /** Minutes after the expected return at which dispatcher and colleagues are alarmed. */
    readonly overdueMinutes: number;
    /** Two officers go to an address with a hazard note. */
    readonly pairOnHazard: boolean;
    /** Whether a visit counts as an intervention of the ladder, where one office does both. */
    readonly countsAsIntervention: boolean;
  };
  /** School days after which a school is asked again for the mark, and a counselor for their word. */
  readonly reminders: { readonly ctMarkSchoolDays: number; readonly counselorSchoolDays: number };
  /** Letters that leave by themselves. Absent in policies from before this rule: none does. */
  readonly letters?:
    | {
        /** A monitor's contract to the family when it begins; `none`: the officer hands it over. */
        readonly monitorContract: ChannelPolicy | 'none';
        /** The findings of an address verification to the school that asked. */
        readonly findings: boolean;
      }
    | undefined;
  readonly monitor: {
    readonly schoolDays: number;
    /** An absence of unknown reason is a breach once it has stayed unexplained so many school days. */
    readonly unexplainedAukAfterSchoolDays: number;
  };
}

/** Whether priority calls of one kind go before those of another: police before true refusals, both before all others. */
export function rankOf(policy: CallPolicy, kind: CallKind): number {
  return policy.kinds[kind].priority ?? Number.MAX_SAFE_INTEGER;
}

export function isPriority(policy: CallPolicy, kind: CallKind): boolean {
  return policy.kinds[kind].priority !== null;
}

/** The outcomes a call of a kind may end with. */
export function outcomesOf(policy: CallPolicy, kind: CallKind): readonly CallOutcome[] {
  return policy.outcomes.filter((one) => one.kinds === undefined || one.kinds.includes(kind));
}
