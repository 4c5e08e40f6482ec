/**
 * Writes src/contract/constraints.json from botocore's SES v2 model: `npx node scripts/constraints.ts PATH/service-2.json`.
 * From that of SES v1 (`ses/2010-12-01/service-2.json`), it writes src/contract/v1/constraints.json.
 * The SDK's schemas lack lengths, ranges, patterns, enums, integer sizes, the model's order of members and the errors
 * an operation declares. The tables contain only these: v2's for all shapes that a request can reach; v1's also for
 * those of responses, because XML shows integers and doubles differently.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { ConstraintTable, StructureConstraints, ValueConstraint } from "../src/contract/constraint-table.ts";
import type { V1ConstraintTable } from "../src/contract/v1/constraint-table.ts";

interface ShapeReference {
  readonly shape: string;
}

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, ShapeReference>>;
  readonly member?: ShapeReference;
  readonly key?: ShapeReference;
  readonly value?: ShapeReference;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  /** The code of an error on the wire, where that is not its name. */
  readonly error?: { readonly code: string };
}

/** The parts of botocore's service-2.json that the table is generated from. */
export interface ServiceModel {
  readonly metadata?: { readonly apiVersion: string };
  readonly operations: Readonly<
    Record<
      string,
      { readonly input?: ShapeReference; readonly output?: ShapeReference; readonly errors?: readonly ShapeReference[] }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const integerBits: Readonly<Record<string, number>> = { integer: 32, long: 64 };

/**
 * The table for a model: structures by name, their members in the model's order, errors by operation.
 * Throws an Error if the model refers to a missing shape.
 */
export function constraintsOf(model: ServiceModel): ConstraintTable {
  return {
    structures: structuresOf(
      model,
      Object.values(model.operations).map(({ input }) => input),
    ),
    errors: errorsOf(model),
  };
}

/** The table of v1: structures of responses too, and operations by error code. Throws an Error as `constraintsOf`. */
export function v1ConstraintsOf(model: ServiceModel): V1ConstraintTable {
  const operations: Record<string, string[]> = {};
  for (const [name, codes] of Object.entries(errorsOf(model))) {
    for (const code of codes) operations[code] = [...(operations[code] ?? []), name];
  }
  return {
    structures: structuresOf(
      model,
      Object.values(model.operations).flatMap(({ input, output }) => [input, output]),
    ),
    operationsByError: sorted(operations),
  };
}

/** The codes of the errors that each operation declares. */
function errorsOf({ operations, shapes }: ServiceModel): ConstraintTable["errors"] {
  return Object.fromEntries(
    Object.entries(operations).map(([name, { errors = [] }]) => [
      name,
      errors.map(({ shape }) => shapes[shape]?.error?.code ?? shape),
    ]),
  );
}

function sorted<Value>(table: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(table).sort(([first], [second]) => (first < second ? -1 : 1)));
}

function structuresOf(
  model: ServiceModel,
  references: readonly (ShapeReference | undefined)[],
): ConstraintTable["structures"] {
  const structures = new Map<string, StructureConstraints>();

  function shapeOf(reference: ShapeReference): Shape {
    const shape = model.shapes[reference.shape];
    if (shape === undefined) throw new Error(`the model has no shape ${reference.shape}`);
    return shape;
  }

  function visitStructure(name: string, shape: Shape): void {
    if (structures.has(name)) return;
    const members: Record<string, ValueConstraint> = {};
    structures.set(name, members);
    for (const [member, reference] of Object.entries(shape.members ?? {})) members[member] = valueConstraint(reference);
  }

  function valueConstraint(reference: ShapeReference): ValueConstraint {
    const shape = shapeOf(reference);
    if (shape.type === "structure") visitStructure(reference.shape, shape);
    const bits = integerBits[shape.type];
    return {
      ...(shape.min === undefined ? {} : { min: shape.min }),
      ...(shape.max === undefined ? {} : { max: shape.max }),
      ...(shape.pattern === undefined ? {} : { pattern: shape.pattern }),
      ...(shape.enum === undefined ? {} : { enum: shape.enum }),
      ...(bits === undefined ? {} : { bits }),
      ...nested("item", shape.member),
      ...nested("key", shape.key),
      ...nested("value", shape.value),
    };
  }

  function nested(part: "item" | "key" | "value", reference: ShapeReference | undefined): ValueConstraint {
    if (reference === undefined) return {};
    const constraint = valueConstraint(reference);
    return Object.keys(constraint).length === 0 ? {} : { [part]: constraint };
  }

  for (const reference of references) {
    if (reference !== undefined) visitStructure(reference.shape, shapeOf(reference));
  }
  return sorted(Object.fromEntries(structures));
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) {
    console.error("usage: npx node scripts/constraints.ts PATH/service-2.json");
    process.exit(2);
  }
  const model: ServiceModel = JSON.parse(await readFile(path, "utf8"));
  const isV1 = model.metadata?.apiVersion === "2010-12-01";
  const target = new URL(`../src/contract/${isV1 ? "v1/" : ""}constraints.json`, import.meta.url);
  const table = isV1 ? v1ConstraintsOf(model) : constraintsOf(model);
  await writeFile(target, `${JSON.stringify(table, null, 1)}\n`);
}
