/**
 * Writes src/contract/v1/model.json from botocore's model of SES v1: `npx node scripts/ses-v1-model.ts PATH/service-2.json`.
 * The installed SDK for v1 predates schemas at runtime, so the contract's structures come from the model as well as its
 * constraints. The file contains what requests, responses and errors need, without the documentation.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { Model, ModelError, Operation, Shape, Structure } from "../src/contract/v1/model.ts";

interface Reference {
  readonly shape: string;
  readonly locationName?: string;
}

interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Reference>>;
  readonly required?: readonly string[];
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
  readonly flattened?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly error?: { readonly code: string; readonly httpStatusCode: number };
  readonly exception?: boolean;
}

/** The parts of botocore's service-2.json that the file is generated from. */
export interface ServiceModel {
  readonly metadata: { readonly apiVersion: string; readonly xmlNamespace: string };
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly input?: Reference;
        readonly output?: Reference & { readonly resultWrapper?: string };
        readonly errors?: readonly Reference[];
      }
    >
  >;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const bits: Readonly<Record<string, number>> = { integer: 32, long: 64 };

/** The contract of a model. Throws an Error if the model refers to a missing shape or names a member on the wire. */
export function contractOf(model: ServiceModel): Model {
  const structures = new Map<string, Structure>();

  function named(name: string): ModelShape {
    const shape = model.shapes[name];
    if (shape === undefined) throw new Error(`the model has no shape ${name}`);
    return shape;
  }

  function visit(name: string): string {
    if (structures.has(name)) return name;
    const { members = {}, required = [] } = named(name);
    const shapes: Record<string, Shape> = {};
    structures.set(name, { members: shapes, required });
    for (const [member, reference] of Object.entries(members)) shapes[member] = shapeOf(reference);
    return name;
  }

  function shapeOf({ shape: name, locationName }: Reference): Shape {
    const { type, min, max, pattern, enum: values, member, key, value, flattened } = named(name);
    if (locationName !== undefined || flattened === true) throw new Error(`${name} has a form that is not supported`);
    return {
      type: type in bits ? "integer" : type,
      ...(type in bits ? { bits: bits[type] } : {}),
      ...(type === "structure" ? { structure: visit(name) } : {}),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(pattern === undefined ? {} : { pattern }),
      ...(values === undefined ? {} : { enum: values }),
      ...(member === undefined ? {} : { item: shapeOf(member) }),
      ...(key === undefined ? {} : { key: shapeOf(key) }),
      ...(value === undefined ? {} : { value: shapeOf(value) }),
    };
  }

  const operations: Record<string, Operation> = {};
  const errors: Record<string, ModelError> = {};
  for (const [name, { input, output, errors: declared = [] }] of Object.entries(model.operations)) {
    const wrapper = output?.resultWrapper ?? `${name}Result`;
    if (wrapper !== `${name}Result`) throw new Error(`the result of ${name} is called ${wrapper}`);
    operations[name] = {
      input: input === undefined ? visitEmpty(`${name}Request`) : visit(input.shape),
      ...(output === undefined ? {} : { output: visit(output.shape) }),
      errors: declared.map(({ shape }) => errorOf(shape)),
    };
  }
  return {
    version: model.metadata.apiVersion,
    namespace: model.metadata.xmlNamespace,
    operations: sorted(operations),
    errors: sorted(errors),
    structures: sorted(Object.fromEntries(structures)),
  };

  /** Operations without an input: GetSendQuota, for one. */
  function visitEmpty(name: string): string {
    structures.set(name, { members: {}, required: [] });
    return name;
  }

  function errorOf(name: string): string {
    const { error, members = {} } = named(name);
    const code = error?.code ?? name;
    errors[code] = { status: error?.httpStatusCode ?? 400, members: Object.keys(members) };
    return code;
  }
}

function sorted<Value>(table: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(table).sort(([first], [second]) => (first < second ? -1 : 1)));
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) {
    console.error("usage: npx node scripts/ses-v1-model.ts PATH/service-2.json");
    process.exit(2);
  }
  const model: ServiceModel = JSON.parse(await readFile(path, "utf8"));
  const target = new URL("../src/contract/v1/model.json", import.meta.url);
  await writeFile(target, `${JSON.stringify(contractOf(model), null, 1)}\n`);
}
