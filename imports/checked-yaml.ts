/** YAML files checked by a schema: every fault at once, each with its line and field. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { InputFault } from '../domain/refusal.ts';

export interface YamlFault {
  /** Null where the file as a whole is meant. */
  readonly line: number | null;
  readonly field: string;
  readonly message: string;
}

export type YamlReading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly YamlFault[] };

/** Checks the text of a file; never throws on what a person may have typed. An empty file is an empty mapping. */
export function readYaml<T>(text: string, schema: z.ZodType<T>): YamlReading<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      ok: false,
      faults: document.errors.map((error) => ({
        line: error.linePos?.[0].line ?? null,
        field: '',
        message: `not YAML: ${error.message.split('\n')[0] ?? ''}`,
      })),
    };
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map((issue) => ({
      line: lineOf(
        document,
        lines,
        issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path,
      ),
      field: issue.path.join('.'),
      message: issue.message,
    })),
  };
}

/** Reads and checks a file. Throws `NO_FILE` or the given code ({@link InputFault}) with every fault and its line. */
export async function loadYaml<T>(file: string, schema: z.ZodType<T>, faultCode: string): Promise<T> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InputFault('NO_FILE', 'the file cannot be read; check the path', file);
  });
  const reading = readYaml(text, schema);
  if (reading.ok) return reading.value;
  throw new InputFault(faultCode, describeFaults(reading.faults), path.basename(file));
}

export function describeFaults(faults: readonly YamlFault[]): string {
  return faults
    .map(({ line, field, message }) =>
      [line === null ? '' : `line ${line}`, field]
        .filter((part) => part !== '')
        .join(', ')
        .concat(`: ${message}`),
    )
    .join('; ');
}

/** Where fields stand in a text that has been read: for faults found later, against the records. */
export function lineFinder(text: string): (field: readonly PropertyKey[]) => number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return (field) => lineOf(document, lines, field);
}

/** The line of a field, or of the nearest parent that is there when the field itself is missing. */
function lineOf(document: Document, lines: LineCounter, field: readonly PropertyKey[]): number | null {
  for (let length = field.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(field.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}
