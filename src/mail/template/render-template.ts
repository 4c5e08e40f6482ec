/**
 * Renders a template with data. Templates are untrusted: they are interpreted, never compiled; they can read only own
 * properties of their data; and their output and work are limited, so that one designed to grow ends with an error.
 * Values are not escaped, not even in the HTML part, as documented in SES's developer guide.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonText } from "./template-data.ts";
import { missingAttribute, TemplateError } from "./template-error.ts";
import type { Block, Expression, Partial, Path, Section } from "./template-tree.ts";

/** Limits for rendering one template. */
export const renderBounds = {
  /** Characters of output. */
  output: 8 * 1024 * 1024,
  /** Evaluated statements and attributes copied for a partial's parameters; takes about 50 ms. */
  steps: 100_000,
  /** Nested blocks and partials: a partial may call itself. */
  depth: 200,
} as const;

/** Variables that SES replaces later, at delivery: they stay unchanged if the data lacks them. */
const reserved = new Set(["amazonSESUnsubscribeUrl", "ses:openTracker"]);

/** What an expression is evaluated in. */
interface Scope {
  readonly context: JsonValue | undefined;
  /** The scope that `../` refers to. */
  readonly parent: Scope | undefined;
  /** `@index`, `@key`, `@first`, `@last` of the nearest #each. */
  readonly loop: Loop | undefined;
  readonly parameters: Parameters | undefined;
  readonly partials: Partials | undefined;
  readonly depth: number;
}

interface Loop {
  readonly values: ReadonlyMap<string, JsonValue>;
  readonly parent: Loop | undefined;
}

/** Block parameters, innermost first. */
interface Parameters {
  readonly names: ReadonlyMap<string, JsonValue | undefined>;
  readonly parent: Parameters | undefined;
}

interface Partials {
  readonly blocks: ReadonlyMap<string, Block>;
  readonly parent: Partials | undefined;
}

/**
 * Renders a template.
 * @throws TemplateError if the data lacks a variable (with SES's text), a partial is missing, or a limit is exceeded.
 */
export function renderTemplate(template: Block, data: JsonObject): string {
  let output = "";
  let steps = 0;
  const root = { context: data, parent: undefined, loop: undefined, parameters: undefined, partials: undefined };
  renderBlock(template, { ...root, depth: 0 });
  return output;

  function step(count = 1): void {
    steps += count;
    if (steps > renderBounds.steps) throw new TemplateError("The template takes too many steps to render.");
  }

  function write(text: string): void {
    if (output.length + text.length > renderBounds.output)
      throw new TemplateError("The rendered template is too long.");
    output += text;
  }

  function renderBlock(block: Block, outer: Scope): void {
    step();
    if (outer.depth >= renderBounds.depth) throw new TemplateError("The template is nested too deeply.");
    const partials = block.partials.size > 0 ? { blocks: block.partials, parent: outer.partials } : outer.partials;
    const scope = { ...outer, partials, depth: outer.depth + 1 };
    for (const statement of block.statements) {
      step();
      switch (statement.type) {
        case "text":
          write(statement.text);
          break;
        case "value":
          write(textOf(statement.value, scope));
          break;
        case "section":
          renderSection(statement, scope);
          break;
        case "partial":
          renderPartial(statement, scope);
          break;
      }
    }
  }

  function textOf(expression: Expression, scope: Scope): string {
    const value = evaluate(expression, scope, data);
    if (value === undefined || value === null) {
      if (expression.type !== "path") return "";
      if (reserved.has(expression.original)) return `{{${expression.original}}}`;
      throw missingAttribute(expression.original);
    }
    return typeof value === "object" ? jsonText(value) : String(value);
  }

  function renderSection(section: Section, scope: Scope): void {
    const value = evaluate(section.subject, scope, data);
    const { body, inverse } = section;
    switch (section.helper) {
      case "if":
      case "unless": {
        const zero = section.includeZero !== undefined && isTruthy(evaluate(section.includeZero, scope, data));
        const holds = isTruthy(value) || (zero && value === 0);
        renderBlock(holds === (section.helper === "if") ? body : inverse, scope);
        break;
      }
      case "each":
        renderEach(body, inverse, value, scope);
        break;
      case "with":
        if (isTruthy(value)) renderBlock(body, within(body, value, scope, [value]));
        else renderBlock(inverse, scope);
        break;
      case "section":
        if (isJsonArray(value)) renderEach(body, inverse, value, scope);
        else if (value === true) renderBlock(body, scope);
        else if (value === undefined || value === null || value === false) renderBlock(inverse, scope);
        else renderBlock(body, within(body, value, scope, [value]));
    }
  }

  function renderEach(body: Block, inverse: Block, value: JsonValue | undefined, scope: Scope): void {
    const isArray = isJsonArray(value);
    const keys = isArray ? value.keys() : isJsonObject(value) ? Object.keys(value) : [];
    const count = isArray ? value.length : isJsonObject(value) ? Object.keys(value).length : 0;
    let index = 0;
    for (const key of keys) {
      const item = ownProperty(value, String(key));
      const values = new Map<string, JsonValue>([
        ["index", index],
        ["key", key],
        ["first", index === 0],
        ["last", index === count - 1],
      ]);
      renderBlock(body, { ...within(body, item, scope, [item, key]), loop: { values, parent: scope.loop } });
      index++;
    }
    if (index === 0) renderBlock(inverse, scope);
  }

  function renderPartial(partial: Partial, scope: Scope): void {
    const name = typeof partial.name === "string" ? partial.name : evaluate(partial.name, scope, data);
    const block = typeof name === "string" ? findPartial(name, scope.partials) : undefined;
    if (block === undefined) {
      if (partial.fallback === undefined)
        throw new TemplateError(`The partial ${JSON.stringify(name)} could not be found.`);
      renderBlock(partial.fallback, scope);
      return;
    }
    let context = partial.subject === undefined ? scope.context : evaluate(partial.subject, scope, data);
    if (partial.parameters.length > 0) {
      const own = isJsonObject(context) ? Object.entries(context) : [];
      step(own.length + partial.parameters.length);
      const given = partial.parameters.flatMap((one): [string, JsonValue][] => {
        const value = evaluate(one.value, scope, data);
        return value === undefined ? [] : [[one.name, value]];
      });
      context = Object.fromEntries([...own, ...given]);
    }
    // As in Handlebars, a partial doesn't see the block parameters around its call.
    renderBlock(block, { ...scope, context, parameters: undefined });
  }
}

