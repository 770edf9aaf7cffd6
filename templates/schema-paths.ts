/** Which field paths a letter's schema knows: so that a template asking for anything else is found before any letter. */
import { LETTER_SCHEMAS } from './letter-context.ts';
import type { LetterKind } from './kinds.ts';
import { sampleContext } from './samples.ts';
import { checkContext } from './check-context.ts';

/** A field as a template may go on from it. */
export interface FieldShape {
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** What stands in the list, where the field is one. */
  readonly item: FieldShape | null;
}

// The part of a zod schema's definition that is walked.
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Walkable>>;
  readonly element?: Walkable;
  readonly innerType?: Walkable;
  readonly in?: Walkable;
}
interface Walkable {
  readonly def: Definition;
}

const LEAF: FieldShape = { fields: new Map(), item: null };

function shapeOf(schema: Walkable): FieldShape {
  const { def } = schema;
  if (def.shape) {
    const fields = Object.entries(def.shape).map(([name, inner]) => [name, shapeOf(inner)] as const);
    return { fields: new Map(fields), item: null };
  }
  if (def.element) return { fields: new Map(), item: shapeOf(def.element) };
  const inner = def.innerType ?? def.in;
  return inner ? shapeOf(inner) : LEAF;
}

/** Fields that follow from others (the word, the interpreter's lines) are not in the input's schema. */
function withDerived(shape: FieldShape, value: unknown): FieldShape {
  if (Array.isArray(value)) {
    const first: unknown = value[0];
    return { ...shape, item: withDerived(shape.item ?? LEAF, first) };
  }
  if (typeof value !== 'object' || value === null) return shape;
  const fields = new Map(shape.fields);
  for (const [name, inner] of Object.entries(value))
    fields.set(name, withDerived(fields.get(name) ?? LEAF, inner));
  return { ...shape, fields };
}

/** All a template of this kind may ask for. */
export function letterShape(kind: LetterKind): FieldShape {
  const context = sampleContext(kind);
  if ('interpreter' in context) context.interpreter = { readerLanguage: 'es', phone: '309-555-0100' };
  return withDerived(shapeOf(LETTER_SCHEMAS[kind]), checkContext(kind, context));
}
