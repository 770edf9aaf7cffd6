/** The packet for the State's Attorney. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import {
  draftPacket,
  fetchPacket,
  makePacket,
  packetsFor,
  previewPacket,
} from '../../services/court-packets.ts';
import { callOf } from '../auth.ts';
import { caseParams as params, sentence, withId } from '../schemas.ts';
import { sendPdf } from './notices.ts';
import { typed } from './typed.ts';

const purpose = sentence(300).optional();
const disclosure = z.coerce.number().int().min(1).max(2_147_483_647);

export function courtPacketRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['court'];
  typed(app).get(
    '/cases/:number/packet',
    {
      schema: {
        tags,
        summary: 'What a packet for the State’s Attorney would hold and lack; `format=draft`: a draft as PDF',
        params,
        querystring: z.strictObject({ format: z.enum(['json', 'draft']).default('json'), purpose }),
      },
    },
    async (request, reply) => {
      const { format, ...wish } = request.query;
      const call = callOf(parts, request);
      if (format === 'draft') return sendPdf(reply, await draftPacket(call, request.params.number, wish));
      return previewPacket(call, request.params.number, wish);
    },
  );
  typed(app).post(
    '/cases/:number/packets',
    {
      schema: {
        tags,
        summary: 'Make the packet and enter the disclosure',
        params,
        body: z.strictObject({ ...withId, purpose }).default({}),
      },
    },
    async (request) => makePacket(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).get(
    '/cases/:number/packets',
    { schema: { tags, summary: 'Packets made and fetched, the latest first', params } },
    async (request) => ({ packets: await packetsFor(callOf(parts, request), request.params.number) }),
  );
  typed(app).get(
    '/cases/:number/packets/:id',
    {
      schema: {
        tags,
        summary: 'A packet as it was made (PDF); `latest` for the last one',
        params: z.object({ ...params.shape, id: z.union([z.literal('latest'), disclosure]) }),
      },
    },
    async (request, reply) => {
      const { number, id } = request.params;
      const { pdf } = await fetchPacket(callOf(parts, request), number, id === 'latest' ? undefined : id);
      return sendPdf(reply, pdf);
    },
  );
}
