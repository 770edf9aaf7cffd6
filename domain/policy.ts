/**
 * An office's rule pack as plain data: every number and name of the ladder. It travels in the workflow's input, so a
 * case keeps the version it began with. The files and their schema are in policies/; this is only the shape the rules read.
 */
import type { CountingRules } from './attendance.ts';
import type { CompulsoryAge } from './compulsory-age.ts';
import type { HolidayRule, OfficeHours } from './office-days.ts';
import type { ChannelPolicy } from './recipients.ts';
import type { ContactFunction } from './records.ts';

export type ReferralNumber = 1 | 2 | 3;

/** Letters of the ladder, in its order. */
export type LetterKind =
  StepLetterKind | CaseworkLetterKind | 'hearing-moved' | 'hearing-cancelled' | 'correction' | 'withdrawal';

/** Letters that announce a step of the ladder, in its order. */
export type StepLetterKind =
  'first-notice' | 'second-notice' | 'third-notice' | 'hearing-notice' | 'order' | 'state-attorney-referral';

/** Letters of the Case Manager's work; they announce no step. */
export type CaseworkLetterKind = 'caseload-invitation' | 'improvement-plan' | 'closing-thanks';

export interface InterventionKind {
  readonly code: string;
  /** As a letter or a list says it: "phone call with a parent". */
  readonly label: string;
  /** A description must be given (the kind "other"). */
  readonly needsDescription?: boolean | undefined;
}

/** Something that is never an intervention, e.g. a truancy ticket; recognised by code or by a word in the description. */
export interface RefusedKind {
  readonly codes: readonly string[];
  /** Whole words, lower case, any of which in a description gives it away. */
  readonly words: readonly string[];
  readonly reason: string;
  readonly source: string;
}

export interface HoldKind {
  readonly code: string;
  readonly label: string;
}

export interface Signer {
  readonly role: string;
  readonly title: string;
}

/** Letters that a person looks at before they leave. */
export interface ApprovalRule {
  /** Which, and the role that approves each; who signs the letter where none is named. */
  readonly letters: readonly { readonly kind: LetterKind; readonly role?: string | undefined }[];
  /**
   * Until when an approval counts for a sending time: an hour (`HH:MM`) of the sending day itself, or of the office day
   * before it. Without one an approval counts for the next office day, like any decision.
   */
  readonly cutOff?: { readonly day: 'before' | 'same'; readonly time: string } | undefined;
  /** School days without a decision after which a further role is told, and may decide as well. */
  readonly escalate?: { readonly afterSchoolDays: number; readonly to: string } | undefined;
}

