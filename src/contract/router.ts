/**
 * Routes a request's method and path to an operation and extracts the path's labels. Paths without labels, including
 * those for sending, take one map lookup. The others walk a tree of segments, one tree per method (`POST
 * .../contacts/list` is an operation, `GET .../contacts/list` is the contact named `list`).
 */
import { errors } from "./errors.ts";
import { olderPaths } from "./older-paths.ts";
import { type Operation, operationNamed, operations } from "./operations.ts";
import type { OperationName } from "./types.ts";

export interface Route {
  readonly operation: Operation;
  /** The path's labels by member name, percent-decoded. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the request is from an older SDK, which puts the operation's body members into the query. */
  readonly older: boolean;
}

interface Node {
  readonly segments: Map<string, Node>;
  label: Node | undefined;
  operation: Operation | undefined;
}

interface MethodRoutes {
  readonly fixed: Map<string, Route>;
  readonly tree: Node;
}

/** Operations whose path ends with a slash in SES's model and in most SDKs, but not in this SDK (facts 1.1). */
const withTrailingSlash: ReadonlySet<OperationName> = new Set<OperationName>([
  "GetEmailAddressInsights",
  "GetMessageInsights",
]);

const noLabels: Readonly<Record<string, string>> = Object.freeze({});
const routes = new Map<string, MethodRoutes>();
for (const operation of operations) add(operation);
for (const [path, name] of olderPaths) {
  methodRoutes("GET").fixed.set(path, { operation: operationNamed(name), labels: noLabels, older: true });
}

function newNode(): Node {
  return { segments: new Map(), label: undefined, operation: undefined };
}

function isLabel(segment: string): boolean {
  return segment.startsWith("{");
}

function add(operation: Operation): void {
  const { method, path } = operation;
  const own = methodRoutes(method);
  addPath(own, operation, path);
  if (withTrailingSlash.has(operation.name)) addPath(own, operation, `${path}/`);
}

function methodRoutes(method: string): MethodRoutes {
  const own: MethodRoutes = routes.get(method) ?? { fixed: new Map(), tree: newNode() };
  routes.set(method, own);
  return own;
}

function addPath(own: MethodRoutes, operation: Operation, path: string): void {
  const segments = path.split("/");
  if (!segments.some(isLabel)) {
    own.fixed.set(path, { operation, labels: noLabels, older: false });
    return;
  }
  let node = own.tree;
  for (const segment of segments) {
    let next = isLabel(segment) ? node.label : node.segments.get(segment);
    if (next === undefined) {
      next = newNode();
      if (isLabel(segment)) node.label = next;
      else node.segments.set(segment, next);
    }
    node = next;
  }
  node.operation = operation;
}

/** Finds the operation below `node`. Prefers a fixed segment to a label. A label has at least one character. */
function find(node: Node, segments: readonly string[], index: number): Operation | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.operation;
  const fixed = node.segments.get(segment);
  const found = fixed === undefined ? undefined : find(fixed, segments, index + 1);
  if (found !== undefined || node.label === undefined || segment === "") return found;
  return find(node.label, segments, index + 1);
}

function decodeLabel(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // A `%` without two hexadecimal digits, or bytes that are not UTF-8 (RFC 3986, 2.1).
    throw errors.serialization("The request path is not percent-encoded UTF-8");
  }
}

function labelsOf(operation: Operation, segments: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [index, segment] of operation.path.split("/").entries()) {
    if (isLabel(segment)) labels[segment.slice(1, -1)] = decodeLabel(segments[index] ?? "");
  }
  return labels;
}

/**
 * Finds the operation of a request.
 * @param method in capitals, as in the request
 * @param path the raw path, still percent-encoded, without the query
 * @returns undefined if there is none
 * @throws a SerializationException for a label with invalid percent-encoding
 */
export function route(method: string, path: string): Route | undefined {
  const own = routes.get(method);
  if (own === undefined) return undefined;
  const fixed = own.fixed.get(path);
  if (fixed !== undefined) return fixed;
  const segments = path.split("/");
  const operation = find(own.tree, segments, 0);
  return operation && { operation, labels: labelsOf(operation, segments), older: false };
}
