import { expect, test } from "vitest";
import { encode, encodeError, escapeXml } from "./encode.ts";
import { QueryApiError, v1Errors } from "./errors.ts";
import { operationNames } from "./model.ts";

const namespace = 'xmlns="http://ses.amazonaws.com/doc/2010-12-01/"';
const metadata = "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>";

test("an answer has the form that SES gives it", () => {
  expect(encode("SendEmail", { MessageId: "0100" }, "id")).toBe(
    `<SendEmailResponse ${namespace}><SendEmailResult><MessageId>0100</MessageId></SendEmailResult>${metadata}</SendEmailResponse>`,
  );
  expect(encode("GetSendQuota", { Max24HourSend: 200, MaxSendRate: 1.5, SentLast24Hours: 0 }, "id")).toContain(
    "<Max24HourSend>200.0</Max24HourSend><MaxSendRate>1.5</MaxSendRate><SentLast24Hours>0.0</SentLast24Hours>",
  );
  expect(encode("GetAccountSendingEnabled", { Enabled: false }, "id")).toContain("<Enabled>false</Enabled>");
});

test("lists, maps and instants do, too", () => {
  expect(encode("ListIdentities", { Identities: ["a.b", "c.d"], NextToken: undefined }, "id")).toContain(
    "<ListIdentitiesResult><Identities><member>a.b</member><member>c.d</member></Identities></ListIdentitiesResult>",
  );
  expect(encode("ListIdentities", { Identities: [] }, "id")).toContain("<Identities></Identities>");
  const VerificationAttributes = { "a.b": { VerificationStatus: "Pending", VerificationToken: "t" } };
  expect(encode("GetIdentityVerificationAttributes", { VerificationAttributes }, "id")).toContain(
    "<VerificationAttributes><entry><key>a.b</key><value><VerificationStatus>Pending</VerificationStatus><VerificationToken>t</VerificationToken></value></entry></VerificationAttributes>",
  );
  const SendDataPoints = [{ Timestamp: new Date("2026-11-30T10:15:00Z"), DeliveryAttempts: 3 }];
  expect(encode("GetSendStatistics", { SendDataPoints }, "id")).toContain(
    "<member><Timestamp>2026-11-30T10:15:00Z</Timestamp><DeliveryAttempts>3</DeliveryAttempts></member>",
  );
});

test("an operation without members in its answer has an empty result, one without an answer has none", () => {
  expect(encode("DeleteIdentity", {}, "id")).toBe(
    `<DeleteIdentityResponse ${namespace}><DeleteIdentityResult></DeleteIdentityResult>${metadata}</DeleteIdentityResponse>`,
  );
  expect(encode("UpdateAccountSendingEnabled", {}, "id")).toBe(
    `<UpdateAccountSendingEnabledResponse ${namespace}>${metadata}</UpdateAccountSendingEnabledResponse>`,
  );
});

test("an answer that does not fit the model is a defect", () => {
  expect(() => encode("SendEmail", Object({ MessageId: 1 }), "id")).toThrow(TypeError);
  expect(() => encode("ListIdentities", Object({ Identities: "a" }), "id")).toThrow(TypeError);
  expect(() => encode("GetSendQuota", Object({ MaxSendRate: "1" }), "id")).toThrow(TypeError);
});

test("the ID of a refused request is a child of ErrorResponse", () => {
  const error = new QueryApiError("ConfigurationSetDoesNotExist", "Configuration set <x> does not exist.", {
    ConfigurationSetName: "x",
  });
  expect(encodeError(error, "id")).toBe(
    `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>ConfigurationSetDoesNotExist</Code><Message>Configuration set &lt;x&gt; does not exist.</Message><ConfigurationSetName>x</ConfigurationSetName></Error><RequestId>id</RequestId></ErrorResponse>`,
  );
  expect(encodeError(new QueryApiError("InternalFailure", "x"), "id")).toContain("<Type>Receiver</Type>");
  expect(encodeError(v1Errors.numberInvalid(), "id")).not.toContain("<Message>");
});

test("XML carries any text, but for characters that it can't", () => {
  expect(escapeXml('<a b="c">&\'\r\n\t')).toBe("&lt;a b=&quot;c&quot;&gt;&amp;'&#xD;\n\t");
  expect(escapeXml("a\u0000b\u0008c\u000bd\u001fe\ufffef\uffffg\ud800h😀")).toBe(
    "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh😀",
  );
});

test("SES v1 has 71 operations", () => expect(operationNames).toHaveLength(71));
