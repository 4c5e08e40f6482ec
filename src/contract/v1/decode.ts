/**
 * Decodes the parameters of a request into an operation's typed input. A name is a path through the operation's
 * structures: `Destinations.member.1.Destination.ToAddresses.member.1`. Parameters that the model does not know are
 * ignored, and of repeated ones the first counts. A list's number may be missing, as in old clients: then its elements
 * are in the order given, and members of a structure belong to the first element. An empty list is `Name=`.
 */
import { v1Errors } from "./errors.ts";
import { operationNamed, type Shape, type Structure, structureNamed } from "./model.ts";
import { formDecoded, type Parameter } from "./parameters.ts";
import { readValue } from "./query-values.ts";
import type { Input, OperationName } from "./types.ts";

/** The position in a parameter's name. */
interface Place {
  readonly path: readonly string[];
  readonly at: number;
}

/** A value that is being put together. */
interface Builder {
  /** Takes a parameter whose name leads here. */
  put(place: Place, encoded: string): void;
  /** The value; undefined if no parameter gave one. */
  readonly value: unknown;
}

/** No known name is longer. */
const maxName = 256;

class ValueBuilder implements Builder {
  readonly #shape: Shape;
  value: unknown;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  put({ path, at }: Place, encoded: string): void {
    if (at < path.length || this.value !== undefined) return;
    this.value = readValue(this.#shape, formDecoded(encoded));
  }
}

class StructureBuilder implements Builder {
  readonly #structure: Structure;
  readonly #members = new Map<string, Builder>();
  #given = false;

  constructor(structure: Structure) {
    this.#structure = structure;
  }

  put({ path, at }: Place, encoded: string): void {
    const name = path[at];
    if (name === undefined) {
      if (encoded !== "") throw v1Errors.structureExpected();
      this.#given = true;
      return;
    }
    const shape = Object.hasOwn(this.#structure.members, name) ? this.#structure.members[name] : undefined;
    if (shape === undefined) return;
    let member = this.#members.get(name);
    if (member === undefined) {
      member = builderOf(shape, at === 0);
      this.#members.set(name, member);
    }
    member.put({ path, at: at + 1 }, encoded);
  }

  get value(): unknown {
    const entries = [...this.#members].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]]));
    return entries.length === 0 && !this.#given ? undefined : Object.fromEntries(entries);
  }
}

class ListBuilder implements Builder {
  readonly #item: Shape;
  readonly #topLevel: boolean;
  readonly #numbered = new Map<number, Builder>();
  readonly #unnumbered: Builder[] = [];
  #given = false;

  constructor(item: Shape, topLevel: boolean) {
    this.#item = item;
    this.#topLevel = topLevel;
  }

  put({ path, at }: Place, encoded: string): void {
    if (at === path.length) {
      if (encoded !== "") throw this.#topLevel ? v1Errors.topLevelList() : v1Errors.listExpected();
      this.#given = true;
      return;
    }
    if (path[at] !== "member") return;
    const number = path[at + 1];
    if (number !== undefined && /^\d{1,9}$/.test(number)) {
      this.#element(Number(number)).put({ path, at: at + 2 }, encoded);
    } else if (this.#item.type === "structure") {
      this.#element(1).put({ path, at: at + 1 }, encoded);
    } else {
      if (number !== undefined) throw v1Errors.listIndex();
      const element = builderOf(this.#item, false);
      element.put({ path, at: at + 1 }, encoded);
      this.#unnumbered.push(element);
    }
  }

  #element(number: number): Builder {
    let element = this.#numbered.get(number);
    if (element === undefined) {
      element = builderOf(this.#item, false);
      this.#numbered.set(number, element);
    }
    return element;
  }

  get value(): unknown {
    const inOrder = [...this.#numbered].sort(([first], [second]) => first - second).map(([, element]) => element);
    const values = [...inOrder, ...this.#unnumbered].map(({ value }) => value).filter((value) => value !== undefined);
    return values.length === 0 && !this.#given ? undefined : values;
  }
}

function builderOf(shape: Shape, topLevel: boolean): Builder {
  if (shape.type === "structure") return new StructureBuilder(structureNamed(shape.structure));
  if (shape.type === "list" && shape.item !== undefined) return new ListBuilder(shape.item, topLevel);
  // No request has a map.
  return new ValueBuilder(shape);
}

/**
 * Decodes an operation's input. Does not check the constraints, including required members.
 * @throws a MalformedInput for an unreadable value
 */
export function decode<Name extends OperationName>(name: Name, parameters: readonly Parameter[]): Input<Name> {
  const input = new StructureBuilder(structureNamed(operationNamed(name).input));
  for (const [parameter, encoded] of parameters) {
    if (parameter.length <= maxName) input.put({ path: parameter.split("."), at: 0 }, encoded);
  }
  // The values have been read by the operation's structures, which are those that the SDK's types describe.
  return (input.value ?? {}) as Input<Name>;
}
