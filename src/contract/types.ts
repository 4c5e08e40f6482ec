/** The types of all operations, derived from the SDK's command classes; no wire type is written by hand. */
import type * as Sdk from "@aws-sdk/client-sesv2";

type SdkModule = typeof Sdk;

/** The name of an SES v2 operation, such as `SendEmail`. */
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

/** The output of an operation's handler. */
export type Output<Name extends OperationName> = Omit<CommandOutput<Name>, "$metadata">;

/** What a handler knows about the call besides its input. */
export interface CallContext {
  /** The ID returned in `x-amzn-requestid`. */
  readonly requestId: string;
  /** When the request arrived. */
  readonly now: Date;
  /** The caller's access key ID, or `anonymous` if the request names none. */
  readonly callerIdentity: string;
  /** The caller's IP address. */
  readonly sourceIp: string;
  readonly client: ClientFacts;
  /** Whether the rights of the caller's access key allow the operation with these resources (ARNs). */
  readonly mayCall: (operation: OperationName, resources: readonly string[]) => boolean;
}

/** What the conditions of policies may ask about a connection and its request. */
export interface ClientFacts {
  /** The version of SES's API; undefined over SMTP. */
  readonly apiVersion: "1" | "2" | undefined;
  /** Whether the request came over TLS. */
  readonly secureTransport: boolean;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
}

/** Implements an operation; throws a `ServiceError` if SES would return an error. */
export type Handler<Name extends OperationName> = (input: Input<Name>, context: CallContext) => Promise<Output<Name>>;

/** The implemented operations, by name. */
export type Handlers = { readonly [Name in OperationName]?: Handler<Name> };
