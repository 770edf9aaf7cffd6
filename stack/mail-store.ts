/** Caught mail on disk: the message exactly as it came (.eml) and beside it its envelope and index entry (.json). */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import PostalMime, { type Address, type Email } from 'postal-mime';

/** One message as the list shows it. */
export interface CaughtMessage {
  readonly id: string;
  /** The envelope's sender; empty for a bounce. */
  readonly from: string;
  /** The envelope's recipients: who really gets it, whatever the headers say. */
  readonly to: readonly string[];
  readonly subject: string;
  /** When it was accepted. */
  readonly received: string;
  /** The Date header; null when it has none that can be read. */
  readonly date: string | null;
  /** With angle brackets, as the header gives it. */
  readonly messageId: string | null;
  /** Bytes. */
  readonly size: number;
}

export interface MessageFilter {
  readonly messageId?: string | undefined;
  /** An envelope recipient, whole address, case ignored. */
  readonly recipient?: string | undefined;
}

const ID = /^\d{17}-\d{6}$/;

export class MailStore {
  readonly #folder: string;
  readonly #messages = new Map<string, CaughtMessage>();
  #counter = 0;

  constructor(folder: string) {
    this.#folder = folder;
    for (const file of readdirSync(folder)) {
      const id = file.endsWith('.json') ? file.slice(0, -'.json'.length) : '';
      if (!ID.test(id)) continue;
      try {
        const message = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as CaughtMessage;
        this.#messages.set(id, { ...message, id });
      } catch {
        // An entry cut off by a power cut was never accepted.
      }
    }
  }

  /** Newest first. */
  list(filter: MessageFilter = {}): CaughtMessage[] {
    const recipient = filter.recipient?.toLowerCase();
    const messageId = filter.messageId === undefined ? undefined : bare(filter.messageId);
    return [...this.#messages.values()]
      .filter((m) => messageId === undefined || (m.messageId !== null && bare(m.messageId) === messageId))
      .filter((m) => recipient === undefined || m.to.some((to) => to.toLowerCase() === recipient))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  find(id: string): CaughtMessage | undefined {
    return this.#messages.get(id);
  }

  raw(id: string): Buffer | undefined {
    return this.#messages.has(id) ? readFileSync(path.join(this.#folder, `${id}.eml`)) : undefined;
  }

  /** Null when nobody could read it as mail; its raw text is still there. */
  async parsed(id: string): Promise<Email | null | undefined> {
    const raw = this.raw(id);
    return raw && parse(raw);
  }

  /** Returns when the message is on the disk: only then may it be accepted. */
  async add(envelope: { from: string; to: readonly string[] }, raw: Buffer): Promise<CaughtMessage> {
    const received = new Date().toISOString();
    const id = `${received.replaceAll(/\D/g, '')}-${String(this.#counter++ % 1_000_000).padStart(6, '0')}`;
    const email = await parse(raw);
    const message: CaughtMessage = {
      id,
      from: envelope.from,
      to: envelope.to,
      subject: email?.subject ?? '',
      received,
      date: email?.date ?? null,
      messageId: email?.messageId ?? null,
      size: raw.length,
    };
    // The entry last: a message without one does not exist.
    writeDurably(path.join(this.#folder, `${id}.eml`), raw);
    writeDurably(path.join(this.#folder, `${id}.json`), Buffer.from(JSON.stringify(message)));
    this.#messages.set(id, message);
    return message;
  }
}

async function parse(raw: Buffer): Promise<Email | null> {
  try {
    return await PostalMime.parse(raw, { maxNestingDepth: 50 });
  } catch {
    return null;
  }
}

export function addressText(addresses: Address | readonly Address[] | undefined): string {
  const list = addresses === undefined ? [] : 'name' in addresses ? [addresses] : addresses;
  return list
    .map((a) =>
      a.group ? `${a.name}: ${addressText(a.group)};` : a.name ? `${a.name} <${a.address}>` : a.address,
    )
    .join(', ');
}

function bare(messageId: string): string {
  return messageId.trim().replace(/^<|>$/g, '');
}

function writeDurably(file: string, content: Buffer): void {
  const draft = `${file}.tmp`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}
