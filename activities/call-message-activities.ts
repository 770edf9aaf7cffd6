/** Messages of service calls and monitors: claimed before anything leaves, never sent twice, in practice mode never to a real gateway. */
import { createHash, randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { callMessageText, radioTask, type CallMessageAbout } from '../domain/calls/messages.ts';
import type { OfficeProfile } from '../domain/office-profile.ts';
import type { ContactFunction } from '../domain/records.ts';
import {
  callMessageOf,
  claimMessage,
  clearMessageData,
  markMessageData,
  settleMessage,
  type CallMessageRow,
} from '../db/stores/call-messages.ts';
import { getOffice } from '../db/stores/office.ts';
import { officerById, officerOnRecord } from '../db/stores/officers.ts';
import { schoolByCode } from '../db/stores/places.ts';
import { callByNumber, offersOf } from '../db/stores/service-calls.ts';
import { addTask, endTasks } from '../db/stores/tasks.ts';
import type { DeliveryDeps } from './delivery-activities.ts';
import { tryAgain } from './failures.ts';
import type { CallMessageActivities } from './ports.ts';
import { isLoopbackUrl, postWebhook } from './webhook.ts';

export function createCallMessageActivities(deps: DeliveryDeps): CallMessageActivities {
  const { db } = deps;
  return {
    async sendCallMessage(key: string): Promise<string> {
      const row = await callMessageOf(db, key);
      if (!row) throw tryAgain('MESSAGE_NOT_RECORDED', `the message ${key} is not in the records yet`);
      if (row.settledAt !== null) return row.status;
      // E-mail cannot be told apart from one that has arrived; a gateway drops a repeat by its key.
      if (row.dataStartedAt !== null && row.channel === 'email') {
        return settle(deps, row, 'unknown', 'CRASHED_AFTER_DATA');
      }
      if (await isOver(deps, row)) return settle(deps, row, 'late', 'OFFER_OVER');
      const office = await getOffice(db);
      const profile = office?.profile;
      if (!office || !profile) throw tryAgain('NO_OFFICE', 'the office has no letterhead yet');
      const claimedBy = randomUUID();
      const { practice } = office;
      if (!(await claimMessage(db, key, claimedBy, practice))) {
        throw tryAgain('CLAIMED_ELSEWHERE', `the message ${key} is being sent by another attempt`);
      }
      const words = callMessageText(row.kind, await aboutOf(deps, row), practice);
      if (row.channel === 'webhook') return byWebhook(deps, row, words, practice);
      const to = await addressOf(deps, row, profile);
      if (!to) return settle(deps, row, 'refused', 'NO_ADDRESS');
      const address = practice && !deps.mailIsCaught ? office.practiceMailbox : to.email;
      if (address === null) return settle(deps, row, 'withheld', 'PRACTICE_WITHOUT_MAILBOX');
      const outcome = await byMail(deps, row, profile, { ...to, email: address }, words, claimedBy);
      switch (outcome.kind) {
        case 'accepted':
          return settle(deps, row, 'sent');
        case 'refused':
          return settle(deps, row, 'refused', outcome.code);
        case 'unknown':
          return settle(deps, row, 'unknown', outcome.code);
        case 'temporary':
          await clearMessageData(db, key, claimedBy);
          await radioMeanwhile(deps, row, outcome.code);
          throw tryAgain('MAIL_SERVER_NOT_NOW', `the mail server did not take ${key} (${outcome.code})`);
      }
    },

    async giveUpCallMessage(key: string): Promise<void> {
      const row = await callMessageOf(db, key);
      if (row?.settledAt === null) await settle(deps, row, 'refused', 'GIVEN_UP');
    },
  };
}

/** An alarm carries the telephone of whoever is overdue, as the roster has it now: it is kept in no message. */
async function aboutOf({ db }: DeliveryDeps, { kind, details }: CallMessageRow): Promise<CallMessageAbout> {
  const about = details as unknown as CallMessageAbout;
  if (kind !== 'overdue' || about.officer === undefined) return about;
  const { phone } = (await officerOnRecord(db, about.officer)) ?? { phone: null };
  return phone === null ? about : { ...about, phone };
}

/** An offer that somebody else has by now would only confuse. */
async function isOver({ db }: DeliveryDeps, { kind, key, callNumber }: CallMessageRow): Promise<boolean> {
  if (kind !== 'offer') return false;
  const nth = Number(key.split('/').at(-1));
  const offer = (await offersOf(db, callNumber)).find((one) => one.nth === nth);
  return offer !== undefined && offer.status !== 'open';
}

async function settle(
  deps: DeliveryDeps,
  row: CallMessageRow,
  status: CallMessageRow['status'],
  code: string | null = null,
): Promise<string> {
  await settleMessage(deps.db, row.key, status, code);
  if (status === 'sent')
    await endTasks(deps.db, row.callNumber, { kind: 'radio', details: { key: row.key }, note: 'it arrived' });
  if (status !== 'sent' && status !== 'late') await tellDispatcher(deps, row, code);
  return status;
}

/** Tries, some seconds in all, after which a person is faster than a gateway that is away. */
const TRIES_ALONE = 3;

/** An offer lives for minutes: the dispatcher radios it while the gateway goes on being tried; taken after all, the task goes. */
async function radioMeanwhile(deps: DeliveryDeps, row: CallMessageRow, code: string): Promise<void> {
  if (Context.current().info.attempt >= TRIES_ALONE) await tellDispatcher(deps, row, code);
}

/** It did not arrive, or nobody knows: the dispatcher radios or rings. */
async function tellDispatcher({ db }: DeliveryDeps, row: CallMessageRow, code: string | null): Promise<void> {
  const call = await callByNumber(db, row.callNumber);
  await addTask(db, {
    key: `${row.key}/radio`,
    kind: 'radio',
    caseNumber: row.callNumber,
    school: call?.school ?? null,
    role: 'dispatcher',
    textCode: radioWords(row),
    details: { key: row.key, message: row.kind, officer: row.officer, function: row.function, code },
  });
}

function radioWords({ officer, kind }: CallMessageRow): string {
  if (officer === null) return 'RING_THEM_THE_MESSAGE_DID_NOT_ARRIVE';
  return radioTask(kind);
}

async function byWebhook(
  deps: DeliveryDeps,
  row: CallMessageRow,
  words: { text: string },
  practice: boolean,
): Promise<string> {
  const officer = row.officer === null ? undefined : await officerById(deps.db, row.officer);
  if (!officer?.reach || !officer.secret) return settle(deps, row, 'refused', 'NO_ADDRESS');
  if (practice && !isLoopbackUrl(officer.reach)) return settle(deps, row, 'withheld', 'PRACTICE');
  const body = JSON.stringify({
    key: row.key,
    kind: row.kind,
    call: row.callNumber,
    officer: officer.id,
    text: words.text,
  });
  const outcome = await postWebhook({ url: officer.reach, secret: officer.secret, key: row.key, body });
  if (outcome.kind === 'accepted') return settle(deps, row, 'sent');
  if (outcome.kind === 'refused') return settle(deps, row, 'refused', outcome.code);
  await radioMeanwhile(deps, row, outcome.code);
  throw tryAgain('GATEWAY_NOT_NOW', `the gateway did not take ${row.key} (${outcome.code})`);
}

interface Addressee {
  readonly name: string;
  readonly email: string;
}

async function addressOf(
  { db }: DeliveryDeps,
  row: CallMessageRow,
  profile: OfficeProfile,
): Promise<Addressee | null> {
  if (row.officer !== null) {
    const officer = await officerById(db, row.officer);
    return officer?.reach ? { name: officer.name, email: officer.reach } : null;
  }
  if (row.school === null) {
    const { name, email } = profile.caseManagers.default;
    return { name, email };
  }
  const contacts = (await schoolByCode(db, row.school))?.contacts ?? [];
  const of = (fn: ContactFunction) => contacts.find((one) => one.function === fn && (one.email ?? '') !== '');
  const found = of(row.function as ContactFunction) ?? of('principal');
  return found?.email === undefined ? null : { name: found.name, email: found.email };
}

async function byMail(
  { db, mailer }: DeliveryDeps,
  row: CallMessageRow,
  profile: OfficeProfile,
  to: Addressee,
  words: { subject: string; text: string },
  claimedBy: string,
) {
  const domain = profile.email.split('@')[1] ?? 'localhost';
  const id = createHash('sha256').update(`call-message/${row.key}`).digest('hex').slice(0, 32);
  const context = Context.current();
  context.heartbeat();
  const beating = setInterval(() => context.heartbeat(), 10_000);
  try {
    return await mailer.send(
      {
        messageId: `<${id}@${domain}>`,
        from: { name: profile.name, address: profile.email },
        replyTo: profile.email,
        to: { name: to.name, address: to.email },
        subject: words.subject,
        text: words.text,
        date: new Date(),
      },
      async () => {
        if (!(await markMessageData(db, row.key, claimedBy)))
          throw new Error('the claim is held by another attempt');
      },
    );
  } finally {
    clearInterval(beating);
  }
}
