/** Letters as the delivery leaves them for the printer, without a worker. */
import type { Database } from '../../db/connect.ts';
import { stepLetters } from '../../db/schema/index.ts';
import { openCase } from '../../db/stores/cases.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import { queuePrint } from '../../db/stores/notices.ts';
import { beginLeaving } from '../../db/stores/steps.ts';
import { studentIds } from '../../db/stores/students.ts';
import { renderLetter, renderPdf, sampleContext } from '../../templates/index.ts';

/** A letter in the print queue, as the delivery puts it there. */
export async function queuedPrint(
  db: Database,
  sisId: string,
  toName: string,
  toAddress: { lines: string[]; city: string; state: string; postalCode: string },
) {
  const studentId = (await studentIds(db, [sisId])).get(sisId) ?? 0;
  const [adult] = await guardiansOf(db, studentId);
  const letter = renderLetter('first-notice', 'en', sampleContext('first-notice'));
  const pdf = await renderPdf(letter);
  return db.transaction(async (tx) => {
    const opened = await openCase(
      tx,
      { studentId, school: 'PEKIN-HS', policyName: 'roe53', policyVersion: '1', openedOn: '2025-10-15' },
      { actor: 'U-1', role: 'script' },
    );
    const stepKey = `${opened.case.number}/first-notice/1`;
    await tx.insert(stepLetters).values({
      ...{
        key: stepKey,
        caseNumber: opened.case.number,
        kind: 'first-notice',
        sequence: 1,
        status: 'waiting',
      },
      ...{ decidedOn: '2025-10-15', sendOn: '2025-10-15', at: new Date().toISOString() },
    });
    await beginLeaving(tx, stepKey);
    const key = `${stepKey}/g${adult?.id ?? 0}`;
    await queuePrint(
      tx,
      {
        ...{
          key,
          stepKey,
          recipientGuardianIds: [adult?.id ?? 0],
          recipientKind: 'guardian',
          channel: 'print',
        },
        ...{ language: 'en', messageId: null, toEmail: null, toName, toAddress },
        ...{ subject: letter.subject, text: letter.text, html: letter.html, pdf },
        ...{ sha256: 'x', templateVersion: letter.templateVersion, policyVersion: 'roe53/1', evidence: {} },
        ...{ practice: true, insteadOf: null },
      },
      'delivery',
    );
    return key;
  });
}
