/** Who a letter about a student would go to, from the records as they stand. */
import type { IsoDate } from '../../domain/dates.ts';
import { chooseRecipients, type ChannelPolicy, type Recipients } from '../../domain/recipients.ts';
import type { Db } from '../../db/connect.ts';
import { asRecipient, guardiansOf } from '../../db/stores/guardians.ts';
import type { Student } from '../../db/stores/students.ts';

export async function recipientsOf(
  db: Db,
  student: Student,
  on: IsoDate,
  channel?: ChannelPolicy,
): Promise<Recipients> {
  const guardians = await guardiansOf(db, student.id);
  return chooseRecipients({ birthDate: student.birthDate }, guardians.map(asRecipient), on, channel);
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
