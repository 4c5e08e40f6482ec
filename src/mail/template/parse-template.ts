/** Parses a template with Handlebars' own parser and converts its tree to the smaller one that is evaluated. */
import { parse } from "@handlebars/parser";
import type {
  BlockNode,
  ExpressionNode,
  MustacheNode,
  PartialNode,
  PathNode,
  ProgramNode,
  StatementNode,
  SubExpressionNode,
} from "./parser-tree.ts";
import { checkTemplateBounds } from "./template-bounds.ts";
import { TemplateError } from "./template-error.ts";
import type { Block, Expression, Partial, Path, Section, Statement } from "./template-tree.ts";

/**
 * Parses a template.
 * @throws TemplateError if it is not valid Handlebars, or uses an unsupported feature.
 */
export function parseTemplate(text: string): Block {
  checkTemplateBounds(text);
  let program: ProgramNode;
  try {
    program = parse(text);
  } catch (error) {
    // The parser throws plain errors with the position and what was expected.
    throw new TemplateError(`The template is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
  return block(program);
}

/** `program` is undefined for an absent body or inverse. */
function block(program: ProgramNode | undefined): Block {
  const partials = new Map<string, Block>();
  const statements: Statement[] = [];
  for (const node of program?.body ?? []) {
    if (node.type === "DecoratorBlock") partials.set(inlineName(node), block(node.program));
    else if (node.type !== "CommentStatement") statements.push(toStatement(node));
  }
  return { statements, partials, parameters: program?.blockParams ?? [] };
}

function toStatement(node: StatementNode): Statement {
  switch (node.type) {
    case "ContentStatement":
      return { type: "text", text: node.value };
    case "MustacheStatement":
      return { type: "value", value: call(node) };
    case "BlockStatement":
      return section(node);
    case "PartialStatement":
      return partial(node, undefined);
    case "PartialBlockStatement":
      return partial(node, block(node.program));
    default:
      throw unsupported(node.type);
  }
}

function section(node: BlockNode): Section {
  const { path, params, hash } = node;
  const name = helperName(path);
  const includeZero = hash?.pairs.find(({ key }) => key === "includeZero");
  const parts = {
    type: "section" as const,
    body: block(node.program),
    inverse: block(node.inverse),
    includeZero: includeZero && expression(includeZero.value),
  };
  if (name === "if" || name === "unless" || name === "each" || name === "with") {
    const [subject] = params;
    if (subject === undefined || params.length > 1) throw new TemplateError(`#${name} takes exactly one argument.`);
    return { ...parts, helper: name, subject: expression(subject) };
  }
  const isHelper = params.length > 0 || hash !== undefined;
  return { ...parts, helper: "section", subject: isHelper ? unknownHelper(path) : expression(path) };
}

function partial(node: PartialNode, fallback: Block | undefined): Partial {
  const { name, params, hash } = node;
  const [subject] = params;
  return {
    type: "partial",
    name: name.type === "SubExpression" ? expression(name) : nameOf(name),
    subject: subject && expression(subject),
    parameters: hash?.pairs.map(({ key, value }) => ({ name: key, value: expression(value) })) ?? [],
    fallback,
  };
}

function inlineName(node: BlockNode): string {
  const [name] = node.params;
  if (helperName(node.path) !== "inline" || name === undefined) throw unsupported("decorators other than inline");
  return nameOf(name);
}

/** `{{x}}` and `(x y)`: a value, or a helper with arguments. */
function call(node: MustacheNode | SubExpressionNode): Expression {
  const { path, params, hash } = node;
  const [subject, key] = params;
  if (helperName(path) === "lookup" && subject !== undefined && key !== undefined && params.length === 2) {
    return { type: "lookup", subject: expression(subject), key: expression(key) };
  }
  return params.length > 0 || hash !== undefined ? unknownHelper(path) : expression(path);
}

function expression(node: ExpressionNode): Expression {
  switch (node.type) {
    case "PathExpression":
      return toPath(node);
    case "SubExpression":
      return call(node);
    case "StringLiteral":
    case "NumberLiteral":
    case "BooleanLiteral":
      return { type: "literal", value: node.value };
    case "NullLiteral":
    case "UndefinedLiteral":
      return { type: "literal", value: null };
    default:
      throw unsupported(node.type);
  }
}

function toPath(node: PathNode): Path {
  const { original, depth, data } = node;
  const parts = node.parts.map((part) => {
    if (typeof part !== "string") throw unsupported("a path that begins with a subexpression");
    return part;
  });
  const scoped = !data && depth === 0 && !/^(?:this\b|\.)/.test(original);
  return { type: "path", original, depth, data, parts, scoped };
}

/** SES treats an unknown helper as a variable that the data lacks (observed with `{{#IF x}}`). */
function unknownHelper(path: ExpressionNode): Expression {
  return { type: "unknown", name: nameOf(path) };
}

function helperName(path: ExpressionNode): string | undefined {
  return path.type === "PathExpression" && path.depth === 0 && !path.data ? path.original : undefined;
}

/** A literal can be a name as well: `{{> "x"}}`, `{{> 1}}`. */
function nameOf(node: ExpressionNode): string {
  if (node.type === "PathExpression") return node.original;
  if ("value" in node) return String(node.value);
  throw unsupported(node.type);
}

function unsupported(what: string): TemplateError {
  return new TemplateError(`The template uses what is not supported: ${what}.`);
}