function within(body: Block, context: JsonValue | undefined, parent: Scope, given: readonly (JsonValue | undefined)[]) {
  const names = new Map(body.parameters.map((name, index) => [name, given[index]]));
  const parameters = names.size > 0 ? { names, parent: parent.parameters } : parent.parameters;
  return { ...parent, context, parent, parameters };
}

function findPartial(name: string, partials: Partials | undefined): Block | undefined {
  for (let at = partials; at !== undefined; at = at.parent) {
    const block = at.blocks.get(name);
    if (block !== undefined) return block;
  }
  return undefined;
}

function evaluate(expression: Expression, scope: Scope, root: JsonObject): JsonValue | undefined {
  switch (expression.type) {
    case "literal":
      return expression.value;
    case "unknown":
      throw missingAttribute(expression.name);
    case "lookup": {
      const key = evaluate(expression.key, scope, root);
      const subject = evaluate(expression.subject, scope, root);
      return typeof key === "string" || typeof key === "number" ? ownProperty(subject, String(key)) : undefined;
    }
    case "path":
      return follow(expression, scope, root);
  }
}

function follow(path: Path, scope: Scope, root: JsonObject): JsonValue | undefined {
  const [first, ...rest] = path.parts;
  if (path.data) {
    const start = first === "root" ? root : loopValue(first ?? "", path.depth, scope.loop);
    return rest.reduce(ownProperty, start);
  }
  if (path.scoped && first !== undefined) {
    for (let at = scope.parameters; at !== undefined; at = at.parent) {
      if (at.names.has(first)) return rest.reduce(ownProperty, at.names.get(first));
    }
  }
  let at: Scope | undefined = scope;
  for (let level = 0; level < path.depth; level++) at = at?.parent;
  return path.parts.reduce(ownProperty, at?.context);
}

/** `@../index` is the index of the enclosing loop. */
function loopValue(name: string, depth: number, loop: Loop | undefined): JsonValue | undefined {
  let at = loop;
  for (let level = 0; level < depth; level++) at = at?.parent;
  return at?.values.get(name);
}

/** Reads an own property: `constructor` and `__proto__` are undefined. Arrays have their indexes and `length`. */
function ownProperty(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (isJsonArray(value)) {
    if (name === "length") return value.length;
    return /^(?:0|[1-9]\d{0,8})$/.test(name) ? value[Number(name)] : undefined;
  }
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** As in Handlebars, empty strings and arrays, 0, null, false and undefined are falsy. */
function isTruthy(value: JsonValue | undefined): boolean {
  return isJsonArray(value) ? value.length > 0 : Boolean(value);
}
