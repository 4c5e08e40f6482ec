/** The types of all operations, derived from the SDK's own command classes: nothing of the wire is written by hand. */
import type * as Sdk from "@aws-sdk/client-sesv2";

type SdkModule = typeof Sdk;

/** The name of one of SES v2's operations, such as `SendEmail`. */
export type OperationName = Exclude<
  { [Key in keyof SdkModule]: Key extends `${infer Name}Command` ? Name : never }[keyof SdkModule],
  "$"
>;

type CommandOf<Name extends OperationName> = `${Name}Command` extends keyof SdkModule
  ? SdkModule[`${Name}Command`]
  : never;

/** The input of an operation, as its handler gets it: decoded, its constraints checked. */
export type Input<Name extends OperationName> =
  CommandOf<Name> extends new (...args: never[]) => { readonly input: infer Type } ? Type : never;

type CommandOutput<Name extends OperationName> =
  CommandOf<Name> extends new (
    ...args: never[]
  ) => { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Type }> }
    ? Type
    : never;

/** What an operation's handler answers. */
export type Output<Name extends OperationName> = Omit<CommandOutput<Name>, "$metadata">;

/** What a handler may know of the call besides its input. */
export interface CallContext {
  /** The id answered in `x-amzn-requestid`. */
  readonly requestId: string;
  /** When the request came in. */
  readonly now: Date;
  /** The caller's access key id, or `anonymous` where the request names none. */
  readonly callerIdentity: string;
  /** The caller's address. */
  readonly sourceIp: string;
}

/** Does what one operation promises; throws a `ServiceError` where SES would answer an error. */
export type Handler<Name extends OperationName> = (input: Input<Name>, context: CallContext) => Promise<Output<Name>>;

/** The operations somebody has written, by name. */
export type Handlers = { readonly [Name in OperationName]?: Handler<Name> };
