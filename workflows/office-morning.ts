/**
 * The office's morning: who has fallen silent is told, and whose worklist has something new gets one e-mail. One a day
 * for the whole office, never one a case: what cases have to say they say themselves.
 */
import { ActivityFailure, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import { shortDate, type IsoDate } from '../domain/dates.ts';
import type { DigestOutcome } from '../activities/ports.ts';
import { digesting, mornings } from './activity-profiles.ts';
import type { MorningInput } from './office-morning.messages.ts';

export interface MorningResult {
  readonly date: IsoDate;
  readonly silent: readonly string[];
  readonly over: readonly string[];
  /** `gave-up`: the mail server would not take it all morning; the next morning tells of the same tasks. */
  readonly mails: Readonly<Partial<Record<DigestOutcome | 'gave-up', number>>>;
}

export async function officeMorning(input: MorningInput): Promise<MorningResult> {
  const { date, officeDay, silent, over } = await mornings.beginMorning(input.date ?? null);
  if (!officeDay) {
    setCurrentDetails(`${shortDate(date)} is no office day: nothing was looked at.`);
    return { date, silent, over, mails: {} };
  }
  const addressees = await mornings.planDigests();
  // Each by itself: an address that hangs keeps nobody else waiting.
  const outcomes = await Promise.all(addressees.map((addressee) => mail(date, addressee)));
  const mails: Partial<Record<DigestOutcome | 'gave-up', number>> = {};
  for (const outcome of outcomes) mails[outcome] = (mails[outcome] ?? 0) + 1;
  setCurrentDetails(
    [
      `**The morning of ${shortDate(date)}.**`,
      `- silent since today: ${silent.join(', ') || 'no school'}`,
      `- no longer silent: ${over.join(', ') || 'no school'}`,
      `- e-mails about worklists: ${describe(mails)}`,
    ].join('\n'),
  );
  return { date, silent, over, mails };
}

async function mail(date: IsoDate, addressee: string): Promise<DigestOutcome | 'gave-up'> {
  try {
    return await digesting.sendDigest(date, addressee);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return 'gave-up';
  }
}

function describe(mails: MorningResult['mails']): string {
  const parts = Object.entries(mails).map(([outcome, count]) => `${count} ${outcome}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
