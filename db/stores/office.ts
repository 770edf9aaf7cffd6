/** The office itself and the date it is there. */
import { eq } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db } from '../connect.ts';
import { office } from '../schema/index.ts';
import { now } from './common.ts';

export type Office = typeof office.$inferSelect;
export type NewOffice = Omit<typeof office.$inferInsert, 'updatedAt'>;

export async function getOffice(db: Db): Promise<Office | undefined> {
  const [row] = await db.select().from(office).limit(1);
  return row;
}

/** First set-up; the same again changes the office's own facts but never its practice mode or driven date. */
export async function saveOffice(db: Db, value: NewOffice): Promise<Office> {
  const { name, zone, policyName, policyVersion } = value;
  const [row] = await db
    .insert(office)
    .values({ ...value, updatedAt: now() })
    .onConflictDoUpdate({
      target: office.code,
      set: { name, zone, policyName, policyVersion, updatedAt: now() },
    })
    .returning();
  if (!row) throw new Error('the office could not be saved');
  return row;
}

export async function updateOffice(db: Db, changes: Partial<Omit<NewOffice, 'code'>>): Promise<Office> {
  const [row] = await db
    .update(office)
    .set({ ...changes, updatedAt: now() })
    .returning();
  if (!row) throw new Error('there is no office yet: run the set-up first');
  return row;
}

/** Today at the office: the driven date where one is set, else the real clock's date in the office's zone. */
export async function officeToday(db: Db, clock: Date = new Date()): Promise<IsoDate> {
  const here = await getOffice(db);
  if (!here) throw new Error('there is no office yet: run the set-up first');
  return here.drivenToday ?? localDate(clock, here.zone);
}

/** The calendar date at an instant in an IANA zone. */
export function localDate(instant: Date, zone: string): IsoDate {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Drives the office's date (demo, tests); null gives it back to the real clock. */
export async function setDrivenToday(db: Db, date: IsoDate | null): Promise<void> {
  const here = await getOffice(db);
  if (!here) throw new Error('there is no office yet: run the set-up first');
  await db.update(office).set({ drivenToday: date, updatedAt: now() }).where(eq(office.code, here.code));
}

/** Whether worklists are told by e-mail each morning: as the office said, else where the real clock rules. */
export function sendsDigests(here: Pick<Office, 'digests' | 'drivenToday'>): boolean {
  return here.digests ?? here.drivenToday === null;
}
