/**
 * The codec between values and what Temporal stores. Plaintext today: it writes payloads as they are, and reads them with
 * care. A payload that can never be read (unknown encoding, broken JSON) would wedge a workflow for good if it threw
 * inside a worker, so a worker's codec hands over `{"$unreadable": code}` instead, which handlers drop and report;
 * a client's codec throws, so that a person sees it.
 */
import { METADATA_ENCODING_KEY, ValueError, type Payload, type PayloadCodec } from '@temporalio/common';

export type UnreadableCode = 'UNKNOWN_ENCODING' | 'BROKEN_JSON' | 'NO_ENCODING';

const TEXT = new TextDecoder('utf-8', { fatal: true });
const BYTES = new TextEncoder();
/** What the SDK's own converter reads without failing. */
const READABLE = new Set(['binary/null', 'binary/plain', 'json/plain']);

export class PlainCodec implements PayloadCodec {
  private readonly onUnreadable: 'hand-over' | 'throw';

  constructor(onUnreadable: 'hand-over' | 'throw') {
    this.onUnreadable = onUnreadable;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads;
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const code = unreadable(payload);
      if (code === null) return payload;
      if (this.onUnreadable === 'throw') throw new ValueError(`a stored value cannot be read (${code})`);
      return {
        metadata: { [METADATA_ENCODING_KEY]: BYTES.encode('json/plain') },
        data: BYTES.encode(JSON.stringify({ $unreadable: code })),
      };
    });
  }
}

function unreadable(payload: Payload): UnreadableCode | null {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  if (!encoding) return 'NO_ENCODING';
  let name: string;
  try {
    name = TEXT.decode(encoding);
  } catch {
    return 'UNKNOWN_ENCODING';
  }
  if (!READABLE.has(name)) return 'UNKNOWN_ENCODING';
  if (name !== 'json/plain') return null;
  try {
    JSON.parse(TEXT.decode(payload.data ?? new Uint8Array()));
    return null;
  } catch {
    return 'BROKEN_JSON';
  }
}
