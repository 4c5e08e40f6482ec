import { expect, test } from "vitest";
import { operationNamed, operations } from "./operations.ts";

test("the SDK's schemas hold all 116 operations, by method as the model counts them", () => {
  const byMethod = Object.groupBy(operations, ({ method }) => method);
  expect(Object.entries(byMethod).map(([method, all]) => [method, all.length])).toEqual(
    expect.arrayContaining([
      ["POST", 41],
      ["GET", 32],
      ["PUT", 31],
      ["DELETE", 12],
    ]),
  );
  expect(operations).toHaveLength(116);
});

test("every operation has a resource, declared errors, and members in places that the contract knows", () => {
  for (const operation of operations) {
    expect(operation.resource, operation.name).toMatch(/^[a-z-]+$/);
    expect(operation.errors, operation.name).toContain("TooManyRequestsException");
    const labels = operation.members.filter(({ location }) => location === "label");
    const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(new Set(labels.map(({ wireName }) => wireName)), operation.name).toEqual(new Set(inPath));
    expect(labels.every(({ required }) => required)).toBe(true);
  }
});

test("no output is bound to anything but the body", () => {
  for (const { name, output } of operations) {
    for (const [member, schema] of output.structIterator()) {
      expect(schema.getMergedTraits(), `${name}.${member}`).not.toHaveProperty("httpHeader");
      expect(schema.getMergedTraits(), `${name}.${member}`).not.toHaveProperty("httpPayload");
      expect(schema.getMergedTraits(), `${name}.${member}`).not.toHaveProperty("httpResponseCode");
    }
  }
});

test("members tell where they travel and under what name", () => {
  const members = operationNamed("ListSuppressedDestinations").members;
  expect(members.find(({ name }) => name === "Reasons")).toMatchObject({ location: "query", wireName: "Reason" });
  expect(
    operationNamed("CreateContact").members.map(({ name, location, required }) => [name, location, required]),
  ).toEqual([
    ["ContactListName", "label", true],
    ["EmailAddress", "body", true],
    ["TopicPreferences", "body", false],
    ["UnsubscribeAll", "body", false],
    ["AttributesData", "body", false],
  ]);
});
