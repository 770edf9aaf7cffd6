/**
 * The demo's way to the API: patient, so that a killed worker, a restarted API or a Temporal that is away only take
 * time. Whatever may have happened already is repeated with the same id or the same content, which does nothing twice.
 */
import { setTimeout as pause } from 'node:timers/promises';

export interface Api {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<T>;
}

/** The API said no, for good. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'ApiRefusal';
    this.status = status;
    this.code = code;
  }
}

export interface ApiOptions {
  readonly url: string;
  readonly key: string;
  /** How long to go on trying before the demo gives up. */
  readonly patienceMs?: number;
  /** Told when an answer did not come and the call is repeated. */
  readonly onRetry?: (why: string) => void;
  /** Ends every wait, for Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
}

/** Longer than a decision's own deadline at the server (30 s), so that it is the server that gives up first. */
const CALL_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

/** Not now: the server starts, Temporal or the database is away, or too much was asked at once. */
const AGAIN = new Set([429, 500, 502, 503, 504]);

export function createApi(options: ApiOptions): Api {
  const { url, key, onRetry } = options;
  const patienceMs = options.patienceMs ?? 10 * 60_000;

  async function once<T>(method: string, path: string, body: unknown): Promise<T | { again: string }> {
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([AbortSignal.timeout(CALL_MS), ...(options.signal ? [options.signal] : [])]),
      });
      if (response.ok) return (await response.json()) as T;
    } catch (error) {
      options.signal?.throwIfAborted();
      return { again: error instanceof Error ? error.message : String(error) };
    }
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    const code = problem.code ?? `HTTP_${response.status}`;
    // An expired command has not been carried out: the same one may be given again.
    if (AGAIN.has(response.status) || code === 'COMMAND_EXPIRED') return { again: code };
    throw new ApiRefusal(response.status, code, problem.detail ?? 'no reason given');
  }

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const until = performance.now() + patienceMs;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const answer = await once<T>(method, path, body);
      if (!isAgain(answer)) return answer;
      if (performance.now() > until) throw new Error(`${method} ${path} got no answer: ${answer.again}`);
      onRetry?.(answer.again);
      await pause(wait, undefined, { signal: options.signal });
    }
  }

  return {
    get: (path) => call('GET', path),
    send: (method, path, body) => call(method, path, body),
  };
}

function isAgain(answer: unknown): answer is { again: string } {
  return typeof answer === 'object' && answer !== null && 'again' in answer;
}

/** Runs work on every item, a few at a time. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const one = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, one));
}
