/**
 * What SES's model says of values and the SDK's schemas don't. The table is generated: see scripts/constraints.ts.
 * A member that the table gives no constraint is there all the same, for the order of the members.
 */
import table from "./constraints.json" with { type: "json" };

/** The constraints of one value. */
export interface ValueConstraint {
  /** The least value of a number; the least length of a string, in UTF-16 units; the least size of a list or map. */
  readonly min?: number;
  /** The greatest value, length or size. */
  readonly max?: number;
  /** A Java regular expression that the whole string matches. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** 32 or 64 for a whole number; absent for a double. */
  readonly bits?: number;
  /** Of each element of a list. */
  readonly item?: ValueConstraint;
  /** Of each key of a map. */
  readonly key?: ValueConstraint;
  /** Of each value of a map. */
  readonly value?: ValueConstraint;
}

/** The members of a structure, in the model's order. */
export type StructureConstraints = Readonly<Record<string, ValueConstraint>>;

/** The generated table. */
export interface ConstraintTable {
  /** By the name of the structure; only those that a request can hold. */
  readonly structures: Readonly<Record<string, StructureConstraints>>;
  /** The codes of the errors that each operation declares. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
}

/** The table that is checked in. */
export const constraintTable: ConstraintTable = table;

/** A value without constraints. */
export const unconstrained: ValueConstraint = {};
