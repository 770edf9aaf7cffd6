/**
 * A signed POST to an SMS gateway. The signature is HMAC-SHA256 over `timestamp.body` with the officer's own key, so that a
 * gateway can tell a real offer from another's and an old one from a new one; the message's key comes along, so that it can
 * drop a repeat.
 */
import { createHmac } from 'node:crypto';

export type WebhookOutcome =
  | { readonly kind: 'accepted' }
  /** 4xx: it will never take this one. */
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer, or 5xx: a gateway drops repeats by their key, so it is safe to try again. */
  | { readonly kind: 'temporary'; readonly code: string };

export interface Webhook {
  readonly url: string;
  readonly secret: string;
  readonly key: string;
  readonly body: string;
}

const PATIENCE_MS = 10_000;

export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

export async function postWebhook({ url, secret, key, body }: Webhook): Promise<WebhookOutcome> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        'content-type': 'application/json',
        'x-truancy-timestamp': timestamp,
        'x-truancy-signature': signatureOf(secret, timestamp, body),
        'idempotency-key': key,
      },
      body,
    });
    await response.arrayBuffer();
    if (response.ok) return { kind: 'accepted' };
    const code = `HTTP_${response.status}`;
    const later = response.status >= 500 || response.status === 408 || response.status === 429;
    return { kind: later ? 'temporary' : 'refused', code };
  } catch (error) {
    return { kind: 'temporary', code: error instanceof Error ? error.name : 'ERROR' };
  }
}

/** Of this machine: nothing posted there can reach a real gateway. */
export function isLoopbackUrl(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
