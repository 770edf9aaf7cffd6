/** Failures of activities, by what may be done about them. Messages name cases and codes, never people. */
import { ApplicationFailure } from '@temporalio/common';

/** Passing: the same call may succeed later; after `inMs` where the caller knows better than the growing pauses. */
export function tryAgain(
  code: string,
  message: string,
  { cause, inMs }: { readonly cause?: unknown; readonly inMs?: number } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    ...(inMs === undefined ? {} : { nextRetryDelay: inMs }),
    ...(cause instanceof Error ? { cause: withoutDetail(cause) } : {}),
  });
}

/** The cause's kind is worth keeping in a history; its words may hold an address. */
function withoutDetail(cause: Error): Error {
  const code = (cause as { code?: unknown }).code;
  return new Error(typeof code === 'string' ? code : cause.name);
}
