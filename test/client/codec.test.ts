/** The codec between values and what Temporal stores. */
import type { Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { PlainCodec } from '../../client/codec.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const payload = (encoding: string | null, data: string): Payload => ({
  metadata: encoding === null ? {} : { encoding: bytes(encoding) },
  data: bytes(data),
});
const jsonOf = (one: Payload | undefined) =>
  JSON.parse(new TextDecoder().decode(one?.data ?? new Uint8Array())) as unknown;

const broken: [string, Payload, string][] = [
  ['an encoding nobody knows', payload('binary/encrypted', 'x'), 'UNKNOWN_ENCODING'],
  ['broken JSON', payload('json/plain', '{"a":'), 'BROKEN_JSON'],
  [
    'bytes that are no text',
    { metadata: { encoding: bytes('json/plain') }, data: new Uint8Array([0xff, 0xfe]) },
    'BROKEN_JSON',
  ],
  ['no encoding at all', payload(null, '{}'), 'NO_ENCODING'],
];

describe('the codec', () => {
  it('writes and reads plain payloads as they are', async () => {
    const given = [payload('json/plain', '{"a":1}'), payload('binary/null', '')];
    const codec = new PlainCodec('hand-over');
    expect(await codec.decode(await codec.encode(given))).toEqual(given);
  });
  it.each(broken)('in a worker, hands over %s as unreadable and never throws', async (_name, given, code) => {
    const [read] = await new PlainCodec('hand-over').decode([given]);
    expect(jsonOf(read)).toEqual({ $unreadable: code });
  });
  it.each(broken)('in a client, throws on %s without showing it', async (_name, given, code) => {
    await expect(new PlainCodec('throw').decode([given])).rejects.toThrow(code);
  });
});
