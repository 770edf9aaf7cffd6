/** The command line as a client of the HTTP API: a problem becomes one line and the right exit status. */
import { z } from 'zod';
import { CliError, EXIT } from './frame.ts';
import { readSession, type Session } from './session.ts';

const problemSchema = z.object({
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ place: z.string(), message: z.string() })).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

export interface ApiSource {
  get<T>(route: string, query?: Query): Promise<T>;
  post<T>(route: string, body?: unknown): Promise<T>;
  put<T>(route: string, body: unknown): Promise<T>;
  /** Bytes as the server has them (a PDF). */
  bytes(route: string, query?: Query): Promise<Uint8Array>;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Longer than the server gives a decision (30 s), so that its own answer arrives. */
const PATIENCE_MS = 60_000;

export function openApi(session: Session = readSession()): ApiSource {
  const send = async (method: string, route: string, query?: Query, body?: unknown): Promise<Response> => {
    const url = new URL(`v1/${route}`, session.url.endsWith('/') ? session.url : `${session.url}/`);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${session.key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch {
      throw new CliError(
        'OUT_OF_REACH',
        `the server at ${url.origin} does not answer; ${afterSilence(method, body)}`,
        EXIT.outOfReach,
      );
    }
    if (!response.ok) throw await failure(response, `v1/${route}`);
    return response;
  };
  const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
  return {
    get: (route, query) => json(send('GET', route, query)),
    post: (route, body) => json(send('POST', route, undefined, body)),
    put: (route, body) => json(send('PUT', route, undefined, body)),
    bytes: async (route, query) => new Uint8Array(await (await send('GET', route, query)).arrayBuffer()),
  };
}

function afterSilence(method: string, body: unknown): string {
  if (method === 'GET') return 'try again, or look at `truancy status` on the server';
  const id =
    typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string'
      ? body.id
      : undefined;
  return id === undefined
    ? 'repeat the command: nothing is done twice'
    : `it may have been done all the same: repeat the command with --id ${id} for its answer`;
}

async function failure(response: Response, route: string): Promise<CliError> {
  const read = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (!read.success) {
    return new CliError(
      'UNEXPECTED',
      `the server answered ${response.status} without a reason; is the address right?`,
      EXIT.other,
    );
  }
  const { status, code, detail, errors, details } = read.data;
  if (errors !== undefined && errors.length > 0) {
    const faults = errors.map((one) =>
      [placeOf(one.place, route), one.message].filter((part) => part !== '').join(': '),
    );
    return new CliError(code, faults.join('; '), exitOf(status), details);
  }
  const unmet = Array.isArray(details?.['unmet'])
    ? (details['unmet'] as { message: string }[]).slice(1).map((one) => one.message)
    : [];
  return new CliError(code, [detail, ...unmet].join(' '), exitOf(status), details);
}

/** Fields of the API that have another name here. */
const OPTIONS: Readonly<Record<string, string>> = {
  'params.sis': '--student',
  'body.expectedMinutes': '--minutes',
  'body.parentCalled.time': '--parent-called',
  'body.police.place': '--place',
  'body.police.firstName': '--first',
  'body.police.lastName': '--last',
  'body.police.birthDate': '--born',
  'body.police.school': '--school',
  'body.police.description': '--looks',
  'body.police.unit': '--unit',
  'body.reasonWords': '--because',
  'params.code': '--school',
  'params.key': '--notice',
  'querystring.find': 'the text to look for',
  'querystring.role': '--as',
  'body.expiresAt': '--expires',
  'body.services': '--service',
};

const OPTION_OF_NUMBER: Readonly<Record<string, string>> = { calls: '--call', monitors: '--monitor' };

/** `body.returnDate` → `--return-date`; `body.schools.0.county` → `schools 1, county`. */
function placeOf(place: string, route: string): string {
  if (place === 'params.number')
    return OPTION_OF_NUMBER[/^v1\/(calls|monitors)\//.exec(route)?.[1] ?? ''] ?? '--case';
  const known = OPTIONS[place];
  if (known !== undefined) return known;
  // A line of a file has no option.
  if (/^body\.line \d+$/.test(place)) return place.slice('body.'.length);
  const [, ...parts] = place.split('.');
  const [only, second] = parts;
  if (only === undefined) return '';
  if (second === undefined) return `--${only.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return parts
    .map((one) => (/^\d+$/.test(one) ? String(Number(one) + 1) : `, ${one}`))
    .join(' ')
    .replace(/^, /, '')
    .replaceAll(' ,', ',');
}

function exitOf(status: number): number {
  if (status === 409) return EXIT.refused;
  if (status === 401 || status === 403 || status === 404) return EXIT.unknownOrForbidden;
  if (status === 503) return EXIT.outOfReach;
  if (status >= 400 && status < 500 && status !== 429) return EXIT.badInput;
  return EXIT.other;
}

/** A part of an address: numbers and keys as they are, whatever they hold. */
export function part(text: string): string {
  return encodeURIComponent(text);
}
