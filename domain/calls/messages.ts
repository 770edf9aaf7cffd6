/**
 * What calls and monitors tell at once, in words: to an officer, a school, the dispatcher. Numbers, kinds and schools; never the student's
 * name or address: telephones and mailboxes are shared, and whoever may know it looks at the call.
 */
import { shortDate, type IsoDate } from '../dates.ts';

export interface CallMessageAbout {
  /** The call's number, or the monitor's. */
  readonly call: string;
  /** The kind, as the policy calls it. */
  readonly what: string;
  readonly school: string | null;
  readonly officer?: string | undefined;
  /** The officer's telephone, for whoever has to ring them now. */
  readonly phone?: string | undefined;
  /** The day a message is about. */
  readonly date?: IsoDate | undefined;
  /** Asked to go along with another officer. */
  readonly second?: boolean | undefined;
}

const WORDS: Readonly<Record<string, (about: CallMessageAbout) => { subject: string; text: string }>> = {
  offer: ({ call, what, school, second }) => ({
    subject: `Call ${call}: ${what}`,
    text: `Call ${call}: ${what}${at(school)}. Can you go${second === true ? ' along, as the second of two officers' : ''}? Answer: call accept --call ${call}, or call decline --call ${call} --reason "…".`,
  }),
  alert: ({ call, what, school }) => ({
    subject: `Nobody has call ${call} yet: ${what}`,
    text: `Call ${call} (${what}${at(school)}) still has no officer, and police are waiting. It goes on being offered; call reassign --call ${call} --to OFFICER gives it to one.`,
  }),
  untaken: ({ call, what }) => ({
    subject: `Call ${call}: no officer yet`,
    text: `No Attendance Officer has been able to take call ${call} (${what}) yet. It stays open until the school day ends; you will be told.`,
  }),
  'no-officer': ({ call, what }) => ({
    subject: `Call ${call}: no officer could come today`,
    text: `No Attendance Officer was available for call ${call} (${what}) today. It has ended with the school day; call again tomorrow if the parent calls again.`,
  }),
  overdue: ({ call, officer, phone }) => ({
    subject: `Officer overdue at call ${call}`,
    text: `${officer === undefined ? 'The officer' : `Officer ${officer}`} is overdue from call ${call}. ${phone === undefined ? 'Reach them' : `Ring ${phone}`} now; the call says where they went and when.`,
  }),
  'ask-ct': ({ call }) => ({
    subject: `Please mark the student of call ${call}`,
    text: `An Attendance Officer asks you to enter the office’s code for a student found truant for the student of call ${call}. Your worklist says which code. The call sees the mark with your next attendance import.`,
  }),
  counselor: ({ call }) => ({
    subject: `A student to meet: call ${call}`,
    text: `An Attendance Officer asks you to meet the student of call ${call}. Say what came of it: call counselor --call ${call} --note "…".`,
  }),
  findings: ({ call }) => ({
    subject: `Findings of call ${call}`,
    text: `The findings of the address verification ${call} are recorded; the call shows them.`,
  }),
  'monitor-broken': ({ call, what, school, date }) => ({
    subject: `Monitor ${call}: a day breaks the contract`,
    text: `The 20-Day Monitor contract ${call}${at(school)} is broken${on(date)}: ${what}. If the school’s record is wrong, correct it there: the breach is then taken back. monitor show ${call} says where it stands.`,
  }),
  'monitor-taken-back': ({ call, what, school, date }) => ({
    subject: `Monitor ${call}: a breach is taken back`,
    text: `The breach of the 20-Day Monitor contract ${call}${at(school)}${on(date)} is taken back: ${what}. monitor show ${call} says where it stands.`,
  }),
};

/** `practice`: of an office that practises, each says so, whatever way it goes. */
export function callMessageText(
  kind: string,
  about: CallMessageAbout,
  practice: boolean,
): { subject: string; text: string } {
  const { call } = about;
  const { subject, text } = WORDS[kind]?.(about) ?? {
    subject: `Call ${call}`,
    text: `Call ${call} has news.`,
  };
  return practice ? { subject: `PRACTICE: ${subject}`, text: `PRACTICE. ${text}` } : { subject, text };
}

/** What the dispatcher has to do where an officer has no channel, or theirs did not take it. */
export function radioTask(kind: string): string {
  return RADIO_TASKS[kind] ?? 'RADIO_THE_ALARM';
}

const RADIO_TASKS: Readonly<Record<string, string>> = {
  offer: 'RADIO_THE_OFFER',
  'monitor-broken': 'RADIO_THAT_A_MONITOR_IS_BROKEN',
  'monitor-taken-back': 'RADIO_THAT_A_BREACH_IS_TAKEN_BACK',
};

function on(date: IsoDate | undefined): string {
  return date === undefined ? '' : ` on ${shortDate(date)}`;
}

function at(school: string | null): string {
  return school === null ? '' : `, ${school}`;
}
