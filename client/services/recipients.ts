/** Who a letter about a student would go to, from the records as they stand. */
import type { IsoDate } from '../../domain/dates.ts';
import { chooseRecipients, type Guardian, type Recipients } from '../../domain/recipients.ts';
import type { Db } from '../../db/connect.ts';
import { guardiansOf, type GuardianOfStudent } from '../../db/stores/guardians.ts';
import type { Student } from '../../db/stores/students.ts';

/** As the rules read a guardian: an address that came back is none. */
export function toGuardian(kept: GuardianOfStudent): Guardian {
  return {
    id: kept.id,
    names: { first: kept.firstName, last: kept.lastName },
    relation: kept.relation,
    legalRecipient: kept.legalRecipient,
    livesWith: kept.livesWith,
    noContact: kept.noContact,
    language: kept.language,
    email: kept.emailBadSince === null ? kept.email : null,
    address: kept.addressBadSince === null ? kept.address : null,
  };
}

export async function recipientsOf(db: Db, student: Student, on: IsoDate): Promise<Recipients> {
  const guardians = await guardiansOf(db, student.id);
  return chooseRecipients({ birthDate: student.birthDate }, guardians.map(toGuardian), on);
}

/** For answers and questions: how, in which language, and whether anybody had to be assumed; no names, no addresses. */
export function describeRecipients(recipients: Recipients): {
  to: { channel: 'email' | 'print'; language: string; assumed: boolean }[];
  blocked: string | null;
} {
  return recipients.ok
    ? {
        to: recipients.addressees.map(({ channel, language, assumed }) => ({ channel, language, assumed })),
        blocked: null,
      }
    : { to: [], blocked: recipients.code };
}
