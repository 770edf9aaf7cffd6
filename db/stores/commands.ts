/** Doors outside any case: a command sent twice is done once, and answered alike. */
import { eq } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { commands } from '../schema/index.ts';
import { causeColumns } from './common.ts';
import type { Cause } from './common.ts';

export type CommandAnswer<R> =
  | { readonly outcome: 'done'; readonly response: R }
  | { readonly outcome: 'repeated'; readonly response: R }
  /** The id was used before for something else: the caller's mistake, nothing was done. */
  | { readonly outcome: 'id-reused' };

/**
 * Runs `work` in a transaction together with the command's own row. A repeat waits for the first to commit and gets its
 * answer; if the first fails, the repeat does the work. Lock order: command → whatever `work` locks.
 */
export async function once<R extends JsonObject>(
  db: Db,
  command: { readonly id: string; readonly door: string; readonly requestHash: string },
  cause: Cause,
  work: (tx: Tx) => Promise<R>,
): Promise<CommandAnswer<R>> {
  return db.transaction(async (tx) => {
    const first = await tx
      .insert(commands)
      .values({
        commandId: command.id,
        door: command.door,
        requestHash: command.requestHash,
        ...causeColumns(cause),
      })
      .onConflictDoNothing()
      .returning({ id: commands.commandId });
    if (first.length > 0) {
      const response = await work(tx);
      await tx.update(commands).set({ response }).where(eq(commands.commandId, command.id));
      return { outcome: 'done', response };
    }
    const [before] = await tx.select().from(commands).where(eq(commands.commandId, command.id));
    if (before?.door !== command.door || before.requestHash !== command.requestHash) {
      return { outcome: 'id-reused' };
    }
    return { outcome: 'repeated', response: before.response as R };
  });
}
