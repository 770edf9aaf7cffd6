/**
 * Letters to generated families, sent for real to the catcher and the print queue, and then read there: who got what is
 * held against what the generator knows of each family, never against the program's own choice of recipients.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'drizzle-orm';
import { createDeliveryActivities } from '../../activities/delivery-activities.ts';
import type { LetterPlan, LetterRef } from '../../activities/ports.ts';
import { createMailer } from '../../activities/smtp.ts';
import type { Database } from '../../db/connect.ts';
import { rowsOf } from '../../db/stores/common.ts';
import { chance } from '../../examples/generate/chance.ts';
import { startMailCatcher, type MailCatcher } from '../../stack/mail-catcher.ts';
import { caseOnRecord, officeOfLetters } from './case-on-record.ts';
import {
  generatedFamily,
  type GeneratedAdult,
  type GeneratedChild,
  type GeneratedFamily,
} from './generated-families.ts';
import { startPostgres } from './postgres.ts';

export interface FamiliesReport {
  readonly families: number;
  readonly children: number;
  readonly messages: number;
  readonly prints: number;
  /** Letters held back: nobody in the family may be written to, or can be reached. */
  readonly blocked: number;
  /** Everything that reached whom it must not, or did not reach whom it must. */
  readonly faults: readonly string[];
}

/** One letter as it lies in a mailbox or in the print queue. */
interface Found {
  readonly to: string;
  readonly text: string;
}

