/** What is missing in a roster before letters can go out: told at the import, not on the day a notice is due. */
import type { GuardianRecord, Guardianship, StudentRecord } from '../../domain/records.ts';
import type { RosterIssue } from './roster-types.ts';

export interface RosterCheck {
  readonly students: number;
  readonly guardians: number;
  readonly guardiansWithEmail: number;
  /** Numbers of the students concerned. */
  readonly withoutContact: readonly string[];
  readonly withoutPrimaryContact: readonly string[];
  readonly livingWithNobody: readonly string[];
  readonly withoutRecipient: readonly string[];
  readonly issues: readonly RosterIssue[];
}

export function checkRoster(
  students: readonly StudentRecord[],
  guardians: readonly GuardianRecord[],
): RosterCheck {
  const links = new Map<string, Guardianship[]>(students.map((s) => [s.sisId, []]));
  const strangers = new Set<string>();
  for (const guardian of guardians) {
    for (const g of guardian.students) {
      const list = links.get(g.student);
      if (list) list.push(g);
      else strangers.add(g.student);
    }
  }
  const where = (test: (list: readonly Guardianship[]) => boolean): string[] =>
    [...links].filter(([, list]) => test(list)).map(([student]) => student);
  const withoutContact = where((list) => list.length === 0);
  const withoutPrimaryContact = where((list) => !list.some((g) => g.primary));
  const livingWithNobody = where((list) => !list.some((g) => g.livesWith));
  const withoutRecipient = where((list) => !list.some((g) => g.legalRecipient !== 'no' && !g.noContact));
  const issue =
    (code: string, message: string) =>
    (record: string): RosterIssue => ({ code, record, message });
  return {
    students: students.length,
    guardians: guardians.length,
    guardiansWithEmail: guardians.filter((g) => g.email !== undefined).length,
    withoutContact,
    withoutPrimaryContact,
    livingWithNobody,
    withoutRecipient,
    issues: [
      ...withoutContact.map(
        issue('NO_CONTACT', 'no contact at all: every letter will stop and ask a person'),
      ),
      ...withoutRecipient
        .filter((s) => !withoutContact.includes(s))
        .map(
          issue('NO_RECIPIENT', 'no legal recipient among the contacts: letters will stop and ask a person'),
        ),
      ...withoutPrimaryContact
        .filter((s) => !withoutContact.includes(s))
        .map(
          issue('NO_PRIMARY_CONTACT', 'no primary contact is marked: letters go to every legal recipient'),
        ),
      ...livingWithNobody
        .filter((s) => !withoutContact.includes(s))
        .map(
          issue('LIVES_WITH_NOBODY', 'no contact is marked as living with the student: check the household'),
        ),
      ...[...strangers].map(
        issue('UNKNOWN_STUDENT', 'contacts are linked to this student, who is not in the roster'),
      ),
    ],
  };
}
