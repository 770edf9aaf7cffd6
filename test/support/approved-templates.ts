/** A live office has read its letters: every text that comes with the program, approved. */
import type { Database } from '../../db/connect.ts';
import { approveTemplate, keepTemplate } from '../../db/stores/templates.ts';
import { languagesOf, LETTER_KINDS, templateSource } from '../../templates/index.ts';

const READER = { actor: 'U-reader', role: 'regional-superintendent' };

export async function approveShipped(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    for (const kind of LETTER_KINDS) {
      for (const language of languagesOf(kind)) {
        const { version, subject, body, partials } = templateSource(kind, language);
        await keepTemplate(
          tx,
          { kind, language, version, subject, body, partials, origin: 'shipped' },
          READER,
        );
        await approveTemplate(tx, { kind, language, version }, READER);
      }
    }
  });
}
