/** The types of SES v1's operations, derived from the SDK's command classes; no wire type is written by hand. */
import type * as Sdk from "@aws-sdk/client-ses";
import type { CallContext } from "../types.ts";

type SdkModule = typeof Sdk;

/** The name of an SES v1 operation, such as `SendRawEmail`. */
export type OperationName = Exclude<
  { [Key in keyof SdkModule]: Key extends `${infer Name}Command` ? Name : never }[keyof SdkModule],
  "$"
>;

type CommandOf<Name extends OperationName> = `${Name}Command` extends keyof SdkModule
  ? SdkModule[`${Name}Command`]
  : never;

/** The input that a handler receives: decoded, with its constraints checked. */
export type Input<Name extends OperationName> =
  CommandOf<Name> extends new (...args: never[]) => { readonly input: infer Type } ? Type : never;

type CommandOutput<Name extends OperationName> =
  CommandOf<Name> extends new (
    ...args: never[]
  ) => { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Type }> }
    ? Type
    : never;

/** A type of the SDK with any text where it lists the values: v1 shows values of v2 that its own model lacks. */
export type Open<Type> = Type extends string
  ? string
  : Type extends boolean | number | Date | Uint8Array | undefined
    ? Type
    : { [Key in keyof Type]: Open<Type[Key]> };

/** The output of an operation's handler. */
export type Output<Name extends OperationName> = Open<Omit<CommandOutput<Name>, "$metadata">>;

/** Implements an operation; throws a `QueryError` or a `ServiceError` if SES would return an error. */
export type Handler<Name extends OperationName> = (input: Input<Name>, context: CallContext) => Promise<Output<Name>>;

/** The implemented operations, by name. */
export type Handlers = { readonly [Name in OperationName]?: Handler<Name> };
