/**
 * Reads a template without filling it: unknown fields (also those in an `if`, which Handlebars would pass over),
 * helpers and partials, and shapes that could hide a gap. Runs before a template is used for the first time.
 */
import Handlebars from 'handlebars';
import { KNOWN_HELPERS, SUBJECT_FIELDS } from './helpers.ts';
import { letterShape } from './schema-paths.ts';
import type { FieldShape } from './schema-paths.ts';
import type { TemplateSource } from './source.ts';

export interface TemplateFault {
  /** The file, relative to the letters' folder, and the line where there is one. */
  readonly place: string;
  readonly message: string;
}

export interface FieldsUsed {
  readonly faults: readonly TemplateFault[];
  /** Every path the body asks for; `[]` stands for the items of a list. */
  readonly used: ReadonlySet<string>;
}

export function checkFields(source: TemplateSource): FieldsUsed {
  const shape = letterShape(source.kind);
  const body = new Checker(source, shape);
  body.text(source.body, source.file, new Map());
  const publicFields = [...shape.fields].filter(([name]) =>
    (SUBJECT_FIELDS as readonly string[]).includes(name),
  );
  const subject = new Checker(source, { fields: new Map(publicFields), item: null });
  subject.text(source.subject, `${source.file} (subject)`, new Map());
  return { faults: [...body.faults, ...subject.faults], used: body.used };
}

type Scope = ReadonlyMap<string, { readonly shape: FieldShape; readonly path: string }>;

/** Walks one template and the partials it reaches. */
class Checker {
  readonly faults: TemplateFault[] = [];
  /** Paths asked for, and every path on the way to them. */
  readonly used = new Set<string>();
  private readonly source: TemplateSource;
  private readonly root: FieldShape;
  private readonly open: string[] = [];

  constructor(source: TemplateSource, root: FieldShape) {
    this.source = source;
    this.root = root;
  }

  text(text: string, place: string, scope: Scope): void {
    let program: hbs.AST.Program;
    try {
      program = Handlebars.parse(text);
    } catch {
      this.faults.push({ place, message: 'is no template Handlebars can read' });
      return;
    }
    this.statements(program.body, place, scope);
  }

  private fault(place: string, node: hbs.AST.Node, message: string): void {
    this.faults.push({ place: `${place}:${node.loc.start.line}`, message });
  }

  private statements(body: readonly hbs.AST.Statement[], place: string, scope: Scope): void {
    for (const node of body) {
      switch (node.type) {
        case 'ContentStatement':
        case 'CommentStatement':
          break;
        case 'MustacheStatement':
          this.mustache(node as hbs.AST.MustacheStatement, place, scope);
          break;
        case 'BlockStatement':
          this.block(node as hbs.AST.BlockStatement, place, scope);
          break;
        case 'PartialStatement':
          this.partial(node as hbs.AST.PartialStatement, place);
          break;
        default:
          this.fault(place, node, `${node.type} is not used in letters`);
      }
    }
  }

  private mustache(node: hbs.AST.MustacheStatement, place: string, scope: Scope): void {
    // The types forget that three braces switch escaping off.
    if (!(node as unknown as { escaped: boolean }).escaped) {
      this.fault(place, node, 'three braces or & would print markup from a name; use two');
    }
    const isCall = node.params.length > 0;
    if (node.path.type !== 'PathExpression') {
      this.fault(place, node, 'prints something that is no field');
      return;
    }
    const path = node.path as hbs.AST.PathExpression;
    if (!isCall) {
      this.path(path, place, scope);
      return;
    }
    const name = path.original;
    if (!KNOWN_HELPERS.includes(name)) this.fault(place, node, `unknown helper ${name}`);
    this.params(node.params, place, scope);
  }

  private params(params: readonly hbs.AST.Expression[], place: string, scope: Scope): void {
    for (const param of params) {
      if (param.type === 'PathExpression') this.path(param as hbs.AST.PathExpression, place, scope);
      else if (!param.type.endsWith('Literal'))
        this.fault(place, param, `${param.type} is not used in letters`);
    }
  }

  private block(node: hbs.AST.BlockStatement, place: string, scope: Scope): void {
    const name = node.path.original;
    if (!['if', 'unless', 'each'].includes(String(name))) {
      this.fault(place, node, `a block must be if, unless or each, not ${String(name)}`);
    }
    this.params(node.params, place, scope);
    let inner = scope;
    if (name === 'each') {
      // Block parameters arrived in the parser before they did in its types.
      const [item] = (node.program as unknown as { blockParams?: string[] }).blockParams ?? [];
      const [list] = node.params;
      const resolved =
        list?.type === 'PathExpression' ? this.resolve(list as hbs.AST.PathExpression, scope) : null;
      if (item === undefined) this.fault(place, node, 'each must name its item: {{#each list as |item|}}');
      else if (!resolved?.shape.item) this.fault(place, node, 'each needs a list');
      else inner = new Map([...scope, [item, { shape: resolved.shape.item, path: `${resolved.path}[]` }]]);
    }
    this.statements(node.program.body, place, inner);
    // The types say it is always there; the parser leaves it out.
    this.statements((node.inverse as hbs.AST.Program | undefined)?.body ?? [], place, scope);
  }

  private partial(node: hbs.AST.PartialStatement, place: string): void {
    const name = node.name.type === 'PathExpression' ? node.name.original : '';
    const text = this.source.partials[name];
    if (text === undefined) {
      this.fault(place, node, `no partial of that name in this language: ${name}`);
      return;
    }
    if (node.params.length > 0 || (node.hash as hbs.AST.Hash | undefined)?.pairs.length) {
      this.fault(place, node, 'a partial sees the whole letter; it takes no parameters');
    }
    if (this.open.includes(name)) {
      this.fault(place, node, `the partial ${name} uses itself`);
      return;
    }
    this.open.push(name);
    const folder = this.source.file.replace(/[^/]+$/, 'partials/');
    this.text(text, `${folder}${name}.${this.source.language}.hbs`, new Map());
    this.open.pop();
  }

  private resolve(node: hbs.AST.PathExpression, scope: Scope): { shape: FieldShape; path: string } | null {
    const [first = '', ...rest] = node.parts;
    let at = scope.get(first) ?? { shape: this.root, path: '' };
    for (const part of scope.has(first) ? rest : node.parts) {
      const shape = at.shape.fields.get(part);
      if (!shape) return null;
      at = { shape, path: at.path === '' ? part : `${at.path}.${part}` };
    }
    return at;
  }

  private path(node: hbs.AST.PathExpression, place: string, scope: Scope): void {
    if (node.data) {
      if (!['first', 'last', 'index'].includes(node.parts.join('.'))) {
        this.fault(place, node, `@${node.parts.join('.')} is not used in letters`);
      }
      return;
    }
    if (node.depth > 0 || node.original.startsWith('this') || node.parts.length === 0) {
      this.fault(place, node, 'fields are named from the top, never by ../ or this');
      return;
    }
    const resolved = this.resolve(node, scope);
    if (!resolved) {
      this.fault(place, node, `unknown field ${node.original}`);
      return;
    }
    this.used.add(resolved.path);
  }
}
