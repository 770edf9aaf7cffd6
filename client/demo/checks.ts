/** A demo's own checks at its end: each letter once, the same year as the rehearsal's, nothing left in motion. */
import type { Entry } from '../../domain/case/entries.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { letterName } from '../../domain/rehearsal.ts';
import type { CaseShown, ShownNotice, WholeCase } from '../services/cases.ts';
import type { Settledness } from '../services/office.ts';
import { inParallel, type Api } from './api-client.ts';
import { compareAccounts, differenceText, type Account, type Difference } from './compare.ts';
import { stepsOf, type Step } from './steps.ts';

export interface Check {
  readonly name: string;
  readonly held: boolean;
  /** What was found, in a sentence. */
  readonly found: string;
  /** The first faults, one a line. */
  readonly faults: readonly string[];
}

export interface Lived {
  readonly account: Account;
  readonly notices: readonly ShownNotice[];
  readonly cases: number;
  /** Letters that went by post although an e-mail was tried, by {@link letterName}. */
  readonly byPost: ReadonlySet<string>;
}

/** A caught message as far as the checks look at it. */
export interface CaughtMessage {
  readonly messageId: string | null;
}

/** Every case's journal and letters, through the API, as staff would read them. */
export async function readLived(api: Api): Promise<Lived> {
  const numbers: { number: string; student: string }[] = [];
  for (let after = ''; ;) {
    const page = await api.get<{ cases: CaseShown[]; next: string | null }>(
      `/v1/cases?status=any&limit=500${after === '' ? '' : `&after=${after}`}`,
    );
    numbers.push(...page.cases.map(({ caseNumber, student }) => ({ number: caseNumber, student })));
    if (page.next === null) break;
    after = page.next;
  }
  const whole = new Map<string, WholeCase>();
  await inParallel(numbers, 4, async ({ number }) => {
    whole.set(number, await api.get<WholeCase>(`/v1/cases/${number}`));
  });
  const account = new Map<string, Step[]>();
  const notices: ShownNotice[] = [];
  const byPost = new Set<string>();
  for (const { number, student } of numbers) {
    const one = whole.get(number)!;
    account.set(student, [...(account.get(student) ?? []), ...stepsOf(entriesOf(one))]);
    notices.push(...one.notices);
    for (const name of postedInstead(one)) byPost.add(name);
  }
  return { account, notices, cases: numbers.length, byPost };
}

/** Steps that are out by post after an e-mail of theirs was lost or refused. */
function postedInstead(whole: WholeCase): string[] {
  const failed = new Set(
    whole.notices
      .filter((one) => one.channel === 'email' && (one.status === 'refused' || one.settledAs === 'print'))
      .map((one) => one.step),
  );
  return entriesOf(whole)
    .filter((entry) => entry.type === 'letter-out')
    .filter(({ kind, sequence, channel }) => {
      return channel === 'print' && failed.has(`${whole.caseNumber}/${kind}/${sequence}`);
    })
    .map((entry) => letterName(whole.student, whole.openedOn, entry));
}

function entriesOf(whole: WholeCase): Entry[] {
  return [...whole.journal]
    .sort((a, b) => a.seq - b.seq)
    .map(({ type, on, data }) => ({ ...data, type, on }) as unknown as Entry);
}

/** (1) Every letter recorded as sent is in the catcher exactly once, and nothing else is; no print waits. */
export function checkLetters(lived: Lived, caught: readonly CaughtMessage[], postsPrints: boolean): Check {
  const times = new Map<string, number>();
  for (const { messageId } of caught) {
    const id = bare(messageId ?? '');
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  const faults: string[] = [];
  const sent = lived.notices.filter((one) => one.channel === 'email' && one.status === 'sent');
  const prints = lived.notices.filter((one) => one.channel === 'print');
  for (const notice of sent) {
    const found = times.get(bare(notice.messageId ?? '')) ?? 0;
    if (found !== 1) faults.push(`${notice.key}: ${found} times in the mail catcher`);
    times.delete(bare(notice.messageId ?? ''));
  }
  for (const [id, found] of times)
    faults.push(`${id || 'a mail without Message-ID'}: ${found} in the catcher, recorded nowhere`);
  for (const notice of lived.notices) {
    const fine = notice.status === 'sent' || notice.status === 'posted' || notice.status === 'refused';
    const waitsAsScripted = !postsPrints && notice.status === 'queued';
    const settledByPrint = notice.status === 'unknown' && notice.settledAs === 'print';
    if (!fine && !waitsAsScripted && !settledByPrint) faults.push(`${notice.key}: ${notice.status}`);
  }
  return {
    name: 'each letter once',
    held: faults.length === 0,
    found: `${caught.length} mails in the catcher, ${sent.length} recorded as sent, ${prints.length} prints`,
    faults,
  };
}

/** (2) The same steps on the same dates as without Temporal, database and mail. */
export function checkRehearsal(
  lived: Lived,
  rehearsed: Account,
): { check: Check; differences: readonly Difference[] } {
  const differences = compareAccounts(lived.account, rehearsed);
  const steps = [...rehearsed.values()].reduce((sum, one) => sum + one.length, 0);
  return {
    differences,
    check: {
      name: 'as rehearsed',
      held: differences.length === 0,
      found: `${rehearsed.size} students, ${steps} steps; ${differences.length} differ${
        lived.byPost.size > 0
          ? ` (${lived.byPost.size} letters went by post because their e-mail was lost or refused; rehearsed so)`
          : ''
      }`,
      faults: differences.map((one) => differenceText(one, { left: 'the demo', right: 'the rehearsal' })),
    },
  };
}

/** (3) Nothing waits, no claim is open. */
export function checkSettled(status: Settledness, today: IsoDate, refusals: readonly string[]): Check {
  const faults = [
    ...(status.outboxPending > 0 ? [`${status.outboxPending} messages wait in the outbox`] : []),
    ...(status.lettersDueWaiting > 0
      ? [`${status.lettersDueWaiting} letters are due and have not left`]
      : []),
    ...(status.claimsOpen > 0 ? [`${status.claimsOpen} letters are claimed without an outcome`] : []),
    ...(status.casesBehind > 0 ? [`${status.casesBehind} cases are behind their messages`] : []),
    ...(status.today === today ? [] : [`the office is at ${status.today}, not at ${today}`]),
    ...refusals,
  ];
  return {
    name: 'nothing in motion',
    held: faults.length === 0,
    found:
      faults.length === 0
        ? 'nothing waits, no claim is open'
        : `${faults.length} things are not as they should be`,
    faults,
  };
}

function bare(messageId: string): string {
  return messageId.trim().replace(/^<|>$/g, '');
}
