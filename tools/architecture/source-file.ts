import { parseSync, Visitor, type Comment, type Expression, type Function as FunctionNode, type ArrowFunctionExpression } from 'oxc-parser';

/** A broken rule, as it is printed. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

export interface ImportOf {
  readonly specifier: string;
  readonly line: number;
  /** Local name -> the name that the other module exports. */
  readonly names: ReadonlyMap<string, string>;
}

/** A string or template as it stands in the code, with the quotes gone. */
export interface TextOf {
  readonly value: string;
  readonly line: number;
}

/** A function at the top of a module, or a constant that holds one. */
export interface FunctionOf {
  readonly name: string;
  readonly isExported: boolean;
  readonly isAsync: boolean;
  readonly line: number;
  /** The source of its parameters. */
  readonly parameters: string;
  /** Every identifier and member name in it. */
  readonly names: ReadonlySet<string>;
  /** The comment that stands right above it; empty when there is none. */
  readonly comment: string;
}

/** A top-level constant with the text of its strings: a query, for instance. */
export interface ConstantOf {
  readonly name: string;
  readonly strings: readonly string[];
}

/** A TypeScript file with what the rules look at. Paths are relative to the project, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The text with every comment blanked out, so that positions stay. */
  readonly code: string;
  readonly lineCount: number;
  readonly imports: readonly ImportOf[];
  readonly texts: readonly TextOf[];
  readonly functions: readonly FunctionOf[];
  readonly constants: readonly ConstantOf[];
  /** Type assertions other than `as const`, with the comment above or beside them. */
  readonly assertions: readonly { readonly line: number; readonly isExplained: boolean }[];
}

type Parsed = ReturnType<typeof parseSync>;

/** Parses one file. Throws when it is no valid TypeScript: rules must not pass over what they cannot read. */
export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
  const error = parsed.errors.find(({ severity }) => severity === 'Error');
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);
  const lineOf = lineFinder(text);
  return {
    path,
    text,
    code: blankComments(text, parsed.comments),
    lineCount: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: importsOf(parsed, text, lineOf),
    texts: textsOf(parsed, lineOf),
    ...topLevelOf(parsed, text, lineOf),
    assertions: assertionsOf(parsed, lineOf),
  };
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function blankComments(text: string, comments: readonly Comment[]): string {
  let code = '';
  let end = 0;
  for (const comment of comments) {
    code += text.slice(end, comment.start) + text.slice(comment.start, comment.end).replace(/[^\n]/g, ' ');
    end = comment.end;
  }
  return code + text.slice(end);
}

function importsOf({ module }: Parsed, text: string, lineOf: (offset: number) => number): ImportOf[] {
  const imports: ImportOf[] = module.staticImports.map(({ moduleRequest, start, entries }) => ({
    specifier: moduleRequest.value,
    line: lineOf(start),
    names: new Map(entries.map(({ localName, importName }) => [localName.value, importName.name ?? localName.value])),
  }));
  for (const { start, entries } of module.staticExports) {
    const from = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest;
    if (from) imports.push({ specifier: from.value, line: lineOf(start), names: new Map() });
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[2] !== undefined) imports.push({ specifier: literal[2], line: lineOf(moduleRequest.start), names: new Map() });
  }
  return imports;
}

function textsOf({ program }: Parsed, lineOf: (offset: number) => number): TextOf[] {
  const texts: TextOf[] = [];
  new Visitor({
    Literal(node) {
      if (typeof node.value === 'string') texts.push({ value: node.value, line: lineOf(node.start) });
    },
    TemplateLiteral(node) {
      texts.push({ value: node.quasis.map(({ value }) => value.raw).join('${}'), line: lineOf(node.start) });
    },
  }).visit(program);
  return texts;
}

function assertionsOf({ program, comments }: Parsed, lineOf: (offset: number) => number): { line: number; isExplained: boolean }[] {
  const commented = new Set(comments.flatMap(({ start, end }) => [lineOf(start), lineOf(end)]));
  const assertions: { line: number; isExplained: boolean }[] = [];
  new Visitor({
    TSAsExpression(node) {
      const { typeAnnotation: type } = node;
      if (type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const') return;
      const line = lineOf(node.start);
      // Above the assertion, or above the small function that holds it.
      assertions.push({ line, isExplained: [0, 1, 2, 3, 4, 5, 6].some((above) => commented.has(line - above)) });
    },
  }).visit(program);
  return assertions;
}

type Holder = FunctionNode | ArrowFunctionExpression;

function topLevelOf(
  { program, comments }: Parsed,
  text: string,
  lineOf: (offset: number) => number,
): { functions: FunctionOf[]; constants: ConstantOf[] } {
  const functions: FunctionOf[] = [];
  const constants: ConstantOf[] = [];
  for (const statement of program.body) {
    const isExported = statement.type === 'ExportNamedDeclaration';
    const declaration = isExported ? statement.declaration : statement;
    const comment = commentBefore(comments, text, statement.start);
    const add = (name: string, node: Holder): void => {
      functions.push({ name, isExported, isAsync: node.async, line: lineOf(statement.start), comment, ...describe(node, text) });
    };
    if (declaration?.type === 'FunctionDeclaration' && declaration.id && declaration.type === 'FunctionDeclaration') add(declaration.id.name, declaration);
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type !== 'Identifier' || init === null) continue;
      if (init.type === 'ArrowFunctionExpression' || init.type === 'FunctionExpression') add(id.name, init);
      else constants.push({ name: id.name, strings: stringsIn(init) });
    }
  }
  return { functions, constants };
}

function describe(node: Holder, text: string): { parameters: string; names: Set<string> } {
  const names = new Set<string>();
  const first = node.params[0];
  const last = node.params.at(-1);
  const body = node.body === null ? '' : text.slice(node.body.start, node.body.end);
  for (const [name] of body.matchAll(/[A-Za-z_$][\w$]*/g)) names.add(name);
  return { parameters: first && last ? text.slice(first.start, last.end) : '', names };
}

function stringsIn(expression: Expression): string[] {
  const strings: string[] = [];
  const visitor = new Visitor({
    Literal: (node) => void (typeof node.value === 'string' && strings.push(node.value)),
    TemplateLiteral: (node) => void strings.push(node.quasis.map(({ value }) => value.raw).join(' ')),
  });
  visitor.visit({
    type: 'Program', sourceType: 'module', hashbang: null, start: expression.start, end: expression.end,
    body: [{ type: 'ExpressionStatement', expression, start: expression.start, end: expression.end }],
  });
  return strings;
}

function commentBefore(comments: readonly Comment[], text: string, start: number): string {
  const parts: string[] = [];
  let end = start;
  for (const comment of comments.toReversed()) {
    if (comment.end > end) continue;
    if (text.slice(comment.end, end).trim() !== '') break;
    parts.unshift(comment.value);
    end = comment.start;
  }
  return parts.join('\n');
}
