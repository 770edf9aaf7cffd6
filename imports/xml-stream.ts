/**
 * XML read as a stream of records: each wanted element right below the root as a small tree, one at a time.
 * Namespaces are ignored (Ed-Fi changes them with each version). Files come from outside: a DOCTYPE is refused,
 * so no entity is ever expanded, and depth, sizes and numbers of elements have limits.
 */
import { SaxesParser } from 'saxes';
import { InputFault } from '../domain/refusal.ts';

export interface XmlNode {
  readonly name: string;
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text directly inside, trimmed. */
  text: string;
  readonly children: XmlNode[];
}

/** What else was met, for a report and for telling a wrong file. */
export interface XmlSeen {
  root: string | undefined;
  /** Elements below the root that nobody asked for, and how many. */
  readonly others: Map<string, number>;
}

const MOST_DEPTH = 32;
const MOST_NODES = 5_000;
/** Characters between two tags, comments included; the longest real text (a description) has some hundred. */
const MOST_TEXT = 100_000;
const MOST_OTHER_NAMES = 200;

export function xmlSeen(): XmlSeen {
  return { root: undefined, others: new Map() };
}

/** Yields the wanted elements below the root, in the file's order. Throws an InputFault with line where the XML is broken. */
export async function* xmlRecords(
  text: AsyncIterable<string>,
  wanted: ReadonlySet<string>,
  file: string,
  seen: XmlSeen = xmlSeen(),
): AsyncGenerator<XmlNode> {
  const parser = new SaxesParser({ position: true });
  const ready: XmlNode[] = [];
  /** The open elements of the record being read; empty between records. */
  const open: XmlNode[] = [];
  let depth = 0;
  let nodes = 0;
  let lastEvent = 0;
  const fault = (code: string, message: string): InputFault =>
    new InputFault(code, message, `${file}:${parser.line}`);
  const alive = (): void => {
    lastEvent = parser.position;
  };

  parser.on('error', (error) => {
    // saxes puts line and column in front; the place says the line already.
    throw fault(
      'BAD_XML',
      `the XML is broken (${error.message.replace(/^.*?\d+:\d+: /, '').replace(/\.$/, '')})`,
    );
  });
  parser.on('doctype', () => {
    throw fault('BAD_XML', 'holds a DOCTYPE, which is refused; export it without one');
  });
  parser.on('opentag', (tag) => {
    alive();
    depth += 1;
    if (depth > MOST_DEPTH)
      throw fault('BAD_XML', `elements nested more than ${MOST_DEPTH} deep are refused`);
    const name = localName(tag.name);
    if (depth === 1) {
      seen.root = name;
      return;
    }
    const parent = open.at(-1);
    if (depth === 2 && !wanted.has(name)) {
      if (seen.others.has(name) || seen.others.size < MOST_OTHER_NAMES) {
        seen.others.set(name, (seen.others.get(name) ?? 0) + 1);
      }
      return;
    }
    if (depth > 2 && !parent) return;
    nodes = depth === 2 ? 1 : nodes + 1;
    if (nodes > MOST_NODES) throw fault('BAD_XML', `one record has more than ${MOST_NODES} elements`);
    const node: XmlNode = {
      name,
      line: parser.line,
      attributes: plainAttributes(tag.attributes),
      text: '',
      children: [],
    };
    parent?.children.push(node);
    open.push(node);
  });
  parser.on('closetag', () => {
    alive();
    depth -= 1;
    const node = open.pop();
    if (!node) return;
    node.text = node.text.trim();
    if (open.length === 0) ready.push(node);
  });
  const addText = (part: string): void => {
    alive();
    const node = open.at(-1);
    if (node) node.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('comment', alive);
  parser.on('processinginstruction', alive);
  parser.on('xmldecl', alive);

  for await (const chunk of text) {
    // Small steps, so that the limit on text holds before memory does.
    for (let at = 0; at < chunk.length; at += MOST_TEXT) {
      parser.write(chunk.slice(at, at + MOST_TEXT));
      if (parser.position - lastEvent > 2 * MOST_TEXT) {
        throw fault('BAD_XML', `more than ${MOST_TEXT} characters without a tag are refused`);
      }
    }
    yield* ready.splice(0);
  }
  if (parser.position === 0) throw new InputFault('EMPTY_FILE', 'the file is empty', file);
  parser.close();
  yield* ready.splice(0);
}

/** The first child with this name, step by step. */
export function child(node: XmlNode | undefined, ...path: string[]): XmlNode | undefined {
  let at = node;
  for (const name of path) at = at?.children.find((c) => c.name === name);
  return at;
}

/** All children with this name. */
export function childrenOf(node: XmlNode | undefined, name: string): XmlNode[] {
  return node ? node.children.filter((c) => c.name === name) : [];
}

/** The text of a child, undefined where it is missing or empty. */
export function textOf(node: XmlNode | undefined, ...path: string[]): string | undefined {
  return child(node, ...path)?.text || undefined;
}

/** The first element with this name anywhere inside. */
export function findNode(node: XmlNode | undefined, name: string): XmlNode | undefined {
  for (const c of node?.children ?? []) {
    const found = c.name === name ? c : findNode(c, name);
    if (found) return found;
  }
  return undefined;
}

/**
 * A descriptor's value: `uri://ed-fi.org/TermDescriptor#Fall Semester` → `Fall Semester`; older versions write the value
 * alone, or in a CodeValue element.
 */
export function descriptorOf(node: XmlNode | undefined): string | undefined {
  const text = node?.text || textOf(node, 'CodeValue') || findNode(node, 'CodeValue')?.text;
  if (!text) return undefined;
  const value = text.slice(text.lastIndexOf('#') + 1).trim();
  return value || undefined;
}

/**
 * What a reference names: the identity's element, else the `ref` attribute's id without its prefix
 * (`SCOL_255901001` → `255901001`, as Ed-Fi's samples form them).
 */
export function referenced(reference: XmlNode | undefined, element: string): string | undefined {
  const direct = findNode(reference, element)?.text;
  if (direct) return direct;
  const ref = reference?.attributes['ref'];
  return ref ? ref.slice(ref.indexOf('_') + 1) : undefined;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Without namespace processing saxes gives plain strings; its type allows for both. */
function plainAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}
