/**
 * What people must do because of what a case wrote down, and what nobody needs to do any more: a worklist that keeps what
 * is over teaches people to ignore it. Codes and dates only; the words are the reader's.
 */
import { returnedTo } from '../domain/case/approval.ts';
import type { Entry } from '../domain/case/entries.ts';
import { named } from '../domain/case/questions.ts';
import type { CaseState, LetterName } from '../domain/case/state.ts';
import type { LetterKind } from '../domain/policy.ts';
import type { JsonObject } from '../db/schema/columns.ts';
import type { NewTask, TasksOver } from '../db/stores/tasks.ts';
import type { NumberedEntry } from './ports.ts';

export interface TaskChanges {
  readonly tasks: readonly NewTask[];
  /** Ended before the new ones are added. */
  readonly tasksOver: readonly TasksOver[];
}

/** The changes of one write, in the order of its entries: what one entry asks and a later one ends is never asked. */
export function taskChanges(
  state: CaseState,
  entries: readonly NumberedEntry[],
  /** Role of the owner of a hold, who may stand there by user id. */
  roleOf: (owner: string) => string,
): TaskChanges {
  const tasksOver: TasksOver[] = [];
  let tasks: NewTask[] = [];
  for (const { seq, entry } of entries) {
    for (const over of tasksEndedBy(entry)) {
      tasksOver.push(over);
      tasks = tasks.filter((task) => !ends(over, task));
    }
    tasks.push(...tasksFor(state, seq, entry, entries, roleOf));
  }
  return { tasks, tasksOver };
}

function ends(over: TasksOver, task: NewTask): boolean {
  if (over.kind !== undefined && over.kind !== task.kind) return false;
  return Object.entries(over.details ?? {}).every(([field, value]) => task.details[field] === value);
}

function tasksEndedBy(entry: Entry): TasksOver[] {
  const over = (note: string, ...kinds: string[]): TasksOver[] => kinds.map((kind) => ({ kind, note }));
  switch (entry.type) {
    case 'referral-accepted':
      return over('the next referral was made', 'progress-review');
    case 'referral-withdrawn':
      return over('the referral was withdrawn', 'contact-family', 'contact-reminder', 'progress-review');
    case 'progress-reviewed':
      return over('reviewed again', 'progress-review');
    case 'contact-made':
      return entry.reached
        ? over('the family was reached', 'contact-family', 'contact-reminder')
        : over('somebody tried', 'contact-reminder');
    case 'caseload-told':
      switch (entry.event) {
        case 'parent-met':
          return over('the family was met', 'contact-family', 'contact-reminder');
        case 'student-met':
        case 'meeting-tried':
          return over('somebody tried', 'contact-reminder');
        default:
          return [];
      }
    case 'contact-reminder':
      return over('reminded again', 'contact-reminder');
    case 'letter-parked':
    case 'letter-rescheduled':
    case 'letter-out':
    case 'letter-withdrawn':
      return overOfLetter(entry, entry.type === 'letter-parked' ? ['letter-waits'] : IN_THE_HOUSE);
    case 'approval-asked':
    case 'letter-approved':
    case 'letter-withheld':
    case 'letter-returned':
      return overOfLetter(entry, ABOUT_APPROVAL);
    case 'letter-questioned':
    case 'question-settled':
      return overOfLetter(entry, ['letter-questioned']);
    case 'hearing-scheduled':
      return over('the hearing is set', 'progress-review', 'record-hearing');
    case 'hearing-moved':
    case 'hearing-continued':
      return over('the hearing has another date', 'record-hearing', 'docket');
    case 'hearing-recorded':
    case 'hearing-withdrawn':
    case 'hearing-cancelled':
      return over('recorded or called off', 'record-hearing', 'hearing-questioned', 'docket');
    case 'hearing-unquestioned':
    case 'hearing-stands':
      return over('the hearing stands', 'hearing-questioned');
    case 'order-withdrawn':
      return over('the order was withdrawn', 'watch-order', 'order-review');
    case 'order-broken':
      return over('another day is the first that breaks it', 'order-broken');
    case 'order-kept-after-correction':
      return over('the absence was corrected', 'order-broken');
    case 'hearing-questioned':
      return over('asked anew', 'hearing-questioned');
    case 'hold-extended':
    case 'hold-replanned':
      return [{ kind: 'hold-expired', details: { hold: entry.id }, note: 'the hold goes on' }];
    case 'hold-released':
      return [{ kind: 'hold-expired', details: { hold: entry.id }, note: 'the hold was released' }];
    case 'court-referred':
      return over(
        'referred to the State’s Attorney',
        ...[
          'order-broken',
          'order-review',
          'contact-reminder',
          'court-returned',
          'court-declined',
          'certificate',
        ],
      );
    case 'court-answered':
      return over('there is news from the court', 'court-reminder', 'court-returned', 'court-declined');
    case 'court-status':
      return over('there is news from the court', 'court-reminder');
    case 'court-reminder':
      return over('reminded again', 'court-reminder');
    case 'court-withdrawn':
      return over('the referral was withdrawn', 'court-reminder', 'certificate');
    case 'closing-asked':
      return over('asked again', 'closing');
    case 'case-closed':
      return [{ note: 'the case was closed' }];
    default:
      return [];
  }
}

