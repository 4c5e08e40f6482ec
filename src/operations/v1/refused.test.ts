import { expect, test } from "vitest";
import { callContext } from "../../../test/support/operation-call.ts";
import { v1RefusalOf } from "../../../test/support/v1-refusal.ts";
import { operationNamed, operationNames } from "../../contract/v1/model.ts";
import { refusals, refusedV1Operations } from "./refused.ts";
import { writtenV1Operations } from "./written.ts";

test("all operations on received mail are refused, and no others", () => {
  const received = operationNames.filter((name) => name.includes("Receipt") || name === "SendBounce");
  expect(refusedV1Operations).toEqual(received);
  const written: ReadonlySet<string> = new Set(writtenV1Operations);
  expect(refusedV1Operations.filter((name) => written.has(name))).toEqual([]);
});

test.each(refusedV1Operations)("%s is refused with a code of its model, if that has one", async (name) => {
  const call = refusals[name];
  if (!call) throw new Error(`no handler for ${name}`);
  // A handler's input is that of its operation: here, it may be any.
  const [code, text, members] = await v1RefusalOf(
    Reflect.apply(call, undefined, [{ RuleSetName: "set" }, callContext()]),
  );
  const declared = operationNamed(name).errors;
  expect(declared.length === 0 ? ["InvalidParameterValue"] : declared).toContain(code);
  expect(text).toContain(`Mailglass does not receive mail, so it refuses ${name}`);
  const isAboutSet = code === "RuleSetDoesNotExist" || code === "CannotDelete";
  expect(members).toEqual(isAboutSet ? { Name: "set" } : {});
});
