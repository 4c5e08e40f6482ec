/**
 * SES v1's operations, structures and errors, from the SDK's schemas and the constraints that these lack. A structure is
 * read from its schema on first use.
 */
import * as sdk from "@aws-sdk/client-ses";
import { NormalizedSchema } from "@smithy/core/schema";
import { type StructureConstraints, unconstrained, type ValueConstraint } from "../constraint-table.ts";
import { requiredMembers } from "../operations.ts";
import { v1ConstraintTable } from "./constraint-table.ts";
import type { OperationName } from "./types.ts";

/** The API version that requests name. */
export const apiVersion = "2010-12-01";

/** The XML namespace of responses. */
export const xmlNamespace = `http://ses.amazonaws.com/doc/${apiVersion}/`;

/** The type of a member, with the model's constraints. */
export interface Shape extends Omit<ValueConstraint, "item" | "key" | "value"> {
  /** `string`, `boolean`, `integer`, `double`, `timestamp`, `blob`, `list`, `map` or `structure`. */
  readonly type: string;
  /** The name of a structure. */
  readonly structure?: string;
  /** The elements of a list. */
  readonly item?: Shape;
  /** The keys of a map. */
  readonly key?: Shape;
  /** The values of a map. */
  readonly value?: Shape;
}

export interface Structure {
  /** In the model's order. */
  readonly members: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}

export interface Operation {
  /** The name of the input's structure; undefined if the operation takes nothing. */
  readonly input?: string;
  /** The name of the output's structure; undefined if the operation returns nothing. */
  readonly output?: string;
  /** The error codes that the model declares for it. */
  readonly errors: readonly string[];
}

type OperationSchema = typeof sdk.SendEmail$;
type ErrorSchema = typeof sdk.MessageRejected$;

/** Traits of members that this contract does not support. An SDK that uses one would need code here. */
const unsupportedTraits = ["xmlAttribute", "xmlFlattened", "xmlName", "timestampFormat"] as const;

const structures = new Map<string, Structure>();
const noMembers: Structure = { members: {}, required: [] };

function isOperationSchema(value: unknown): value is OperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

function isErrorSchema(value: unknown): value is ErrorSchema {
  return Array.isArray(value) && value[0] === -3;
}

function shapeOf(schema: NormalizedSchema, constraint: ValueConstraint): Shape {
  const { item, key, value, ...own } = constraint;
  if (schema.isListSchema()) {
    return { ...own, type: "list", item: shapeOf(schema.getValueSchema(), item ?? unconstrained) };
  }
  if (schema.isMapSchema()) {
    return {
      ...own,
      type: "map",
      key: shapeOf(schema.getKeySchema(), key ?? unconstrained),
      value: shapeOf(schema.getValueSchema(), value ?? unconstrained),
    };
  }
  return { ...own, ...typeOf(schema, own) };
}

function typeOf(schema: NormalizedSchema, { bits }: ValueConstraint): Pick<Shape, "type" | "structure"> {
  if (schema.isStructSchema()) return { type: "structure", structure: schema.getName() ?? "" };
  if (schema.isBlobSchema()) return { type: "blob" };
  if (schema.isTimestampSchema()) return { type: "timestamp" };
  if (schema.isBooleanSchema()) return { type: "boolean" };
  if (schema.isNumericSchema()) return { type: bits === undefined ? "double" : "integer" };
  if (schema.isStringSchema()) return { type: "string" };
  throw new Error(`the schema ${schema.getName(true)} has a type that is not supported`);
}

function readStructure(schema: NormalizedSchema, constraints: StructureConstraints): Structure {
  const shapes = new Map<string, Shape>();
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    for (const trait of unsupportedTraits) {
      if (trait in traits) throw new Error(`the member ${name} has the trait ${trait}, which is not supported`);
    }
    shapes.set(name, shapeOf(member, constraints[name] ?? unconstrained));
  }
  // The table has the model's order; a newer SDK's members come last.
  const ordered = Object.keys(constraints).flatMap((name) => {
    const shape = shapes.get(name);
    return shape === undefined ? [] : [[name, shape] as const];
  });
  return { members: Object.fromEntries([...ordered, ...shapes]), required: [...requiredMembers(schema)] };
}

/**
 * A structure by its name; without a name, that of an operation that takes nothing. Throws an Error for an unknown name:
 * a defect of the caller, never of a client.
 */
export function structureNamed(name: string | undefined): Structure {
  if (name === undefined) return noMembers;
  const known = structures.get(name);
  if (known !== undefined) return known;
  const schema = NormalizedSchema.of(Reflect.get(sdk, `${name}$`));
  if (!schema.isStructSchema()) throw new Error(`the SDK has no structure ${name}`);
  const structure = readStructure(schema, v1ConstraintTable.structures[name] ?? {});
  structures.set(name, structure);
  return structure;
}

/** The name of an operation's structure; undefined if it takes or returns nothing. */
function nameOf(schema: OperationSchema[4]): string | undefined {
  const normalized = NormalizedSchema.of(schema);
  return normalized.isUnitSchema() ? undefined : normalized.getName();
}

function codeAndStatus(schema: ErrorSchema): [code: string, status: number][] {
  const { awsQueryError } = NormalizedSchema.of(schema).getMergedTraits();
  if (!Array.isArray(awsQueryError)) return [];
  const [code, status]: unknown[] = awsQueryError;
  return typeof code === "string" && typeof status === "number" ? [[code, status]] : [];
}

/** The HTTP status by error code. */
const statuses: ReadonlyMap<string, number> = new Map(Object.values(sdk).filter(isErrorSchema).flatMap(codeAndStatus));

const errorsByOperation = Map.groupBy(
  Object.entries(v1ConstraintTable.operationsByError).flatMap(([code, names]) => names.map((name) => ({ code, name }))),
  ({ name }) => name,
);

const operations: ReadonlyMap<string, Operation> = new Map(
  Object.values(sdk)
    .filter(isOperationSchema)
    .map(([, , name, , input, output]) => [
      name,
      {
        input: nameOf(input),
        output: nameOf(output),
        errors: (errorsByOperation.get(name) ?? []).map(({ code }) => code),
      },
    ]),
);

/** Whether SES v1 has this operation. */
export function isOperationName(name: string): name is OperationName {
  return operations.has(name);
}

/** The names of all operations, in alphabetical order. */
export const operationNames: readonly OperationName[] = [...operations.keys()].filter(isOperationName).sort();

/** An operation by its name. */
export function operationNamed(name: OperationName): Operation {
  const operation = operations.get(name);
  if (operation === undefined) throw new Error(`the SDK has no operation ${name}`);
  return operation;
}

/** The HTTP status of an error that the model declares; undefined for other codes. */
export function statusOfError(code: string): number | undefined {
  return statuses.get(code);
}