/** Tasks about a letter that has not left. */
const ABOUT_APPROVAL = ['approve-letter', 'letter-returned'];
const IN_THE_HOUSE = ['letter-waits', 'recipient', ...ABOUT_APPROVAL];

function overOfLetter({ kind, sequence }: LetterName, kinds: readonly string[]): TasksOver[] {
  const details = { letter: kind, sequence };
  return kinds.map((one) => ({ kind: one, details, note: 'settled, or asked anew' }));
}

const ABOUT_A_HEARING: ReadonlySet<LetterKind> = new Set<LetterKind>([
  'hearing-notice',
  'hearing-moved',
  'hearing-cancelled',
  'order',
]);

function tasksFor(
  state: CaseState,
  seq: number,
  entry: Entry,
  entries: readonly NumberedEntry[],
  roleOf: (owner: string) => string,
): NewTask[] {
  const task = (role: string, kind: string, textCode: string, details: JsonObject = {}): NewTask[] => [
    {
      key: `${state.caseNumber}/${seq}/${kind}`,
      kind,
      role,
      textCode,
      school: state.school,
      caseNumber: state.caseNumber,
      createdOn: entry.on,
      details,
    },
  ];
  const waits = (letter: LetterName, textCode: string) =>
    task('case-manager', 'letter-waits', textCode, { letter: letter.kind, sequence: letter.sequence });
  const approve = (letter: LetterName, role: string | undefined, textCode: string, more: JsonObject = {}) =>
    role === undefined
      ? []
      : task(role, 'approve-letter', textCode, { letter: letter.kind, sequence: letter.sequence, ...more });
  switch (entry.type) {
    case 'referral-accepted':
      return task('case-manager', 'contact-family', 'CONTACT_THE_FAMILY', { referral: entry.n });
    case 'contact-reminder':
      return task('case-manager', 'contact-reminder', 'NO_CONTACT_WITH_THE_FAMILY', { since: entry.since });
    case 'progress-reviewed': {
      const { n: referral, adequate, sentence } = entry;
      return task('school', 'progress-review', 'PROGRESS_REVIEW', { referral, adequate, sentence });
    }
    case 'letter-blocked': {
      const { kind: letter, sequence, code, dates = [] } = entry;
      return task('case-manager', 'recipient', 'NO_USABLE_RECIPIENT', { letter, sequence, code, dates });
    }
    case 'approval-asked':
      return approve(entry, named(state, entry)?.approval?.role, 'APPROVE_THE_LETTER_AGAIN', {
        because: entry.because,
        dates: entry.dates,
      });
    case 'approval-escalated':
      return approve(entry, entry.to, 'LETTER_NOT_APPROVED_IN_TIME');
    case 'letter-returned': {
      const { kind: letter, sequence, reason } = entry;
      const back = named(state, entry);
      return back
        ? task(returnedTo(back), 'letter-returned', 'LETTER_RETURNED', { letter, sequence, reason })
        : [];
    }
    case 'brought-from-paper': {
      // The office has told the school of everything else already; the order is what it has to watch from here on.
      const { order } = entry.history;
      return order
        ? task('school', 'watch-order', 'WATCH_ATTENDANCE_AFTER_ORDER', { returnDate: order.returnDate })
        : [];
    }
    case 'letter-decided':
      if (entry.approval) return approve(entry, entry.approval.role, 'APPROVE_THE_LETTER');
      // Of a case begun on paper: its last notice never went out.
      if (entry.parked === 'asked') return waits(entry, 'LETTER_WAITS_FOR_YOU');
      return entry.parked === 'between-terms' ? waits(entry, 'LETTER_WAITS_BETWEEN_TERMS') : [];
    case 'letter-parked':
      if (entry.why === 'between-terms') return waits(entry, 'LETTER_WAITS_BETWEEN_TERMS');
      if (entry.why === 'asked') {
        const afterHold = entries.some(
          (one) => one.entry.type === 'hold-released' && one.entry.commandId === entry.commandId,
        );
        return waits(entry, afterHold ? 'LETTERS_WAIT_AFTER_HOLD' : 'LETTER_WAITS_FOR_YOU');
      }
      // With the hearing itself in question its letters are part of that question.
      return entry.why === 'basis' && !state.hearing?.questioned ? waits(entry, 'LETTER_WITHOUT_BASIS') : [];
    case 'letter-questioned': {
      const { kind: letter, sequence, what, dates } = entry;
      if (what === 'none') return [];
      const role = ABOUT_A_HEARING.has(letter) ? 'regional-superintendent' : 'case-manager';
      return task(role, 'letter-questioned', 'LETTER_QUESTIONED', { letter, sequence, what, dates });
    }
    case 'hearing-questioned':
      return task('regional-superintendent', 'hearing-questioned', 'HEARING_QUESTIONED', {
        count: entry.count,
      });
    case 'hearing-day':
      return task('regional-superintendent', 'record-hearing', 'RECORD_THE_HEARING');
    case 'order-issued':
      return task('school', 'watch-order', 'WATCH_ATTENDANCE_AFTER_ORDER', { returnDate: entry.returnDate });
    case 'order-review-due':
      return task('regional-superintendent', 'order-review', 'REVIEW_THE_ORDER');
    case 'order-broken':
      return task('case-manager', 'order-broken', 'ORDER_BROKEN', { date: entry.date });
    case 'hold-expired': {
      const { id: hold, owner } = entry;
      return task(roleOf(owner), 'hold-expired', 'HOLD_EXPIRED', { hold, owner });
    }
    case 'court-referred': {
      const missing = entry.certificate?.missing ?? [];
      return missing.length === 0
        ? []
        : task('case-manager', 'certificate', 'CERTIFICATE_INCOMPLETE', { missing });
    }
    case 'court-answered':
      if (entry.answer === 'accepted') return [];
      return entry.answer === 'returned'
        ? task('case-manager', 'court-returned', 'COURT_RETURNED_THE_REFERRAL')
        : task('case-manager', 'court-declined', 'COURT_DECLINED_THE_REFERRAL');
    case 'court-reminder':
      return task('case-manager', 'court-reminder', 'ASK_THE_COURT_FOR_NEWS');
    case 'closing-asked':
      return task('case-manager', 'closing', 'CLOSE_OR_KEEP', { cleanUpTo: entry.cleanUpTo });
    default:
      return [];
  }
}
