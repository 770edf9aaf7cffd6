/** What a letter is about: a case, a monitor or a service call, by its number. The numbers of the three never meet. */
import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { firstOf } from './common.ts';

export interface LetterSubject {
  readonly studentId: number;
  readonly school: string | null;
}

/** The student a letter is about, within a statement. */
export function studentOfSubject(number: string): SQL {
  return sql`(select student_id from cases where number = ${number}
              union all select student_id from monitors where number = ${number}
              union all select student_id from service_calls where number = ${number})`;
}

/** Undefined where there is no such number, or nobody knows yet whom a call is about. */
export async function letterSubject(db: Db, number: string): Promise<LetterSubject | undefined> {
  return firstOf<LetterSubject>(
    db,
    sql`
      select student_id as "studentId", school
        from (select student_id, school from cases where number = ${number}
              union all select student_id, school from monitors where number = ${number}
              union all select student_id, school from service_calls where number = ${number}) as one
       where student_id is not null`,
  );
}
