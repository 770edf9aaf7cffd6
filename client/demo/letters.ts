/** What the invented office does with letters on the day they arise: posts its prints, settles mails of unknown outcome. */
import type { IsoDate } from '../../domain/dates.ts';
import { chooseRecipients } from '../../domain/recipients.ts';
import type { ChangedCase, ShownNotice } from '../services/cases.ts';
import type { Api } from './api-client.ts';
import { peopleOf, type Dataset } from './dataset.ts';

/** Whether the mail server has a message, by its Message-ID. */
export interface CaughtMail {
  has(messageId: string): boolean;
}

export interface Tended {
  /** Letters this call has moved on. */
  readonly done: number;
  /** Steps that stay where they are until somebody else acts, because the script says that nobody does. */
  readonly waiting: number;
}

export class Letters {
  readonly #api: Api;
  readonly #dataset: Dataset;
  readonly #mail: CaughtMail;
  readonly #people;
  posted = 0;
  settled = 0;

  constructor(api: Api, dataset: Dataset, mail: CaughtMail) {
    this.#api = api;
    this.#dataset = dataset;
    this.#mail = mail;
    this.#people = peopleOf(dataset);
  }

  async tend(date: IsoDate, cases: ReadonlyMap<string, ChangedCase>): Promise<Tended> {
    const { office } = this.#dataset.script;
    const queue = await this.#api.get<{ print: ShownNotice[]; unknown: ShownNotice[] }>('/v1/print-queue');
    let done = 0;
    const waiting = new Set<string>();
    for (const notice of queue.unknown) {
      if (!office.settlesUnknownMail) {
        waiting.add(notice.step);
        continue;
      }
      const arrived = notice.messageId !== null && this.#mail.has(notice.messageId);
      await this.#api.send('POST', `/v1/notices/${encodeURIComponent(notice.key)}/settle`, {
        as: arrived ? 'sent' : 'print',
        reason: arrived ? 'it is in the mail catcher' : 'it is not in the mail catcher',
      });
      this.settled += 1;
      done += 1;
    }
    for (const notice of queue.print) {
      if (!office.postsPrints) {
        waiting.add(notice.step);
      } else if (!(await this.#emailGoesFirst(notice, date, cases))) {
        await this.#api.send('POST', `/v1/notices/${encodeURIComponent(notice.key)}/posted`, { on: date });
        this.posted += 1;
        done += 1;
      }
    }
    return { done, waiting: waiting.size };
  }

  /** Whether an e-mail of the same letter is still to leave: the letter is out with whichever is first. */
  async #emailGoesFirst(
    print: ShownNotice,
    date: IsoDate,
    cases: ReadonlyMap<string, ChangedCase>,
  ): Promise<boolean> {
    const student = cases.get(print.caseNumber)?.student;
    const person = student === undefined ? undefined : this.#people.get(student);
    if (print.key.endsWith('/state-attorney') || !person) return false;
    const recipients = chooseRecipients(person, person.guardians, date);
    const expected = recipients.ok && recipients.addressees.some((one) => one.channel === 'email');
    if (!expected) return false;
    const { notices } = await this.#api.get<{ notices: ShownNotice[] }>(
      `/v1/notices?case=${print.caseNumber}`,
    );
    const emails = notices.filter((one) => one.step === print.step && one.channel === 'email');
    return emails.length === 0 || emails.some((one) => one.status === 'claimed');
  }
}
