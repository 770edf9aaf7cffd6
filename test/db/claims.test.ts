/** The last look before a letter is claimed: what the records say then decides, and nothing changes them meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { mergeMarks, marksOfStudent } from '../../db/stores/attendance.ts';
import { claimNotice, noticesOf, queuePrint, type NoticeDraft } from '../../db/stores/notices.ts';
import { beginLeaving, stepKeyOf } from '../../db/stores/steps.ts';
import { getStudent } from '../../db/stores/students.ts';
import { addCase, CLERK, setUpOffice } from '../support/office-records.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase({ max: 6 });
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

async function leaving() {
  const made = await addCase(db);
  const stepKey = stepKeyOf(made.case.number, 'first-notice', 1);
  await db.transaction((tx) => beginLeaving(tx, stepKey));
  const student = await getStudent(db, made.case.studentId);
  if (!student) throw new Error('there is no student');
  const draft: NoticeDraft = {
    key: `${stepKey}/g${made.guardianId}`,
    stepKey,
    recipientGuardianIds: [made.guardianId],
    recipientKind: 'guardian',
    channel: 'email',
    language: 'en',
    messageId: `<${stepKey}@example.org>`,
    toEmail: 'parent@example.org',
    subject: 'About attendance',
    text: 'Dear parent',
    html: '<p>Dear parent</p>',
    pdf: null,
    sha256: 'a'.repeat(64),
    templateVersion: '1',
    policyVersion: '1',
    evidence: {},
    practice: false,
  };
  const excuse = () =>
    db.transaction((tx) =>
      mergeMarks(
        tx,
        [{ sisId: student.sisId, school: 'NORTH-HS', date: '2025-01-14', code: 'E', fraction: 1 }],
        { ...CLERK, source: 'D1/test' },
      ),
    );
  return { number: made.case.number, student, draft, excuse };
}

describe('the records looked at within the claim', () => {
  it.each(['restated', 'basis-lost'] as const)('%s: nothing is claimed, nothing queued', async (how) => {
    const { number, draft } = await leaving();
    const standing = async () => how;
    const claim = await db.transaction((tx) => claimNotice(tx, draft, 'one', standing));
    expect(claim).toEqual({ outcome: 'evidence-changed', how });
    const print = await db.transaction((tx) => queuePrint(tx, draft, 'one', standing));
    expect(print).toEqual({ outcome: 'evidence-changed', how });
    expect(await noticesOf(db, number)).toEqual([]);
  });

  it('are not asked again once the letter is claimed', async () => {
    const { draft } = await leaving();
    const first = await db.transaction((tx) => claimNotice(tx, draft, 'one', async () => 'as-drafted'));
    expect(first.outcome).toBe('claimed');
    const again = await db.transaction((tx) => claimNotice(tx, draft, 'two', async () => 'basis-lost'));
    expect(again.outcome).toBe('existing');
  });

  it('stay as they are until the claim has committed: a correction waits for it', async () => {
    const { student, draft, excuse } = await leaving();
    const order: string[] = [];
    let correction: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      const claim = await claimNotice(tx, draft, 'one', async (inner) => {
        correction = excuse().then(() => order.push('corrected'));
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(await marksOfStudent(inner, student.id)).toEqual([]);
        return 'as-drafted';
      });
      expect(claim.outcome).toBe('claimed');
      order.push('claimed');
    });
    await correction;
    expect(order).toEqual(['claimed', 'corrected']);
    expect(await marksOfStudent(db, student.id)).toHaveLength(1);
  });

  it('hold a correction that came first', async () => {
    const { student, draft, excuse } = await leaving();
    await excuse();
    let seen = 0;
    await db.transaction((tx) =>
      claimNotice(tx, draft, 'one', async (inner) => {
        seen = (await marksOfStudent(inner, student.id)).length;
        return 'basis-lost';
      }),
    );
    expect(seen).toBe(1);
  });
});
