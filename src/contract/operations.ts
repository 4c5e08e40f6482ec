/**
 * SES v2's operations, from the SDK's schemas: name, method, path, and where the request carries each input member. The
 * list is built when this file loads; an operation's members are read from its schema on first use.
 */
import * as sdk from "@aws-sdk/client-sesv2";
import { NormalizedSchema } from "@smithy/core/schema";
import { constraintTable } from "./constraint-table.ts";
import type { OperationName } from "./types.ts";

export type Method = "DELETE" | "GET" | "POST" | "PUT";

/** A member of an operation's input, and where the request carries it. SES v2 binds no member to a header. */
export interface InputMember {
  readonly name: string;
  readonly schema: NormalizedSchema;
  readonly required: boolean;
  readonly location: "label" | "query" | "body";
  /** The name of the query parameter; for other locations, the member's name. */
  readonly wireName: string;
}

export interface Operation {
  readonly name: OperationName;
  readonly method: Method;
  /** The path template, such as `/v2/email/export-jobs/{JobId}`. */
  readonly path: string;
  /** Its SES resource, such as `exports`. */
  readonly resource: string;
  /** The error codes that the model declares for it. */
  readonly errors: readonly string[];
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly members: readonly InputMember[];
}

type OperationSchema = typeof sdk.SendEmail$;

const methods: ReadonlySet<string> = new Set<Method>(["DELETE", "GET", "POST", "PUT"]);

/** The resource by the first segment after `/v2/email/`; all of `account/...` belongs to the account. */
const resourceOf: Readonly<Record<string, string>> = {
  account: "account",
  "configuration-sets": "configuration-sets",
  "contact-lists": "contacts",
  "custom-verification-email-templates": "custom-verification",
  "dedicated-ip-pools": "dedicated-ips",
  "dedicated-ips": "dedicated-ips",
  "deliverability-dashboard": "deliverability-dashboard",
  "email-address-insights": "insights",
  "export-jobs": "exports",
  identities: "identities",
  identity: "identities",
  "import-jobs": "imports",
  insights: "insights",
  "list-configuration-sets": "configuration-sets",
  "list-export-jobs": "exports",
  "list-identities": "identities",
  metrics: "metrics",
  "multi-region-endpoints": "multi-region-endpoints",
  "outbound-bulk-emails": "sending",
  "outbound-custom-verification-emails": "custom-verification",
  "outbound-emails": "sending",
  reputation: "reputation",
  resources: "tenants",
  suppression: "suppression",
  tags: "tags",
  templates: "templates",
  tenant: "tenants",
  tenants: "tenants",
  "update-configuration-sets": "configuration-sets",
  vdm: "recommendations",
};

/** Traits for locations that this contract does not support. An SDK that uses one would need code here. */
const unsupportedTraits = ["httpHeader", "httpPayload", "httpPrefixHeaders", "httpQueryParams", "jsonName"] as const;

function isOperationSchema(value: unknown): value is OperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

function isOperationName(name: string): name is OperationName {
  return `${name}Command` in sdk;
}

function isMethod(method: unknown): method is Method {
  return typeof method === "string" && methods.has(method);
}

function resource(path: string): string {
  const segment = path.split("/")[3] ?? "";
  const name = resourceOf[segment];
  if (name === undefined) throw new Error(`no resource is known for ${path}`);
  return name;
}

/** The number of required members; they come first in a structure. */
function requiredCount(schema: NormalizedSchema): number {
  const definition = schema.getSchema();
  const count = Array.isArray(definition) ? definition[6] : undefined;
  return typeof count === "number" ? count : 0;
}

/** The names of a structure's required members. */
export function requiredMembers(schema: NormalizedSchema): ReadonlySet<string> {
  const names = schema.structIterator().map(([name]) => name);
  return new Set(names.take(requiredCount(schema)));
}

function inputMember(name: string, schema: NormalizedSchema, required: boolean): InputMember {
  const traits = schema.getMergedTraits();
  for (const trait of unsupportedTraits) {
    if (trait in traits) throw new Error(`the member ${name} has the trait ${trait}, which is not supported`);
  }
  if (traits.httpLabel) return { name, schema, required, location: "label", wireName: name };
  if (traits.httpQuery) return { name, schema, required, location: "query", wireName: traits.httpQuery };
  return { name, schema, required, location: "body", wireName: name };
}

class SchemaOperation implements Operation {
  readonly name: OperationName;
  readonly method: Method;
  readonly path: string;
  readonly resource: string;
  readonly errors: readonly string[];
  readonly #schema: OperationSchema;
  #input: NormalizedSchema | undefined;
  #members: readonly InputMember[] | undefined;

  constructor(schema: OperationSchema) {
    const [, , name, traits] = schema;
    const http = typeof traits === "object" ? traits.http : undefined;
    const [method, path] = http ?? [];
    if (!isOperationName(name) || !isMethod(method) || path === undefined) {
      throw new Error(`the SDK's schema of ${name} is not one of an operation over HTTP`);
    }
    this.name = name;
    this.method = method;
    this.path = path;
    this.resource = resource(path);
    this.errors = constraintTable.errors[name] ?? [];
    this.#schema = schema;
  }

  get input(): NormalizedSchema {
    this.#input ??= NormalizedSchema.of(this.#schema[4]);
    return this.#input;
  }

  get output(): NormalizedSchema {
    return NormalizedSchema.of(this.#schema[5]);
  }

  get members(): readonly InputMember[] {
    this.#members ??= this.#readMembers();
    return this.#members;
  }

  #readMembers(): readonly InputMember[] {
    const required = requiredMembers(this.input);
    return [...this.input.structIterator()].map(([name, schema]) => inputMember(name, schema, required.has(name)));
  }
}

/** All operations, ordered by name. */
export const operations: readonly Operation[] = Object.values(sdk)
  .filter(isOperationSchema)
  .map((schema) => new SchemaOperation(schema))
  .sort((first, second) => (first.name < second.name ? -1 : 1));

const byName: ReadonlyMap<string, Operation> = new Map(operations.map((operation) => [operation.name, operation]));

/** Finds an operation by name. Throws an Error for an unknown name: a defect of the caller, never of a client. */
export function operationNamed(name: OperationName): Operation {
  const operation = byName.get(name);
  if (operation === undefined) throw new Error(`the SDK has no operation ${name}`);
  return operation;
}
