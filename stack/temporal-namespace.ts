/** The office's namespace: kept for years, with its search attributes, ready to be used. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import type { google } from '@temporalio/proto';

export type SearchAttributeKind = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';
export type SearchAttributes = Readonly<Record<string, SearchAttributeKind>>;

/** Temporal's IndexedValueType, as it goes over the wire. */
const WIRE_TYPE: Readonly<Record<SearchAttributeKind, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/** Closed cases can be looked up in Temporal's own UI this long; the dev server's default would be a day. */
export const RETENTION_DAYS = 3650;
const RETENTION_SECONDS = RETENTION_DAYS * 86_400;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const READY_WITHIN_MS = 60_000;

/**
 * Makes the namespace and its search attributes where they are missing, and waits until both can be used. May be
 * called again at any time. Throws when an attribute already has another type.
 */
export async function ensureNamespace(
  connection: Connection,
  namespace: string,
  attributes: SearchAttributes,
): Promise<void> {
  await ensureRetention(connection, namespace);
  await ensureSearchAttributes(connection, namespace, attributes);
}

/**
 * Registered with the long retention from the start, not changed to it afterwards: a case closed before the servers'
 * caches notice a change would still be dropped after a day.
 */
async function ensureRetention(connection: Connection, namespace: string): Promise<void> {
  const { workflowService } = connection;
  try {
    await workflowService.registerNamespace({
      namespace,
      description: 'Truancy casework',
      workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as unknown as Seconds },
    });
  } catch (error) {
    if (grpcCode(error) !== ALREADY_EXISTS) throw error;
  }
  const described = await until(() => workflowService.describeNamespace({ namespace }), NOT_FOUND);
  const seconds = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (seconds > 0 && seconds < RETENTION_SECONDS)
    await workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: { seconds: RETENTION_SECONDS as unknown as Seconds } },
    });
}

/** The generated client takes plain numbers where its types say Long. */
type Seconds = NonNullable<google.protobuf.IDuration['seconds']>;

async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  attributes: SearchAttributes,
): Promise<void> {
  const { operatorService, workflowService } = connection;
  const present = await until(() => operatorService.listSearchAttributes({ namespace }), NOT_FOUND);
  const missing: Record<string, number> = {};
  for (const [name, kind] of Object.entries(attributes)) {
    const type = present.customAttributes?.[name] ?? present.systemAttributes?.[name];
    if (type === undefined || type === null) missing[name] = WIRE_TYPE[kind];
    else if (Number(type) !== WIRE_TYPE[kind])
      throw new Error(
        `the search attribute ${name} of namespace ${namespace} has another type (${kindOf(Number(type))}) than needed (${kind}); ` +
          'use another namespace, or remove the attribute there',
      );
  }
  if (Object.keys(missing).length > 0) {
    try {
      await operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
    } catch (error) {
      if (grpcCode(error) !== ALREADY_EXISTS) throw error;
    }
  }
  // A query that names them all fails until every part of the server knows them.
  const query = Object.keys(attributes)
    .map((name) => `${name} IS NULL`)
    .join(' AND ');
  if (query) await until(() => workflowService.countWorkflowExecutions({ namespace, query }));
}

/** Repeats while it fails (with that gRPC code, when one is given), up to a minute. */
async function until<T>(attempt: () => Promise<T>, code?: number): Promise<T> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if ((code !== undefined && grpcCode(error) !== code) || Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}

function kindOf(type: number): string {
  return Object.entries(WIRE_TYPE).find(([, value]) => value === type)?.[0] ?? `type ${type}`;
}

function grpcCode(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
}
