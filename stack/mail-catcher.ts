/**
 * The mail catcher: takes every letter, delivers none. Loopback only, no TLS and no sign-in; each message is on the
 * disk before it is accepted. Tests can make it fail the way real servers do.
 */
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { startInbox } from './mail-inbox.ts';
import { MailStore, type CaughtMessage } from './mail-store.ts';
import { freePort, LOOPBACK, USUAL_PORTS } from './ports.ts';

/**
 * When the hook is asked: `data-start` at the first bytes of the message, `data-end` when all of it has come, `answered` when the
 * sender has been told that it was taken (what the hook wants then comes too late).
 */
export type MailPhase = 'connect' | 'mail' | 'rcpt' | 'data-start' | 'data-end' | 'answered';

export type MailFault =
  /** Refuse with this reply. At `data-start` it is sent when the message has been read; nothing is kept. */
  | { readonly reply: { readonly code: number; readonly text: string } }
  /** Break the connection without a word. At `data-end`, `stored: true` keeps the message first: it did arrive. */
  | { readonly destroy: true; readonly stored?: boolean };

export interface MailInHand {
  readonly from: string;
  readonly to: readonly string[];
  /** The message; empty before `data-end`. */
  readonly raw: Buffer;
}

export type MailFaults = (
  session: SMTPServerSession,
  phase: MailPhase,
  message?: MailInHand,
) => MailFault | undefined | Promise<MailFault | undefined>;

export interface MailCatcherOptions {
  /** Where messages are kept. */
  readonly folder: string;
  readonly usualPorts: boolean;
  readonly faults?: MailFaults | undefined;
  readonly progress: (line: string) => void;
}

export interface MailCatcher {
  readonly smtpUrl: string;
  readonly inboxUrl: string;
  /** What has been caught, newest first. */
  readonly store: MailStore;
  stop(): Promise<void>;
}

/** Letters with a few scanned pages; more is refused as a real server would. */
const LARGEST_MESSAGE_BYTES = 50 * 1024 * 1024;

export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const store = new MailStore(options.folder);
  const smtp = await listenSmtp(store, options);
  const inbox = await startInbox(store, options.usualPorts ? await freePort(USUAL_PORTS.inbox) : 0);
  const smtpUrl = `smtp://${LOOPBACK}:${smtp.port}`;
  options.progress(`Mail: caught at ${smtpUrl}, delivered to nobody; inbox ${inbox.url}.`);
  return {
    smtpUrl,
    inboxUrl: inbox.url,
    store,
    async stop() {
      await Promise.all([smtp.stop(), inbox.stop()]);
    },
  };
}

async function listenSmtp(
  store: MailStore,
  options: MailCatcherOptions,
): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Map<string, Socket>();
  const ask = async (session: SMTPServerSession, phase: MailPhase, raw: Buffer = Buffer.alloc(0)) =>
    options.faults?.(session, phase, { ...envelopeOf(session), raw });
  const breakOff = (session: SMTPServerSession) =>
    sockets.get(`${session.remoteAddress}:${session.remotePort}`)?.destroy();

  /** Says no, breaks off, or goes on, as the hook wants. */
  const answer = (session: SMTPServerSession, phase: MailPhase, callback: (error?: Error | null) => void) => {
    ask(session, phase).then((fault) => {
      if (!fault) callback();
      else if ('destroy' in fault) breakOff(session);
      else callback(refusal(fault.reply));
    }, callback);
  };

  const server = new SMTPServer({
    name: 'truancy-mail-catcher',
    banner: 'keeps everything, delivers nothing',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST_MESSAGE_BYTES,
    logger: false,
    closeTimeout: 500,
    onConnect: (session, callback) => answer(session, 'connect', callback),
    onMailFrom: (_address, session, callback) => answer(session, 'mail', callback),
    onRcptTo: (_address, session, callback) => answer(session, 'rcpt', callback),
    onData: (stream, session, callback) => {
      receive(stream, session).then((verdict) => {
        if (verdict === 'broken') return breakOff(session);
        callback(verdict);
        if (verdict === null) void ask(session, 'answered');
      }, callback);
    },
  });

  async function receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
  ): Promise<'broken' | Error | null> {
    const chunks: Buffer[] = [];
    let started: MailFault | undefined;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (chunks.length === 0) started = await ask(session, 'data-start');
      if (started && 'destroy' in started) return 'broken';
      chunks.push(chunk);
    }
    if (started && 'reply' in started) return refusal(started.reply);
    if (stream.sizeExceeded) return refusal({ code: 552, text: 'the message is too large' });
    const raw = Buffer.concat(chunks);
    const fault = await ask(session, 'data-end', raw);
    if (fault && 'reply' in fault) return refusal(fault.reply);
    if (fault && !fault.stored) return 'broken';
    await store.add(envelopeOf(session), raw);
    return fault ? 'broken' : null;
  }

  server.server.on('connection', (socket) => {
    const key = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    sockets.set(key, socket);
    socket.once('close', () => sockets.delete(key));
  });
  // A client that breaks off is no fault of ours.
  server.on('error', () => undefined);
  const port = await listen(server, options.usualPorts ? await freePort(USUAL_PORTS.smtp) : 0);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
}

function listen(server: SMTPServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.server.off('error', reject);
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}

function envelopeOf(session: SMTPServerSession): { from: string; to: string[] } {
  const { mailFrom, rcptTo } = session.envelope;
  return { from: mailFrom ? mailFrom.address : '', to: rcptTo.map((recipient) => recipient.address) };
}

function refusal(reply: { code: number; text: string }): Error {
  return Object.assign(new Error(reply.text), { responseCode: reply.code });
}

export type { CaughtMessage };
