/** SES v1's operations, structures and errors, from its model; scripts/ses-v1-model.ts generates the table. */
import table from "./model.json" with { type: "json" };
import type { OperationName } from "./types.ts";

/** The type of a member, with the model's constraints. */
export interface Shape {
  /** `string`, `boolean`, `integer`, `double`, `timestamp`, `blob`, `list`, `map` or `structure`. */
  readonly type: string;
  /** The name of a structure. */
  readonly structure?: string;
  /** 32 or 64, for an integer. */
  readonly bits?: number;
  /** The minimum value of a number, length of a string in UTF-16 units, or size of a list. */
  readonly min?: number;
  /** The maximum value, length or size. */
  readonly max?: number;
  /** A Java regular expression that must match the whole string. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
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
  /** The name of the input's structure. */
  readonly input: string;
  /** The name of the output's structure; undefined if the operation returns nothing. */
  readonly output?: string;
  /** The error codes that the model declares for it. */
  readonly errors: readonly string[];
}

export interface ModelError {
  /** The HTTP status. */
  readonly status: number;
  /** The names of its members besides the message. */
  readonly members: readonly string[];
}

export interface Model {
  /** The API version that requests name: `2010-12-01`. */
  readonly version: string;
  /** The XML namespace of responses. */
  readonly namespace: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** By error code. */
  readonly errors: Readonly<Record<string, ModelError>>;
  readonly structures: Readonly<Record<string, Structure>>;
}

/** The code of an error that the model declares. */
export type ModelCode = keyof typeof table.errors;

/** The generated table. */
export const model: Model = table;

/** The names of all operations, in alphabetical order. */
export const operationNames: readonly OperationName[] = Object.keys(model.operations).filter(isOperationName);

/** Whether SES v1 has this operation. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(model.operations, name);
}

/** An operation by its name. */
export function operationNamed(name: OperationName): Operation {
  const operation = model.operations[name];
  if (operation === undefined) throw new Error(`the model has no operation ${name}`);
  return operation;
}

/** A structure by its name. Throws an Error for an unknown name: a defect of the caller, never of a client. */
export function structureNamed(name = ""): Structure {
  const structure = model.structures[name];
  if (structure === undefined) throw new Error(`the model has no structure ${name}`);
  return structure;
}
