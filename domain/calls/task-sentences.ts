/** What a task of the department asks, in a sentence with its command: beside the few words that a worklist has room for. */
import { heldBackWords, isDepartmentLetter, type SentLetterKind } from '../department-letters.ts';
import { isIsoDate, shortDate } from '../dates.ts';

/** A task as a worklist has it. */
export interface TaskSaid {
  readonly textCode: string;
  readonly caseNumber: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Null where the words of the task say all. No names: officers, students and calls by number. */
export function taskSentence({ textCode, caseNumber, details }: TaskSaid): string | null {
  const number = caseNumber ?? '';
  const text = (key: string) => (typeof details[key] === 'string' ? details[key] : '');
  const day = (key: string) => (isIsoDate(text(key)) ? shortDate(text(key)) : 'that day');
  const said = details['sentence'];
  if (typeof said === 'string') return said;
  if (details['heldBack'] === true && isDepartmentLetter(text('letter') as SentLetterKind)) {
    const letter = text('letter') as 'monitor-contract' | 'address-findings';
    return `${heldBackWords(letter, textCode)} Then: notice release --case ${number} --letter ${letter} --reason "…".`;
  }
  const officer = text('officer');
  const what = text('what') === '' ? '' : `, ${text('what')}`;
  switch (textCode) {
    case 'RADIO_THE_OFFER':
      return `Radio officer ${officer}: call ${number}. Enter the answer: call accept --call ${number} --officer ${officer}, or call decline.`;
    case 'RADIO_THE_ALARM':
      return `Radio officer ${officer}: a colleague is overdue; call show --call ${number}.`;
    case 'RADIO_THAT_A_MONITOR_IS_BROKEN':
    case 'RADIO_THAT_A_BREACH_IS_TAKEN_BACK':
      return `Radio officer ${officer}: monitor show --monitor ${number}.`;
    case 'RING_THEM_THE_MESSAGE_DID_NOT_ARRIVE':
      return `Ring the ${text('function') === '' ? 'office' : text('function').replaceAll('-', ' ')} of the school: ${MESSAGES[text('message')] ?? 'there is news'}. ${number.startsWith('M-') ? 'monitor show --monitor' : 'call show --call'} ${number} says more.`;
    case 'MARK_THE_STUDENT':
      return `Enter ${text('code')} for the student of call ${number} (call show says for which day); your next attendance import tells the call.`;
    case 'MEET_THE_STUDENT':
      return `Meet the student of call ${number}, then: call counselor --call ${number} --note "…".`;
    case 'FIND_A_SECOND_OFFICER':
      return `Officer ${officer} has call ${number} and may not go alone: another is asked, or call alone --call ${number} --reason "…".`;
    case 'OFFICER_IS_OVERDUE':
      return `Reach officer ${officer} now; call show --call ${number} says where they went and when.`;
    case 'NOBODY_HAS_THIS_POLICE_CALL':
      return `Police wait: call reassign --call ${number} --to O-… --reason "…" gives it to an officer.`;
    case 'SAY_WHICH_STUDENT_POLICE_MEAN':
      return `${listOf(details['students'])} may be meant: call identify --call ${number} --student NUMBER.`;
    case 'THE_OFFICER_FOUND_OTHERWISE':
      return `The officer found otherwise than was said; call show --call ${number} has their note.`;
    case 'READ_THE_FINDINGS':
      return `${text('finding') === 'address-confirmed' ? 'The address is confirmed' : 'The address is not confirmed'}; the letter: notice list --case ${number}.`;
    case 'NO_OFFICER_HAS_TAKEN_THE_CALL_YET':
      return `Call ${number} stays open until the school day ends; no longer needed: call cancel --call ${number} --by school --reason "…".`;
    case 'MONITOR_BROKEN':
      return `${day('date')} breaks ${number}${what} (${text('code')}): is the school’s record right? Correct it there, and the breach is taken back.`;
    case 'MONITOR_BREACH_TAKEN_BACK':
      return `${day('date')} no longer breaks ${number}.`;
    default:
      return null;
  }
}

/** What did not arrive. */
const MESSAGES: Readonly<Record<string, string>> = {
  'ask-ct': 'the student is to be marked found truant',
  counselor: 'a student is to be met',
  untaken: 'no officer has taken the call yet',
  'no-officer': 'no officer could come today',
  findings: 'the findings are there',
  alert: 'nobody has a police call',
  overdue: 'an officer is overdue',
  'monitor-broken': 'a day breaks a 20-Day Monitor',
  'monitor-taken-back': 'a breach of a 20-Day Monitor is taken back',
};

function listOf(students: unknown): string {
  return Array.isArray(students) ? `Students ${students.map(String).join(', ')}` : 'Several students';
}
