import { expect, test } from "vitest";
import { DamagedData } from "../../common/damaged-data.ts";
import { errors } from "../errors.ts";
import { v1Errors } from "./errors.ts";
import { mapError, queryErrorOf, refusedAs } from "./map-error.ts";

const mapped = (error: Parameters<typeof mapError>[0]) => {
  const { code, status, text, members } = mapError(error);
  return [code, status, text, members];
};

test("errors that v1 tells apart get its code, the same text and their members", () => {
  expect(mapped(errors.configurationSetNotFound("a <b>\n"))).toEqual([
    "ConfigurationSetDoesNotExist",
    400,
    "Configuration set <a <b>\n> does not exist.",
    { ConfigurationSetName: "a <b>\n" },
  ]);
  expect(mapped(errors.templateNotFound("$&"))).toEqual([
    "TemplateDoesNotExist",
    400,
    "Template $& does not exist.",
    { TemplateName: "$&" },
  ]);
  expect(mapped(errors.eventDestinationExists("events", "set"))).toEqual([
    "EventDestinationAlreadyExists",
    400,
    "An event destination with name <events> already exists for configuration set <set>.",
    { EventDestinationName: "events", ConfigurationSetName: "set" },
  ]);
  expect(mapped(errors.configurationSetSendingPaused("set"))[0]).toBe("ConfigurationSetSendingPausedException");
  expect(mapped(errors.accountSendingPaused())[0]).toBe("AccountSendingPausedException");
});

test("the others get the code that v1 has for theirs", () => {
  expect(mapped(errors.messageRefused("Illegal header 'X'."))).toEqual([
    "InvalidParameterValue",
    400,
    "Illegal header 'X'.",
    {},
  ]);
  expect(mapped(errors.identityNotVerified("us-east-1", ["a@b.c"]))[0]).toBe("MessageRejected");
  expect(mapped(errors.rateExceeded()).slice(0, 3)).toEqual(["Throttling", 400, "Rate exceeded"]);
  expect(mapped(errors.dailyQuotaExceeded()).slice(0, 3)).toEqual(["Throttling", 400, "Daily message quota exceeded."]);
  expect(mapped(errors.sendRateExceeded())[0]).toBe("Throttling");
  expect(mapped(errors.keyUnknown()).slice(0, 2)).toEqual(["InvalidClientTokenId", 403]);
  expect(mapped(errors.signatureMismatch()).slice(0, 2)).toEqual(["SignatureDoesNotMatch", 403]);
  expect(mapped(errors.bodyTooLarge(1)).slice(0, 2)).toEqual(["RequestEntityTooLarge", 413]);
  expect(mapped(errors.tooManyBodies()).slice(0, 2)).toEqual(["ServiceUnavailable", 503]);
});

test("a bad request gets the code of its operation, unless v1 tells it apart", async () => {
  const refusal = { code: "InvalidSNSDestination" as const, members: { EventDestinationName: "to" } };
  const refused = (error: unknown) =>
    refusedAs(refusal, () => Promise.reject(error)).catch((thrown: unknown) => queryErrorOf(thrown, () => {}));
  expect(await refused(errors.targetArn("SNS topic", "x"))).toMatchObject({
    ...refusal,
    text: "Invalid SNS topic ARN <x>.",
  });
  expect(await refused(errors.configurationSetNotFound("set"))).toMatchObject({ code: "ConfigurationSetDoesNotExist" });
  expect(await refused(errors.configurationSetNameMissing())).toMatchObject({ code: "InvalidConfigurationSet" });
  expect(await refused(errors.redirectDomainMissing())).toMatchObject({ code: "InvalidTrackingOptions" });
  expect(await refused(errors.redirectDomainNotVerified("x"))).toMatchObject({ code: "InvalidTrackingOptions" });
  expect(await refused(errors.eventDestinationLimit("set", 10))).toMatchObject({ code: "LimitExceeded" });
  expect(await refused(new Error("a defect"))).toMatchObject({ code: "InternalFailure" });
  expect(await refusedAs(refusal, async () => "done")).toBe("done");
});

test("anything else is an internal error, and told to the log", () => {
  const defects: unknown[] = [];
  const found = (error: unknown) => queryErrorOf(error, (defect) => defects.push(defect));
  expect(found(v1Errors.actionMissing()).code).toBe("MissingAction");
  expect(found(errors.internal())).toMatchObject({ code: "InternalFailure", status: 500 });
  expect(defects).toEqual([]);
  const damage = new DamagedData("the pack is damaged");
  expect(found(damage)).toMatchObject({ code: "InternalFailure", text: "the pack is damaged" });
  expect(found("text")).toMatchObject({ code: "InternalFailure", text: errors.internal().text });
  expect(defects).toEqual([damage, "text"]);
});
