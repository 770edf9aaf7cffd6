/** A file or stream as text, piece by piece: unpacked, decoded, never whole in memory. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { InputFault } from '../domain/refusal.ts';

/** A path, or bytes (or text) that arrive piece by piece, e.g. an upload. */
export type TextInput = string | AsyncIterable<Uint8Array | string>;

/** The name a report gives a file: its last part only, a path says too much about a machine. */
export function inputName(input: TextInput, given?: string): string {
  return given ?? (typeof input === 'string' ? basename(input) : 'input');
}

/**
 * Opens an input as text: gunzips what begins like gzip, whatever its name; reads UTF-8 (with or without byte order mark),
 * UTF-16 with one, and what an XML declaration names. Refuses a missing file and bytes that are no text.
 */
export async function* openText(input: TextInput, name: string): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  try {
    for await (const chunk of unpacked(await openBytes(input, name))) {
      decoder ??= new TextDecoder(encodingOf(chunk, name), { fatal: true });
      const text = decoder.decode(chunk, { stream: true });
      if (text.length > 0) yield text;
    }
    const rest = decoder?.decode();
    if (rest) yield rest;
  } catch (error) {
    throw readFault(error, name);
  }
}

/** The first characters of an input, for guessing its format; a path only, since a stream can be read once. */
export async function peekText(path: string, name: string): Promise<string> {
  for await (const text of openText(path, name)) return text.slice(0, 4096);
  return '';
}

async function openBytes(input: TextInput, name: string): Promise<AsyncIterable<Uint8Array | string>> {
  if (typeof input !== 'string') return input;
  const found = await stat(input).catch(() => undefined);
  if (!found) throw new InputFault('NO_FILE', 'there is no such file', name);
  if (!found.isFile()) throw new InputFault('NO_FILE', 'is no file', name);
  return createReadStream(input);
}

/** Bytes of the input in pieces of at least four (as long as there are), gunzipped where they begin like gzip. */
async function* unpacked(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  const iterator = bytesOf(input)[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield head;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.(undefined);
    }
  };
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const source = Readable.from(whole());
    const gunzip = createGunzip();
    source.on('error', (error) => gunzip.destroy(error));
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } else {
    yield* whole();
  }
}

async function* bytesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
}

function encodingOf(head: Uint8Array, name: string): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const start = Buffer.from(head.subarray(0, 200)).toString('latin1');
  if (start.startsWith('PK\u0003\u0004')) {
    throw new InputFault('BAD_FORMAT', 'is a ZIP (or Excel) file; give the CSV or XML file inside it', name);
  }
  const declared = /^<\?xml[^>]*encoding=["']([\w.-]+)["']/.exec(start)?.[1];
  if (declared === undefined) return 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    throw new InputFault('BAD_ENCODING', `its encoding "${declared}" is not known; save it as UTF-8`, name);
  }
}

function readFault(error: unknown, name: string): unknown {
  if (error instanceof InputFault) return error;
  const code = (error as { code?: unknown }).code;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new InputFault('BAD_ENCODING', 'holds bytes that are no UTF-8 text; save it as UTF-8', name);
  }
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return new InputFault('BAD_FORMAT', 'the compressed file is damaged or cut off; get it again', name);
  }
  if (code === 'EACCES') return new InputFault('NO_FILE', 'may not be read', name);
  return error;
}