export interface LadderPolicy {
  readonly name: string;
  readonly version: string;
  readonly counting: CountingRules;
  /** The two words of 105 ILCS 5/26-2a: above `truantAbove` days "truant", from `chronicFrom` days "chronic or habitual truant". */
  readonly words: { readonly truantAbove: number; readonly chronicFrom: number };
  readonly interventions: {
    readonly perReferral: number;
    /** Attendance days an intervention may lie back when it is logged, and before a first referral. */
    readonly reachBackAttendanceDays: number;
    readonly kinds: readonly InterventionKind[];
    readonly refused: readonly RefusedKind[];
    /** The Assistant Regional Superintendent may accept fewer, in writing; off by default. */
    readonly acceptFewer: boolean;
  };
  readonly referrals: {
    /** School days from one referral to the next; the referral's own day is day 0. */
    readonly schoolDaysBetween: number;
    /** New unexcused absences the next step needs at least. */
    readonly newUnexcusedAbsences: number;
    /** Whether a written reason may stand in for a missing new absence. */
    readonly overrideAllowed: boolean;
  };
  readonly notices: {
    /** Local time of the office's sending, `HH:MM`. */
    readonly sendingTime: string;
    /** A family can know of an e-mail this many school days after it is out. */
    readonly emailKnownAfterSchoolDays: number;
    /** … and of a posted letter this many weekdays (holidays excepted) after posting. */
    readonly postKnownAfterWeekdays: number;
    /** Who signs which letter: the role's title as printed. */
    readonly signedBy: Readonly<Record<StepLetterKind, Signer>> &
      Readonly<Partial<Record<CaseworkLetterKind, Signer | undefined>>>;
    /**
     * Calendar days without school that make a gap "between terms": no letter leaves in it unless released. Absent in
     * policies from before this rule: then letters leave.
     */
    readonly betweenTermsGapDays?: number | undefined;
    /** Absent where letters leave as soon as their step is accepted. */
    readonly approval?: ApprovalRule | undefined;
    /** E-mail where there is an address, else print (also where a policy does not say); both; or print alone. */
    readonly channel?: ChannelPolicy | undefined;
    /** Local times between which letters leave, on office days. Absent in policies from before this rule: at any hour. */
    readonly officeHours?: OfficeHours | undefined;
    /** The function of the school that gets a copy of what left; none where a policy does not say. */
    readonly schoolCopy?: ContactFunction | 'none' | undefined;
    /** An e-mail of which nobody knows whether it arrived: a person is asked, or a print goes out as well. */
    readonly unknownOutcome?: 'ask' | 'print' | undefined;
    /** Hours for which a mail server that says "not now" is asked again; then the letter goes by post. */
    readonly giveUpAfterHours?: number | undefined;
  };
  readonly caseload: {
    readonly placedAtThirdReferral: boolean;
    /** The Case Manager's own letters; absent in policies from before this rule: then none is sent. */
    readonly letters?:
      | {
          /** When the student is placed on the caseload. */
          readonly invitation: boolean;
          /** The plan in writing: when it is made, when it has been gone through with the family, or not. */
          readonly plan: 'made' | 'shared' | 'none';
        }
      | undefined;
  };
  readonly hearing: {
    /** Calendar days between the notice's leaving and the hearing. */
    readonly noticeDaysEmail: number;
    readonly noticeDaysPosted: number;
  };
  /** The case's own review after each notice; absent in policies from before this rule. */
  readonly progress?: { readonly reviewAfterSchoolDays: number } | undefined;
  /** School days without a try to reach the family after which the Case Manager is reminded. */
  readonly contacts?: { readonly remindAfterSchoolDays: number } | undefined;
  readonly corrections?:
    | {
        /** The step stands, but days the letter states no longer count. */
        readonly factsChanged: 'ask' | 'correct' | 'stands';
        /** The step would not be possible on the corrected records. */
        readonly basisLost: 'ask' | 'withdraw';
      }
    | undefined;
  readonly holds?:
    | {
        readonly kinds: readonly HoldKind[];
        /** What becomes of letters that waited: they leave, or a person is asked. */
        readonly onRelease: 'send' | 'ask';
      }
    | undefined;
  readonly court?:
    | {
        /** School days without an answer or news after which the Case Manager is reminded. */
        readonly remindAfterSchoolDays: number;
        readonly refuseIncompleteCertificate: boolean;
        /** Whether a packet for the State's Attorney that lacks something is refused, naming it; else it says so on page one. */
        readonly refuseIncompletePacket?: boolean | undefined;
      }
    | undefined;
  /** What a letter that comes back as undeliverable does; absent in policies from before this rule. */
  readonly returnedMail?:
    | {
        /** No further letter goes to that address until it changes. */
        readonly marksAddress: boolean;
        /** Somebody is asked to see whether the student lives there. */
        readonly asksAddressVerification: boolean;
      }
    | undefined;
  readonly closing: {
    /** A letter of thanks before a quiet case closes, to a family that had a notice. */
    readonly thanks?: boolean | undefined;
    /** Consecutive covered school days without an unexcused absence after which a quiet case closes as improved. */
    readonly cleanSchoolDays: number;
  };
  readonly coverage: {
    /** Uncovered school days after which school and Case Manager are told. */
    readonly tellAfterSchoolDays: number;
  };
  /** Who must attend though not enrolled; as in Illinois where a policy does not say. */
  readonly compulsoryAge?: CompulsoryAge | undefined;
  readonly holidays: readonly HolidayRule[];
}

/** [procedure] "Case Manager attempts to meet with student and parent", constructs the plan and monitors. */
const CASE_MANAGER: Signer = { role: 'case-manager', title: 'Case Manager' };

/** Who signs a letter: the Case Manager's own unless the policy says otherwise; a moved or cancelled hearing like its notice, a correction or withdrawal like what it is about. */
export function signerOf(policy: LadderPolicy, kind: LetterKind, about: LetterKind | null): Signer {
  const { signedBy } = policy.notices;
  if (kind === 'hearing-moved' || kind === 'hearing-cancelled') return signedBy['hearing-notice'];
  if (kind !== 'correction' && kind !== 'withdrawal') return signedBy[kind] ?? CASE_MANAGER;
  return about === null ? signedBy['first-notice'] : signerOf(policy, about, null);
}

/** The role that approves a letter before it leaves; null where the policy asks for nobody's approval. */
export function approverOf(policy: LadderPolicy, kind: LetterKind, about: LetterKind | null): string | null {
  const rule = policy.notices.approval?.letters.find((one) => one.kind === kind);
  return rule === undefined ? null : (rule.role ?? signerOf(policy, kind, about).role);
}
