/**
 * The office's morning: schools of which nothing arrives, and the e-mails about worklists. These mails go by the rules
 * of letters: a row is claimed before anything leaves, DATA is noted before it begins, and what is unknown is never sent again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { IsoDate } from '../domain/dates.ts';
import {
  digestAddressees,
  digestText,
  isFor,
  type DigestAddressee,
  type DigestTask,
} from '../domain/digest.ts';
import type { OfficeProfile } from '../domain/office-profile.ts';
import { isOfficeDay } from '../domain/office-days.ts';
import type { OfficePolicy } from '../domain/office-policy.ts';
import type { Db } from '../db/connect.ts';
import {
  claimDigest,
  clearDigestData,
  digestOf,
  markDigestData,
  openTasksOf,
  retakeDigest,
  settleDigest,
  toldTasks,
} from '../db/stores/digests.ts';
import { getOffice, officeToday, sendsDigests, type Office } from '../db/stores/office.ts';
import { listSchools } from '../db/stores/places.ts';
import { policyVersion } from '../db/stores/policies.ts';
import { schoolsWithNews, tellOfSilence } from '../db/stores/silences.ts';
import { addTask } from '../db/stores/tasks.ts';
import { loadOfficePolicy } from '../policies/load.ts';
import type { DeliveryDeps } from './delivery-activities.ts';
import { tryAgain } from './failures.ts';
import type { DigestOutcome, Morning, MorningActivities } from './ports.ts';
import type { SendOutcome } from './smtp.ts';

export function createMorningActivities(deps: DeliveryDeps): MorningActivities {
  const { db } = deps;
  return {
    async beginMorning(given: IsoDate | null): Promise<Morning> {
      const office = await officeOf(db);
      const date = given ?? (await officeToday(db));
      const policy = await policyInForce(db, office);
      if (!isOfficeDay(date, policy.holidays)) return { date, officeDay: false, silent: [], over: [] };
      const { tellAfterSchoolDays } = policy.coverage;
      const silent: string[] = [];
      const over: string[] = [];
      for (const school of await schoolsWithNews(db, date, tellAfterSchoolDays)) {
        const told = await db.transaction((tx) => tellOfSilence(tx, school, date, tellAfterSchoolDays));
        if (told === 'silent') silent.push(school);
        if (told === 'over') over.push(school);
      }
      return { date, officeDay: true, silent, over };
    },

    async planDigests(): Promise<readonly string[]> {
      const office = await officeOf(db);
      if (!sendsDigests(office) || office.profile === null) return [];
      return (await readWorklists(db, office.profile))
        .filter((one) => one.fresh.length > 0)
        .map((one) => one.key)
        .sort();
    },

    async sendDigest(date: IsoDate, addressee: string): Promise<DigestOutcome> {
      const claimedBy = randomUUID();
      const before = await digestOf(db, date, addressee);
      if (before && before.status !== 'claimed') return before.status;
      if (before && !(await retakeDigest(db, date, addressee, claimedBy))) {
        await settleDigest(db, date, addressee, 'unknown', 'CRASHED_AFTER_DATA');
        return settled(db, date, addressee);
      }
      const office = await officeOf(db);
      const { profile } = office;
      const list = profile && (await readWorklists(db, profile)).find((one) => one.key === addressee);
      // A claim taken over tells of what it was claimed for.
      const tasks = before
        ? (list?.open ?? []).filter((task) => before.taskIds.includes(task.id))
        : (list?.fresh ?? []);
      if (!profile || !list || tasks.length === 0) {
        if (before) await settleDigest(db, date, addressee, 'withheld', 'NOTHING_LEFT_TO_TELL');
        return 'nothing';
      }
      const { practice } = office;
      const taskIds = tasks.map((task) => task.id);
      if (!before && !(await claimDigest(db, { date, addressee, taskIds, practice, claimedBy })))
        throw tryAgain(
          'CLAIMED_ELSEWHERE',
          `the morning's mail to ${addressee} is being sent by another attempt`,
        );
      const elsewhere = practice && !deps.mailIsCaught;
      const address = elsewhere ? office.practiceMailbox : list.to.email;
      if (address === null) {
        await settleDigest(db, date, addressee, 'withheld', 'PRACTICE_WITHOUT_MAILBOX');
        return 'withheld';
      }
      const { subject, text } = digestText({ name: profile.name, practice }, date, list.to, tasks);
      const outcome = await send(deps, {
        date,
        addressee,
        claimedBy,
        profile,
        to: list.to,
        address,
        subject,
        text,
      });
      switch (outcome.kind) {
        case 'accepted':
          await settleDigest(db, date, addressee, 'sent');
          break;
        case 'temporary':
          await clearDigestData(db, date, addressee, claimedBy);
          throw tryAgain(
            'MAIL_SERVER_NOT_NOW',
            `the mail server did not take the mail to ${addressee} (${outcome.code})`,
          );
        case 'refused':
          await settleDigest(db, date, addressee, 'refused', outcome.code);
          await tellOfRefusal(db, date, addressee, list.to, outcome.code);
          break;
        case 'unknown':
          await settleDigest(db, date, addressee, 'unknown', outcome.code);
      }
      return settled(db, date, addressee);
    },
  };
}

interface Worklist {
  readonly key: string;
  readonly to: DigestAddressee;
  readonly open: readonly DigestTask[];
  /** Those no mail has told of. */
  readonly fresh: readonly DigestTask[];
}

