/** An SMS gateway on loopback: keeps each request as it came, answers as it is told to. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Posted {
  readonly headers: IncomingHttpHeaders;
  /** As it came, byte for byte: what the signature is over. */
  readonly body: string;
}

export interface SmsGateway {
  readonly url: string;
  readonly posted: readonly Posted[];
  /** The next answers, one each; afterwards `then`. */
  answers(next: readonly number[], then?: number): void;
  stop(): Promise<void>;
}

export async function startSmsGateway(): Promise<SmsGateway> {
  const posted: Posted[] = [];
  let next: number[] = [];
  let otherwise = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push({ headers: request.headers, body });
      response.writeHead(next.shift() ?? otherwise).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`,
    posted,
    answers(given, then = 200) {
      next = [...given];
      otherwise = then;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
