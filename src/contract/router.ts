/**
 * Routes a request's method and path to an operation and extracts the path's labels. Paths without labels, including
 * those for sending, take one map lookup. The others walk a tree of segments, one tree per method (`POST
 * .../contacts/list` is an operation, `GET .../contacts/list` is the contact named `list`).
 */
import { errors } from "./errors.ts";
import { olderLists, olderPaths } from "./older-paths.ts";
import { type Operation, operationNamed, operations } from "./operations.ts";

export interface Route {
  readonly operation: Operation;
  /** The path's labels by member name, percent-decoded. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is an older SDK's request for a list, which has body members in the query. */
  readonly olderList: boolean;
}

/** An operation, and the path template at which it was found. */
interface Target {
  readonly operation: Operation;
  readonly path: string;
  readonly olderList: boolean;
}

interface Node {
  readonly segments: Map<string, Node>;
  label: Node | undefined;
  target: Target | undefined;
}

interface MethodRoutes {
  readonly fixed: Map<string, Route>;
  readonly tree: Node;
}

const noLabels: Readonly<Record<string, string>> = Object.freeze({});
const routes = new Map<string, MethodRoutes>();
for (const operation of operations) {
  const older = olderPaths.get(operation.name);
  for (const path of older === undefined ? [operation.path] : [operation.path, older]) {
    add(operation.method, { operation, path, olderList: false });
  }
}
for (const [path, name] of olderLists) add("GET", { operation: operationNamed(name), path, olderList: true });

function newNode(): Node {
  return { segments: new Map(), label: undefined, target: undefined };
}

function isLabel(segment: string): boolean {
  return segment.startsWith("{");
}

function methodRoutes(method: string): MethodRoutes {
  const own: MethodRoutes = routes.get(method) ?? { fixed: new Map(), tree: newNode() };
  routes.set(method, own);
  return own;
}

function add(method: string, target: Target): void {
  const own = methodRoutes(method);
  const { operation, path, olderList } = target;
  const segments = path.split("/");
  if (!segments.some(isLabel)) {
    own.fixed.set(path, { operation, labels: noLabels, olderList });
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
  node.target = target;
}

/** Finds the target below `node`. Prefers a fixed segment to a label. A label has at least one character. */
function find(node: Node, segments: readonly string[], index: number): Target | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.target;
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

function labelsOf(path: string, segments: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [index, segment] of path.split("/").entries()) {
    if (isLabel(segment)) labels[segment.slice(1, -1)] = decodeLabel(segments[index] ?? "");
  }
  return labels;
}

const entities = "/v2/email/reputation/entities/";

/**
 * The segments of a path. The ARN of a reputation entity is one segment also if a client did not encode its slashes; an
 * operation's own segment may follow it.
 */
function* segmentations(path: string): Generator<readonly string[]> {
  const segments = path.split("/");
  yield segments;
  const before = entities.split("/").length;
  if (!path.startsWith(entities) || segments.length <= before + 1) return;
  const start = segments.slice(0, before);
  const last = segments.slice(-1);
  yield [...start, segments.slice(before, -1).join("/"), ...last];
  if (last[0] !== "") yield [...start, segments.slice(before).join("/")];
}

function routeExactly(own: MethodRoutes, path: string): Route | undefined {
  const fixed = own.fixed.get(path);
  if (fixed !== undefined) return fixed;
  for (const segments of segmentations(path)) {
    const found = routeSegments(own, segments);
    if (found !== undefined) return found;
  }
  return undefined;
}

function routeSegments(own: MethodRoutes, segments: readonly string[]): Route | undefined {
  const target = find(own.tree, segments, 0);
  return (
    target && {
      operation: target.operation,
      labels: labelsOf(target.path, segments),
      olderList: target.olderList,
    }
  );
}

/**
 * Finds the operation of a request. A slash at the end of the path is ignored: some operations have it in SES's model,
 * and some clients add it. A list of older SDKs is not meant by a path whose last label is empty.
 * @param method in capitals, as in the request
 * @param path the raw path, still percent-encoded, without the query
 * @returns undefined if there is none
 * @throws a SerializationException for a label with invalid percent-encoding
 */
export function route(method: string, path: string): Route | undefined {
  const own = routes.get(method);
  if (own === undefined) return undefined;
  const found = routeExactly(own, path);
  if (found !== undefined || !path.endsWith("/")) return found;
  const shorter = routeExactly(own, path.slice(0, -1));
  return shorter?.olderList === true ? undefined : shorter;
}