async function readWorklists(db: Db, profile: OfficeProfile): Promise<Worklist[]> {
  const all = digestAddressees(await listSchools(db), profile.caseManagers);
  const tasks = await openTasksOf(db, ['school', 'case-manager']);
  const told = await toldTasks(db);
  return all.map((to) => {
    const key = keyOf(to);
    const open = tasks.filter((task) => isFor(task, to, all));
    return { key, to, open, fresh: open.filter((task) => told.get(key)?.has(task.id) !== true) };
  });
}

/** Stands in histories and records: the role and a hash, not the address. */
function keyOf(to: DigestAddressee): string {
  return `${to.role}/${createHash('sha256').update(to.email.toLowerCase()).digest('hex').slice(0, 16)}`;
}

interface Outgoing {
  readonly date: IsoDate;
  readonly addressee: string;
  readonly claimedBy: string;
  readonly profile: OfficeProfile;
  readonly to: DigestAddressee;
  readonly address: string;
  readonly subject: string;
  readonly text: string;
}

async function send(deps: DeliveryDeps, mail: Outgoing): Promise<SendOutcome> {
  const { date, addressee, claimedBy, profile } = mail;
  const domain = profile.email.split('@')[1] ?? 'localhost';
  const id = createHash('sha256').update(`digest/${date}/${addressee}`).digest('hex').slice(0, 32);
  const context = Context.current();
  context.heartbeat();
  const beating = setInterval(() => context.heartbeat(), 10_000);
  try {
    return await deps.mailer.send(
      {
        messageId: `<${id}@${domain}>`,
        from: { name: profile.name, address: profile.email },
        replyTo: profile.email,
        to: { name: mail.to.name, address: mail.address },
        subject: mail.subject,
        text: mail.text,
        date: new Date(),
      },
      async () => {
        if (!(await markDigestData(deps.db, date, addressee, claimedBy)))
          throw new Error('the claim is held by another attempt');
      },
    );
  } finally {
    clearInterval(beating);
  }
}

async function settled(db: Db, date: IsoDate, addressee: string): Promise<DigestOutcome> {
  const row = await digestOf(db, date, addressee);
  return row && row.status !== 'claimed' ? row.status : 'unknown';
}

/** An address that is refused would be refused every morning: somebody puts it right. Told once an address. */
async function tellOfRefusal(
  db: Db,
  date: IsoDate,
  addressee: string,
  to: DigestAddressee,
  code: string,
): Promise<void> {
  await addTask(db, {
    key: `digest/${addressee}/refused`,
    kind: 'morning-mail',
    role: 'case-manager',
    school: to.schools?.[0] ?? null,
    textCode: 'MORNING_MAIL_REFUSED',
    details: { role: to.role, code },
    createdOn: date,
  });
}

async function officeOf(db: Db): Promise<Office> {
  const office = await getOffice(db);
  if (!office) throw tryAgain('NO_OFFICE', 'there is no office yet: run the set-up first');
  return office;
}

/** As it is on record; an office from before versions were kept goes by the file. */
async function policyInForce(db: Db, office: Office): Promise<OfficePolicy> {
  const kept = await policyVersion(db, office.policyName, office.policyVersion);
  return kept?.rules ?? (await loadOfficePolicy(office.policyName)).policy;
}
