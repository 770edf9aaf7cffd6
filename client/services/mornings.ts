/** The office's mornings: a driven office's own, and whether worklists are told by e-mail. */
import type { IsoDate } from '../../domain/dates.ts';
import { isOfficeDay } from '../../domain/office-days.ts';
import { sendsDigests, updateOffice } from '../../db/stores/office.ts';
import { schoolsWithNews } from '../../db/stores/silences.ts';
import { allow, audited, officeOf, officePolicyOf, type Call } from './context.ts';

/**
 * A driven office has no clock to start its mornings. One is started only where it would have something to do, so that a
 * year of days passes quickly; false where there was nothing, or it has been run already.
 */
export async function drivenMorning(call: Call, date: IsoDate): Promise<boolean> {
  const { db } = call;
  const office = await officeOf(db);
  const policy = await officePolicyOf(call, db);
  if (!isOfficeDay(date, policy.holidays)) return false;
  const { tellAfterSchoolDays } = policy.coverage;
  if (!sendsDigests(office) && (await schoolsWithNews(db, date, tellAfterSchoolDays)).length === 0)
    return false;
  return call.caseClient.runMorning(date).catch((error: unknown) => {
    call.log.warn({ date, error: String(error).slice(0, 200) }, 'the morning was not started');
    return false;
  });
}

/** Whether each morning an e-mail tells schools and Case Managers that their worklists hold something new. */
export async function setDigests(call: Call, send: boolean): Promise<{ digests: boolean }> {
  allow(call, 'office.go-live');
  await call.db.transaction(async (tx) => {
    const office = await officeOf(tx);
    if (sendsDigests(office) === send && office.digests !== null) return;
    await updateOffice(tx, { digests: send });
    await audited(tx, call, 'office.digests-set', `office ${office.code}`, { send });
  });
  return { digests: send };
}
