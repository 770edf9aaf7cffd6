/** Letters as the delivery leaves them for the printer, without a worker. */
import type { Database } from '../../db/connect.ts';
import { stepLetters } from '../../db/schema/index.ts';
import { openCase } from '../../db/stores/cases.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import {
  claimNotice,
  markDataStarted,
  markSent,
  queuePrint,
  type NoticeDraft,
} from '../../db/stores/notices.ts';
import { beginLeaving } from '../../db/stores/steps.ts';
import { studentIds } from '../../db/stores/students.ts';
import { renderLetter, renderPdf, sampleContext } from '../../templates/index.ts';

interface Home {
  lines: string[];
  city: string;
  state: string;
  postalCode: string;
}

/** A first notice of a new case, its step about to leave, as it is drafted for its reader. */
async function drafted(db: Database, sisId: string, toName: string, toAddress: Home, toEmail: string | null) {
  const studentId = (await studentIds(db, [sisId])).get(sisId) ?? 0;
  const [adult] = await guardiansOf(db, studentId);
  const letter = renderLetter('first-notice', 'en', sampleContext('first-notice'));
  const pdf = await renderPdf(letter);
  const opened = await openCase(
    db,
    { studentId, school: 'PEKIN-HS', policyName: 'roe53', policyVersion: '1', openedOn: '2025-10-15' },
    { actor: 'U-1', role: 'script' },
  );
  const stepKey = `${opened.case.number}/first-notice/1`;
  await db.insert(stepLetters).values({
    ...{ key: stepKey, caseNumber: opened.case.number, kind: 'first-notice', sequence: 1, status: 'waiting' },
    ...{ decidedOn: '2025-10-15', sendOn: '2025-10-15', at: new Date().toISOString() },
  });
  await beginLeaving(db, stepKey);
  const key = `${stepKey}/g${adult?.id ?? 0}`;
  const draft: NoticeDraft = {
    ...{ key, stepKey, recipientGuardianIds: [adult?.id ?? 0], recipientKind: 'guardian', language: 'en' },
    ...{ channel: toEmail === null ? 'print' : 'email', toEmail, toName, toAddress },
    messageId: toEmail === null ? null : `<${opened.case.number}@roe53.example>`,
    ...{ subject: letter.subject, text: letter.text, html: letter.html, pdf },
    ...{ sha256: 'x', templateVersion: letter.templateVersion, policyVersion: 'roe53/1', evidence: {} },
    ...{ practice: true, insteadOf: null },
  };
  return draft;
}

/** A letter in the print queue, as the delivery puts it there. */
export async function queuedPrint(
  db: Database,
  sisId: string,
  toName: string,
  toAddress: Home,
): Promise<string> {
  const draft = await drafted(db, sisId, toName, toAddress, null);
  await db.transaction((tx) => queuePrint(tx, draft, 'delivery'));
  return draft.key;
}

/** A letter that a mail server has taken; by its Message-ID a report names it. */
export async function mailedLetter(
  db: Database,
  sisId: string,
  toName: string,
  toAddress: Home,
  toEmail: string,
): Promise<{ readonly key: string; readonly messageId: string }> {
  const draft = await drafted(db, sisId, toName, toAddress, toEmail);
  await db.transaction((tx) => claimNotice(tx, draft, 'delivery'));
  await markDataStarted(db, draft.key, 'delivery');
  await db.transaction((tx) =>
    markSent(tx, draft.key, {
      ...{ acceptedAt: new Date().toISOString(), smtpResponse: '250 ok', outOn: '2025-10-15' },
    }),
  );
  return { key: draft.key, messageId: draft.messageId ?? '' };
}
