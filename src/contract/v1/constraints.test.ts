import { expect, test } from "vitest";
import { checkConstraints, violations } from "./constraints.ts";
import { decode } from "./decode.ts";
import { QueryApiError } from "./errors.ts";
import { readParameters } from "./parameters.ts";
import type { OperationName } from "./types.ts";

function refusal(name: OperationName, body: string): [string, string | undefined] | undefined {
  try {
    checkConstraints(name, decode(name, readParameters("", Buffer.from(body))));
    return undefined;
  } catch (error) {
    if (error instanceof QueryApiError) return [error.code, error.text];
    throw error;
  }
}

test("missing members are named in lower camel case, all in one error", () => {
  expect(refusal("SendEmail", "Source=a@b.c&Message.Body.Text.Data=x&Destination=")).toEqual([
    "ValidationError",
    "1 validation error detected: Value null at 'message.subject' failed to satisfy constraint: Member must not be null",
  ]);
  expect(refusal("SendEmail", "Source=a@b.c")).toEqual([
    "ValidationError",
    "2 validation errors detected: Value null at 'destination' failed to satisfy constraint: Member must not be null; Value null at 'message' failed to satisfy constraint: Member must not be null",
  ]);
  expect(refusal("SendRawEmail", "RawMessage.Data=&Tags.member.1.Name=a")?.[1]).toBe(
    "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
  );
});

test("values beyond the model's constraints are printed", () => {
  expect(refusal("ListIdentities", "IdentityType=None")?.[1]).toBe(
    "1 validation error detected: Value 'None' at 'identityType' failed to satisfy constraint: Member must satisfy enum value set: [EmailAddress, Domain]",
  );
  expect(refusal("ListCustomVerificationEmailTemplates", "MaxResults=0")?.[1]).toBe(
    "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
  const attributes = "ConfigurationSetName=a&ConfigurationSetAttributeNames.member.1=b";
  expect(refusal("DescribeConfigurationSet", attributes)?.[1]).toContain(
    "Value '[b]' at 'configurationSetAttributeNames' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [",
  );
  expect(refusal("SendTemplatedEmail", `TemplateData=${"x".repeat(262_145)}`)?.[1]).toContain(
    "Value at 'templateData' failed to satisfy constraint: Member must have length less than or equal to 262144",
  );
});

test("texts and lists that the model leaves unbounded are bounded, content is not", () => {
  expect(refusal("DeleteIdentity", `Identity=${"x".repeat(2_049)}`)?.[1]).toContain(
    "Value at 'identity' failed to satisfy constraint: Member must have length less than or equal to 2048",
  );
  expect(refusal("DeleteIdentity", "Identity=a%00b")?.[1]).toContain("Member must not contain NUL characters");
  const many = Array.from({ length: 1_001 }, (_, index) => `Identities.member.${index}=x`).join("&");
  expect(refusal("GetIdentityDkimAttributes", many)?.[1]).toContain(
    "Value at 'identities' failed to satisfy constraint: Member must have length less than or equal to 1000",
  );
  const Data = "x".repeat(100_000);
  const input = { Source: "a", Destination: {}, Message: { Subject: { Data: "a\0" }, Body: { Html: { Data } } } };
  expect(violations("SendEmail", input)).toEqual([]);
});
