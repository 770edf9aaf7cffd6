/** One lazy connection to Temporal: a process starts, and keeps facts, while Temporal is away. */
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from './data-converter.ts';

export interface TemporalConnection {
  readonly client: Client;
  close(): Promise<void>;
}

export function connectTemporal(where: { address: string; namespace: string }): TemporalConnection {
  const connection = Connection.lazy({ address: where.address });
  const client = new Client({ connection, namespace: where.namespace, dataConverter });
  return { client, close: () => connection.close() };
}
