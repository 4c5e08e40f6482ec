import { expect, test } from "vitest";
import { v1ConstraintTable } from "./constraint-table.ts";
import { operationNamed, operationNames, type Shape, statusOfError, structureNamed } from "./model.ts";

/** The names of all structures that requests and responses can hold. */
function structureNames(): Set<string> {
  const found = new Set<string>();
  const visit = (name: string | undefined): void => {
    if (name === undefined || found.has(name)) return;
    found.add(name);
    for (const shape of Object.values(structureNamed(name).members)) visitShape(shape);
  };
  const visitShape = ({ structure, item, value }: Shape): void => {
    visit(structure);
    if (item) visitShape(item);
    if (value) visitShape(value);
  };
  for (const name of operationNames) {
    const { input, output } = operationNamed(name);
    visit(input);
    visit(output);
  }
  return found;
}

test("the table of constraints and the SDK's schemas have the same structures and members", () => {
  const names = structureNames();
  expect(new Set(Object.keys(v1ConstraintTable.structures))).toEqual(names);
  for (const name of names) {
    const members = Object.keys(structureNamed(name).members);
    expect(Object.keys(v1ConstraintTable.structures[name] ?? {}), name).toEqual(members);
  }
});

test("the table's errors are of operations and codes that the SDK knows", () => {
  expect(operationNames).toHaveLength(71);
  for (const [code, operations] of Object.entries(v1ConstraintTable.operationsByError)) {
    expect(statusOfError(code), code).toBe(400);
    for (const name of operations) expect(operationNames).toContain(name);
  }
});

test("types, constraints and required members", () => {
  expect(structureNamed("SendRawEmailRequest")).toMatchObject({
    members: { RawMessage: { type: "structure", structure: "RawMessage" } },
    required: ["RawMessage"],
  });
  expect(structureNamed("SendDataPoint").members).toMatchObject({
    Timestamp: { type: "timestamp" },
    Bounces: { type: "integer", bits: 64 },
  });
  expect(structureNamed("GetSendQuotaResponse").members).toMatchObject({ MaxSendRate: { type: "double" } });
  expect(structureNamed("IdentityDkimAttributes").members).toMatchObject({
    DkimTokens: { type: "list", item: { type: "string" } },
    DkimVerificationStatus: { enum: expect.arrayContaining(["NotStarted"]) },
  });
  expect(structureNamed("GetIdentityPoliciesResponse").members).toMatchObject({
    Policies: { type: "map", key: { min: 1, max: 64 }, value: { min: 1 } },
  });
});