export async function familiesProof(options: {
  readonly seed: number;
  readonly families: number;
  readonly progress?: (line: string) => void;
}): Promise<FamiliesReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'truancy-families-'));
  const postgres = await startPostgres();
  const mail = await startMailCatcher({ folder, usualPorts: false, progress: () => undefined });
  try {
    const db = await postgres.freshDatabase();
    await officeOfLetters(db);
    const draw = chance(options.seed);
    const counts = { children: 0, messages: 0, prints: 0, blocked: 0 };
    const faults: string[] = [];
    for (let n = 1; n <= options.families; n += 1) {
      const family = generatedFamily(draw, n);
      for (const child of family.children) {
        const letter = await caseOnRecord(db, {
          student: child.record,
          guardians: family.adults.map((one) => one.record),
        });
        const plan = await deliver(db, mail, letter);
        const emails = await mailOf(mail, child);
        const prints = await printsOf(db, letter);
        counts.children += 1;
        counts.messages += emails.length;
        counts.prints += prints.length;
        if (plan.status === 'blocked') counts.blocked += 1;
        faults.push(...judged(family, child, plan, emails, prints));
      }
      if (n % 100 === 0)
        options.progress?.(
          `${n} families, ${counts.messages} e-mails, ${counts.prints} prints, ${faults.length} faults so far`,
        );
    }
    const all = mail.store.list().length;
    if (all !== counts.messages) faults.push(`${all - counts.messages} messages name no child`);
    return { families: options.families, ...counts, faults };
  } finally {
    await mail.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the delivery does it: plan, then each copy by itself. */
async function deliver(db: Database, mail: MailCatcher, letter: LetterRef): Promise<LetterPlan> {
  const activities = createDeliveryActivities({
    db,
    mailer: createMailer(mail.smtpUrl),
    mailIsCaught: true,
  });
  const run = <T>(work: () => Promise<T>) => new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  const plan = await run(() => activities.planLetter(letter));
  if (plan.status !== 'leaving') return plan;
  for (const { addressee, channel } of plan.notices) {
    await run(() =>
      channel === 'email'
        ? activities.sendNotice(letter, addressee)
        : activities.printNotice(letter, addressee),
    );
  }
  return plan;
}

async function mailOf(mail: MailCatcher, child: GeneratedChild): Promise<Found[]> {
  const found: Found[] = [];
  // Newest first; this child's letters are the last that came.
  for (const one of mail.store.list().slice(0, 12)) {
    const text = (await mail.store.parsed(one.id))?.text ?? '';
    if (!text.includes(child.token)) continue;
    if (one.to.length !== 1) found.push({ to: `several: ${one.to.length}`, text });
    else found.push({ to: one.to[0] ?? '', text });
  }
  return found;
}

/** What the printer would print: the pages themselves are read. */
async function printsOf(db: Database, letter: LetterRef): Promise<Found[]> {
  const rows = await rowsOf<{ pdf: Uint8Array; address: { lines: string[] } | null }>(
    db,
    sql`select pdf, to_address as address from notices
         where case_number = ${letter.caseNumber} and status = 'queued'`,
  );
  return rows.map(({ pdf, address }) => ({ to: address?.lines[0] ?? '', text: pagesOf(pdf) }));
}

export function pagesOf(pdf: Uint8Array): string {
  const read = spawnSync('pdftotext', ['-layout', '-', '-'], { input: Buffer.from(pdf), encoding: 'utf8' });
  if (read.status !== 0) throw new Error('pdftotext (poppler-utils) is needed to read what was printed');
  return read.stdout;
}

function judged(
  family: GeneratedFamily,
  child: GeneratedChild,
  plan: LetterPlan,
  emails: readonly Found[],
  prints: readonly Found[],
): string[] {
  const at = child.record.sisId;
  if (child.ofAge) return ofAgeJudged(family, child, plan, emails, prints);
  const wanted = family.adults.filter((one) => one.standing === 'recipient');
  const faults: string[] = [];
  if (wanted.length === 0) {
    if (plan.status !== 'blocked') faults.push(`${at}: nobody may be written to, and it is ${plan.status}`);
    if (emails.length + prints.length > 0) faults.push(`${at}: written to nobody's good`);
    return faults;
  }
  for (const one of wanted) faults.push(...reachedOnce(at, one, wanted, emails, prints));
  for (const found of [...emails, ...prints]) faults.push(...allowed(at, found, family, wanted));
  const others = family.children.filter((one) => one !== child);
  for (const found of [...emails, ...prints])
    if (others.some((one) => found.text.includes(one.token))) faults.push(`${at}: names a sibling`);
  return faults;
}

/** In the adult's own mailbox once, or on one print that names them at their address. */
function reachedOnce(
  at: string,
  adult: GeneratedAdult,
  wanted: readonly GeneratedAdult[],
  emails: readonly Found[],
  prints: readonly Found[],
): string[] {
  if (adult.mailbox !== null) {
    const sharing = wanted.filter((one) => one.mailbox === adult.mailbox);
    // One mailbox of two homes, or of two languages, gets each of their letters.
    const homes = new Set(sharing.map(homeOf)).size;
    const own = emails.filter((one) => one.to === adult.mailbox && one.text.includes(adult.token));
    const all = emails.filter((one) => one.to === adult.mailbox);
    return own.length === 1 && all.length === homes
      ? []
      : [`${at}: ${adult.token} has ${own.length} of ${all.length} messages in the mailbox`];
  }
  const own = prints.filter((one) => one.to === adult.address?.lines[0] && one.text.includes(adult.token));
  return own.length === 1 ? [] : [`${at}: ${adult.token} has ${own.length} prints`];
}

/** Adults whose letters are one: the same address and language. Without an address, each is a home. */
function homeOf({ address, language, token, record }: GeneratedAdult): string {
  const agency = record.students.some((one) => one.relation === 'agency');
  return `${address?.lines[0] ?? token}/${language}/${agency}`;
}

/** A letter goes to somebody it names, in their language, names all of their home, and nobody of another home or barred. */
function allowed(
  at: string,
  found: Found,
  family: GeneratedFamily,
  wanted: readonly GeneratedAdult[],
): string[] {
  const faults: string[] = [];
  const named = family.adults.filter((one) => found.text.includes(one.token));
  if (named.length === 0) faults.push(`${at}: a letter to ${found.to} names nobody`);
  for (const one of named)
    if (!wanted.includes(one)) faults.push(`${at}: names ${one.token} (${one.standing})`);
  const homes = new Set(named.map(homeOf));
  if (homes.size > 1) faults.push(`${at}: names two homes`);
  for (const one of wanted)
    if (homes.has(homeOf(one)) && !named.includes(one))
      faults.push(`${at}: leaves out ${one.token}, of the same home`);
  const there = (one: GeneratedAdult) => one.mailbox === found.to || one.address?.lines[0] === found.to;
  if (!named.some(there)) faults.push(`${at}: went to ${found.to}, where nobody it names is`);
  for (const one of named) faults.push(...languageFaults(at, found.text, one.language));
  return faults;
}

function languageFaults(at: string, text: string, language: GeneratedAdult['language']): string[] {
  const spanish = /Estimad[oa]/.test(text) && /AUSENCIAS/i.test(text);
  const english = /Dear /.test(text) && /ABSENCES/i.test(text);
  const vietnamese = /thông dịch viên/.test(text.normalize('NFC'));
  const right =
    language === 'es'
      ? spanish && !english
      : language === 'en'
        ? english && !spanish && !vietnamese
        : english && !spanish && vietnamese;
  return right ? [] : [`${at}: a letter for a reader of ${language} is in another language`];
}

/** By print to where the student lives, naming no adult. */
function ofAgeJudged(
  family: GeneratedFamily,
  child: GeneratedChild,
  plan: LetterPlan,
  emails: readonly Found[],
  prints: readonly Found[],
): string[] {
  const at = child.record.sisId;
  const homes = family.adults.filter(
    ({ record, address }) =>
      address !== null && record.students.some((one) => one.livesWith && !one.noContact),
  );
  const faults: string[] = [];
  if (emails.length > 0) faults.push(`${at}: of age, and somebody got e-mail`);
  if (homes.length === 0) {
    if (plan.status !== 'blocked' || prints.length > 0)
      faults.push(`${at}: of age, lives nowhere, written to`);
    return faults;
  }
  if (prints.length !== 1)
    faults.push(`${at}: of age, ${prints.length} prints, ${faults.length} faults so far`);
  for (const { to, text } of prints) {
    const home = homes.find((one) => one.address?.lines[0] === to);
    if (!home) faults.push(`${at}: of age, printed for an address where they do not live`);
    else faults.push(...languageFaults(at, text, home.language));
    if (!text.includes(child.token)) faults.push(`${at}: of age, not named`);
    if (family.adults.some((one) => text.includes(one.token)))
      faults.push(`${at}: of age, an adult is named`);
  }
  return faults;
}
