/** The board as a terminal shows it: 80 columns, and no more lines than there are. */
import type { Board, BoardCall, BoardOfficer } from '../services/call-board.ts';
import { shortDate } from '../../domain/dates.ts';
import { table, tableWithSentence } from './frame.ts';
import { cell } from './verb.ts';

/** What stands beside the list of calls takes about this many lines, without the officers' own. */
const OTHER_LINES = 16;
const LEAST_CALLS = 3;

/** `lines`: of the terminal; all calls where none is given. */
export function boardText(board: Board, lines = Infinity): string {
  const room = Math.max(LEAST_CALLS, lines - OTHER_LINES - board.officers.length - board.overdue.length);
  const shown = board.calls.slice(0, room);
  const left = board.calls.length - shown.length;
  return [
    `Service calls, ${shortDate(board.officeDate)} ${board.time}`,
    '',
    table(
      ['Class', 'P', 'Wait', '<15m', '<1h', '<1d', 'older', 'Oldest', 'Planned', 'Going'],
      board.classes.map(({ label, priority, byAge, ...one }) => [
        cell(label, 20),
        priority ?? '',
        one.waiting,
        ...[byAge.quarter, byAge.hour, byAge.day, byAge.older],
        one.oldestMinutes === null ? '' : ageOf(one.oldestMinutes),
        one.planned,
        one.underWay,
      ]),
    ),
    '',
    board.officers.length === 0
      ? 'Nobody is on the roster.'
      : table(
          ['Officer', 'Where', 'Till', 'Call', 'School', 'Left', 'There', 'Back by'],
          board.officers.map(officerRow),
        ),
    ...(board.calls.length === 0
      ? ['', 'No open call.']
      : ['', tableWithSentence(['Call', 'P', 'Kind', 'School', 'Age', 'Next'], shown.map(callRow))]),
    ...(left > 0 ? [`and ${left} more: call list`] : []),
    ...(board.overdue.length === 0
      ? ['', 'Nothing is overdue.']
      : ['', 'OVERDUE', ...board.overdue.map((one) => cell(`  ${one.call}  ${one.words}`, 79))]),
  ].join('\n');
}

function officerRow(one: BoardOfficer): (string | number)[] {
  const where = one.standing === 'overdue' ? 'OVERDUE' : one.standing;
  return [
    ...[one.id, where, one.till ?? '', one.call ?? '', cell(one.school, 14)],
    ...[one.left ?? '', one.arrived ?? '', one.backBy ?? ''],
  ];
}

function callRow(one: BoardCall): (string | number)[] {
  return [
    one.callNumber,
    one.priority ?? '',
    cell(one.kind, 20),
    cell(one.school ?? '?', 12),
    ageOf(one.ageMinutes),
    nextInShort(one.next),
  ];
}

/** What is next, for a column: the number of an officer before the words around it. */
export function nextInShort(next: string): string {
  return next.replace(/\bofficer (O-\d+)/gi, '$1').replace(/^Next: /, '');
}

/** `7m`, `2h05`, `3d`. */
export function ageOf(minutes: number): string {
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${String(minutes % 60).padStart(2, '0')}` : `${Math.floor(hours / 24)}d`;
}
