/**
 * What goes wrong in the database, told without anybody's data. Drizzle's own error spells out every parameter of the failed
 * statement, Postgres's detail quotes the offending row: names and birth dates would stand in logs and in Temporal's histories.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import { PgPreparedQuery } from 'drizzle-orm/pg-core';
import postgres from 'postgres';

export class DatabaseFault extends Error {
  /** SQLSTATE (`23505`) or the connection's code (`ECONNREFUSED`); empty where neither is known. */
  readonly code: string;
  readonly constraint: string | undefined;
  /** The statement with placeholders, for whoever mends it; no values. Not enumerable: too long for logs. */
  declare readonly statement: string;

  constructor(message: string, code: string, constraint: string | undefined, statement: string) {
    super(message);
    this.name = 'DatabaseFault';
    this.code = code;
    this.constraint = constraint;
    Object.defineProperty(this, 'statement', { value: statement, enumerable: false });
  }
}

interface DriverError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly constraint_name?: unknown;
  readonly table_name?: unknown;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Connection failures of the socket, the driver, and the server's classes 08 (connection), 53 (resources), 57P (shutdown). */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|CONNECT_TIMEOUT|CONNECTION_\w+|08\w{3}|53\w{3}|57P\w{2})$/;

/** The same failure without values: a data exception's (class 22) message quotes what could not be read, so it is not kept. */
function withoutValues(cause: DriverError, statement: string): DatabaseFault {
  const code = textOf(cause.code);
  const constraint = textOf(cause.constraint_name) || undefined;
  const said = code.startsWith('22') ? 'a value does not fit its column' : textOf(cause.message);
  const table = textOf(cause.table_name);
  const place = [code, table].filter((part) => part !== '').join(' ');
  return new DatabaseFault(
    `${said || 'the statement failed'}${place === '' ? '' : ` (${place})`}`,
    code,
    constraint,
    statement,
  );
}

/** The database's or the driver's error as a {@link DatabaseFault}; any other as it is. */
export function faultOf(error: unknown): unknown {
  if (error instanceof DatabaseFault) return error;
  if (error instanceof DrizzleQueryError) return withoutValues(error.cause ?? {}, error.query);
  const fromDriver =
    error instanceof postgres.PostgresError ||
    (error instanceof Error && UNREACHABLE.test(textOf((error as DriverError).code)));
  return fromDriver ? withoutValues(error, '') : error;
}

type RunStatement = (text: string, params: unknown[], run: () => Promise<unknown>) => Promise<unknown>;

const METHOD = 'queryWithCache';

let installed = false;

/**
 * Makes every statement fail with a {@link DatabaseFault}. Drizzle offers no hook for it, so this wraps the one method through which all
 * statements go; a version of drizzle without that method is refused at start rather than left to leak.
 */
export function hideValuesInErrors(): void {
  if (installed) return;
  const original: unknown = Reflect.get(PgPreparedQuery.prototype, METHOD);
  if (typeof original !== 'function') {
    throw new Error('this version of drizzle-orm runs statements in another way: mend db/faults.ts first');
  }
  const runStatement = original as RunStatement;
  const withCleanErrors: RunStatement = async function (this: unknown, text, params, run) {
    try {
      return await runStatement.call(this, text, params, run);
    } catch (error) {
      throw faultOf(error);
    }
  };
  Reflect.set(PgPreparedQuery.prototype, METHOD, withCleanErrors);
  installed = true;
}

/** Whether the database is out of reach (exit status 5, try again later), as opposed to having refused something. */
export function isUnreachable(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (UNREACHABLE.test(textOf((at as DriverError).code))) return true;
  }
  return false;
}
