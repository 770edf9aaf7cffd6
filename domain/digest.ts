/**
 * The morning's e-mail about a worklist: who gets one, and what it says. Counts, case numbers, school codes and the words
 * of the tasks; never a name of a child or a family, as mailboxes are shared and forwarded.
 */
import { shortDate, type IsoDate } from './dates.ts';
import type { OfficeProfile } from './office-profile.ts';
import type { SchoolContact } from './records.ts';
import { taskText } from './task-words.ts';

/** Whose worklist: one person of a function, and the schools whose tasks stand there. */
export interface DigestAddressee {
  readonly role: 'school' | 'case-manager';
  readonly name: string;
  readonly email: string;
  /** Codes; null: every school that no other addressee of the role has, and tasks of no school. */
  readonly schools: readonly string[] | null;
}

export interface DigestTask {
  readonly id: number;
  readonly role: string;
  readonly school: string | null;
  readonly caseNumber: string | null;
  readonly textCode: string;
}

type WithEmail = SchoolContact & { readonly email: string };

/** "Tell the school": its attendance clerks, else its principals; those with an address, one mail to each of them. */
function schoolAddressees(code: string, contacts: readonly SchoolContact[]): DigestAddressee[] {
  const reachable = contacts.filter((one): one is WithEmail => (one.email ?? '') !== '');
  const clerks = reachable.filter((one) => one.function === 'attendance-clerk');
  const answering = clerks.length > 0 ? clerks : reachable.filter((one) => one.function === 'principal');
  return answering.map(({ name, email }) => ({ role: 'school', name, email, schools: [code] }));
}

/** Everybody who may get an e-mail in the morning; an address that stands for several schools gets one for all of them. */
export function digestAddressees(
  schools: readonly { readonly code: string; readonly contacts: readonly SchoolContact[] }[],
  managers: OfficeProfile['caseManagers'],
): DigestAddressee[] {
  const { default: general, ...own } = managers;
  const all: DigestAddressee[] = [
    ...schools.flatMap(({ code, contacts }) => schoolAddressees(code, contacts)),
    { role: 'case-manager', name: general.name, email: general.email, schools: null },
    ...Object.entries(own).map(([code, { name, email }]): DigestAddressee => ({
      role: 'case-manager',
      name,
      email,
      schools: [code],
    })),
  ];
  const one = new Map<string, DigestAddressee>();
  for (const addressee of all) {
    const key = `${addressee.role} ${addressee.email.toLowerCase()}`;
    const known = one.get(key);
    one.set(key, known ? { ...known, schools: together(known.schools, addressee.schools) } : addressee);
  }
  return [...one.values()];
}

function together(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  return a === null || b === null ? null : [...new Set([...a, ...b])].sort();
}

/** Whether a task stands on somebody's worklist, among all addressees of the morning. */
export function isFor(task: DigestTask, to: DigestAddressee, all: readonly DigestAddressee[]): boolean {
  if (task.role !== to.role) return false;
  const has = (one: DigestAddressee) => task.school !== null && one.schools?.includes(task.school) === true;
  if (has(to)) return true;
  return to.schools === null && !all.some((other) => other.role === to.role && other !== to && has(other));
}

/** Case numbers shown of one kind of task; the worklist itself has all. */
const SHOWN = 12;

export interface DigestText {
  readonly subject: string;
  readonly text: string;
}

export function digestText(
  office: { readonly name: string; readonly practice: boolean },
  date: IsoDate,
  to: DigestAddressee,
  tasks: readonly DigestTask[],
): DigestText {
  const count = `${tasks.length} new ${tasks.length === 1 ? 'task' : 'tasks'}`;
  const kinds = new Map<string, DigestTask[]>();
  for (const task of tasks) {
    const same = kinds.get(task.textCode) ?? [];
    same.push(task);
    kinds.set(task.textCode, same);
  }
  const where = to.schools?.length === 1 ? ` for ${to.schools[0]}` : '';
  const lines = [...kinds].map(([code, same]) => {
    const named = [...new Set(same.map((one) => one.caseNumber ?? one.school ?? 'office'))].sort();
    const more = named.length > SHOWN ? ` and ${named.length - SHOWN} more` : '';
    return `- ${taskText(code)} (${same.length}): ${named.slice(0, SHOWN).join(', ')}${more}`;
  });
  return {
    subject: `${office.practice ? '[PRACTICE] ' : ''}${count} on your worklist${where}, ${shortDate(date)}`,
    text: [
      ...(office.practice ? ['PRACTICE: this office is practising.', ''] : []),
      `Since the last morning's mail there ${tasks.length === 1 ? 'is' : 'are'} ${count} on your worklist${where}:`,
      '',
      ...lines,
      '',
      `The worklist has the rest: truancy todo --as ${to.role}`,
      '',
      office.name,
      '',
    ].join('\n'),
  };
}
