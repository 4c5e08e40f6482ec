/**
 * Writes src/contract/constraints.json from botocore's SES v2 model: `npx node scripts/constraints.ts PATH/service-2.json`.
 * The SDK's schemas lack lengths, ranges, patterns, enums, integer sizes, the model's order of members and the errors
 * an operation declares. This table contains only these, for all shapes that a request can reach.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { ConstraintTable, StructureConstraints, ValueConstraint } from "../src/contract/constraint-table.ts";

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
}

/** The parts of botocore's service-2.json that the table is generated from. */
export interface ServiceModel {
  readonly operations: Readonly<
    Record<string, { readonly input?: ShapeReference; readonly errors?: readonly ShapeReference[] }>
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const integerBits: Readonly<Record<string, number>> = { integer: 32, long: 64 };

/**
 * The table for a model: structures by name, their members in the model's order, errors by operation.
 * Throws an Error if the model refers to a missing shape.
 */
export function constraintsOf(model: ServiceModel): ConstraintTable {
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

  const errors: Record<string, readonly string[]> = {};
  for (const [name, { input, errors: declared = [] }] of Object.entries(model.operations)) {
    if (input !== undefined) visitStructure(input.shape, shapeOf(input));
    errors[name] = declared.map((error) => error.shape);
  }
  const byName = [...structures].sort(([first], [second]) => (first < second ? -1 : 1));
  return { structures: Object.fromEntries(byName), errors };
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) {
    console.error("usage: npx node scripts/constraints.ts PATH/service-2.json");
    process.exit(2);
  }
  const model: ServiceModel = JSON.parse(await readFile(path, "utf8"));
  const target = new URL("../src/contract/constraints.json", import.meta.url);
  await writeFile(target, `${JSON.stringify(constraintsOf(model), null, 1)}\n`);
}
