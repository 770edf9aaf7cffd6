/** How values become payloads and back: one converter for every client, one for every worker of an installation. */
import type { DataConverter } from '@temporalio/common';
import { PlainCodec } from './codec.ts';

/** For clients: what cannot be read is an error that a person sees. */
export const dataConverter: DataConverter = { payloadCodecs: [new PlainCodec('throw')] };

/** For workers: what can never be read is handed over as such, so that no case is wedged by it. */
export const workerDataConverter: DataConverter = { payloadCodecs: [new PlainCodec('hand-over')] };
