import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { constraintsOf, type ServiceModel } from "../../scripts/constraints.ts";
import { constraintTable } from "./constraint-table.ts";
import { enumOrders, memberOrders } from "./observations.ts";
import { operations, requiredMembers } from "./operations.ts";

const modelFile = new URL("../../../shared/ses/service-2.json", import.meta.url);
const hasModel = existsSync(modelFile);
if (!hasModel) console.log(`no model at ${modelFile.pathname}: the constraints are not compared with it`);

type Schema = (typeof operations)[number]["input"];

/** Every structure that a request can hold. */
function inputStructures(): Map<string, Schema> {
  const found = new Map<string, Schema>();
  const visit = (schema: Schema): void => {
    if (schema.isListSchema() || schema.isMapSchema()) visit(schema.getValueSchema());
    const name = schema.getName() ?? "";
    if (!schema.isStructSchema() || found.has(name)) return;
    found.set(name, schema);
    for (const [, member] of schema.structIterator()) visit(member);
  };
  for (const { input } of operations) visit(input);
  return found;
}

test("the table and the SDK's schemas have the same structures and members", () => {
  const structures = inputStructures();
  expect(new Set(Object.keys(constraintTable.structures))).toEqual(new Set(structures.keys()));
  for (const [name, schema] of structures) {
    const members = schema.structIterator().map(([member]) => member);
    expect(new Set(Object.keys(constraintTable.structures[name] ?? {})), name).toEqual(new Set(members));
  }
});

test("the observed orders are of enums and members that exist", () => {
  const enums = new Set(
    JSON.stringify(constraintTable)
      .matchAll(/"enum":(\[[^\]]*\])/g)
      .map(([, values = "[]"]) => JSON.stringify(JSON.parse(values).sort())),
  );
  for (const order of enumOrders) expect(enums).toContain(JSON.stringify([...order].sort()));
  for (const [structure, members] of Object.entries(memberOrders)) {
    expect(Object.keys(constraintTable.structures[structure] ?? {})).toEqual(expect.arrayContaining([...members]));
  }
});

describe.skipIf(!hasModel)("beside the model", () => {
  const model = (): ServiceModel => JSON.parse(readFileSync(modelFile, "utf8"));

  test("the table is what the model makes", () => {
    expect(constraintsOf(model())).toEqual(constraintTable);
  });

  test("the SDK's schemas require what the model requires", () => {
    const { shapes } = model();
    for (const [name, schema] of inputStructures()) {
      expect(requiredMembers(schema), name).toEqual(new Set(shapes[name]?.required ?? []));
    }
  });
});
