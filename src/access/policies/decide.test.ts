/** The examples are those of SES's page on sending policies and of IAM's pages on conditions and on the evaluation. */
import { describe, expect, it } from "vitest";
import {
  delegate,
  identityArn,
  owner,
  type RequestOptions,
  samplePolicy,
  sampleRequest,
  sampleStatement,
} from "../../../test/support/policy-samples.ts";
import { type Decision, decide, isPermitted } from "./decide.ts";
import { parsePolicy } from "./policy.ts";

const statementsOf = (...statements: unknown[]) => parsePolicy(samplePolicy(...statements), identityArn).statements;
const ask = (statements: unknown[], options: RequestOptions = {}) =>
  decide(statementsOf(...statements), sampleRequest(options));

describe("SES's examples", () => {
  const marketer = sampleStatement({ Condition: { StringLike: { "ses:FromAddress": "marketing+.*@example.com" } } });
  const users = sampleStatement({
    Principal: { AWS: ["arn:aws:iam::111122223333:user/John", "arn:aws:iam::444455556666:user/Jane"] },
  });
  const service = sampleStatement({ Principal: { Service: ["cognito-idp.amazonaws.com"] } });
  const from = sampleStatement({ Condition: { StringEquals: { "ses:FromAddress": "sender@example.com" } } });
  const september = sampleStatement({
    Condition: {
      DateGreaterThan: { "aws:CurrentTime": "2018-08-31T12:00Z" },
      DateLessThan: { "aws:CurrentTime": "2018-10-01T12:00Z" },
    },
  });
  const raw = sampleStatement({ Action: ["ses:SendRawEmail"] });
  const display = sampleStatement({ Condition: { StringLike: { "ses:FromDisplayName": "Marketing" } } });
  const accounts = sampleStatement({
    Sid: "AuthorizeAWS",
    Principal: { AWS: ["111111111111", "222222222222"] },
    Condition: { StringLike: { "ses:FromAddress": "*@example.com", "ses:FeedbackAddress": "*@example.com" } },
  });
  const internal = sampleStatement({
    Sid: "AuthorizeInternal",
    Principal: { AWS: "arn:aws:iam::333333333333:user/Jane" },
    Condition: { "ForAllValues:StringLike": { "ses:Recipients": "*@example.com" } },
  });
  const notAdmin = sampleStatement({ Condition: { StringNotLike: { "ses:FromAddress": "*admin*example.com" } } });
  const own = { fromAddress: "a@example.com", feedbackAddress: "b@example.com" };

  it.each<[what: string, statements: unknown[], options: RequestOptions, decision: Decision]>([
    ["the marketer", [marketer], { context: { fromAddress: "marketing+.x@example.com" } }, "allow"],
    ["another address", [marketer], { context: { fromAddress: "sales@example.com" } }, "none"],
    ["another account", [marketer], { accountId: owner, context: { fromAddress: "marketing+.x@example.com" } }, "none"],
    ["a user", [users], { accountId: "111122223333", user: "John" }, "allow"],
    ["another user of the account", [users], { accountId: "111122223333", user: "Jane" }, "none"],
    ["another case of the user", [users], { accountId: "111122223333", user: "john" }, "none"],
    ["a service", [service], {}, "none"],
    ["the From address", [from], {}, "allow"],
    ["the From address in another case", [from], { context: { fromAddress: "Sender@example.com" } }, "none"],
    ["in September", [september], {}, "allow"],
    ["in October", [september], { context: { now: new Date("2018-10-01T12:00:00Z") } }, "none"],
    ["raw mail", [raw], { action: "ses:SendRawEmail" }, "allow"],
    ["other mail", [raw], {}, "none"],
    ["the display name", [display], { context: { fromDisplayName: "Marketing" } }, "allow"],
    ["part of the display name", [display], { context: { fromDisplayName: "Marketing Team" } }, "none"],
    ["no display name", [display], {}, "none"],
    ["both addresses", [accounts, internal], { accountId: "222222222222", context: own }, "allow"],
    [
      "one address of two",
      [accounts, internal],
      { accountId: "222222222222", context: { ...own, feedbackAddress: undefined } },
      "none",
    ],
    [
      "own recipients",
      [accounts, internal],
      { accountId: "333333333333", user: "Jane", context: { recipients: ["a@example.com", "b@example.com"] } },
      "allow",
    ],
    [
      "a foreign recipient among them",
      [accounts, internal],
      { accountId: "333333333333", user: "Jane", context: { recipients: ["a@example.com", "b@example.org"] } },
      "none",
    ],
    ["no admin", [notAdmin], {}, "allow"],
    ...["admin@example.com", '"admin"@example.com', "admin+1@example.com", "sender@admin.example.com"].map(
      (fromAddress): [string, unknown[], RequestOptions, Decision] => [
        fromAddress,
        [notAdmin],
        { context: { fromAddress } },
        "none",
      ],
    ),
  ])("%s", (_, statements, options, decision) => expect(ask(statements, options)).toBe(decision));
});

describe("the evaluation", () => {
  const allow = sampleStatement({ Principal: "*", Action: "*" });
  const deny = (elements = {}) => sampleStatement({ Effect: "Deny", Principal: "*", Action: "*", ...elements });

  it.each<
    [
      what: string,
      statements: unknown[],
      options: RequestOptions,
      decision: Decision,
      ofOwner: boolean,
      ofOther: boolean,
    ]
  >([
    ["an Allow", [allow], {}, "allow", true, true],
    ["no match", [sampleStatement({ Action: "ses:GetEmailIdentity" })], {}, "none", true, false],
    ["a Deny", [deny()], {}, "deny", false, false],
    ["a Deny after an Allow", [allow, deny()], {}, "deny", false, false],
    ["a Deny before an Allow", [deny(), allow], {}, "deny", false, false],
    ["a Deny of another action", [allow, deny({ Action: "ses:SendRawEmail" })], {}, "allow", true, true],
    [
      "a Deny of the account",
      [allow, deny({ Principal: { AWS: [owner, `arn:aws:iam::${delegate}:root`] } })],
      {},
      "deny",
      false,
      false,
    ],
    [
      "a Deny whose condition doesn't hold",
      [allow, deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } })],
      {},
      "allow",
      true,
      true,
    ],
    [
      "a Deny whose condition holds",
      [allow, deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } })],
      { context: { secureTransport: false } },
      "deny",
      false,
      false,
    ],
    ["actions in another case", [deny({ Action: "SES:sendEMAIL" })], {}, "deny", false, false],
    [
      "another identity",
      [allow, deny({ Resource: identityArn.replace("example.com", "*") })],
      { resource: identityArn.replace("example.com", "example.org") },
      "deny",
      false,
      false,
    ],
    ["an exact resource", [allow], { resource: `${identityArn}.evil` }, "none", true, false],
  ])("%s", (_, ...given) => {
    const [statements, options, decision, ofOwner, ofOther] = given;
    expect(ask(statements, options)).toBe(decision);
    const permitted = (accountId: string) =>
      isPermitted(statementsOf(...statements), sampleRequest({ ...options, accountId }));
    expect([permitted(owner), permitted(delegate)]).toEqual([ofOwner, ofOther]);
  });

  it("asks for the context once at most, and only for a statement that matches otherwise", () => {
    let asked = 0;
    const request = sampleRequest();
    const context = () => {
      asked++;
      return request.context();
    };
    const counted = { ...request, context };
    const Condition = { StringNotLike: { "ses:FromAddress": "x" }, Bool: { "aws:SecureTransport": "true" } };
    const ofPrincipal = { StringEquals: { "aws:PrincipalAccount": delegate } };
    const rejected = sampleStatement({ Action: "ses:SendBounce", Condition });
    decide(statementsOf(allow, rejected, deny({ Principal: { AWS: owner }, Condition })), counted);
    expect(decide(statementsOf(sampleStatement({ Condition: ofPrincipal })), counted)).toBe("allow");
    expect(asked).toBe(0);
    decide(
      statementsOf(
        deny({ Condition: { ...Condition, StringLike: { "ses:FromAddress": "y" } } }),
        sampleStatement({ Condition }),
      ),
      counted,
    );
    expect(asked).toBe(1);
  });
});

describe("conditions", () => {
  const holds = (Condition: unknown, context: RequestOptions["context"] = {}, user = "John") =>
    ask([sampleStatement({ Condition })], { context, user }) === "allow";
  const two = { recipients: ["a@example.com", "b@example.org"] };

  it.each<[operator: string, key: string, value: unknown, context: RequestOptions["context"], expected: boolean]>([
    ["StringEquals", "ses:FromAddress", ["x", "sender@example.com"], {}, true],
    ["StringNotEquals", "ses:FromAddress", ["x", "sender@example.com"], {}, false],
    ["StringNotEquals", "ses:FromAddress", ["x", "y"], {}, true],
    ["StringEqualsIgnoreCase", "ses:FromAddress", "SENDER@Example.com", {}, true],
    ["StringNotEqualsIgnoreCase", "ses:FromAddress", "SENDER@Example.com", {}, false],
    ["StringEquals", "ses:ApiVersion", 2, {}, true],
    ["StringEquals", "ses:FromAddress", "sender@*", {}, false],
    ["StringLike", "aws:UserAgent", "aws-cli/?", {}, true],
    ["StringLike", "ses:FromAddress", "SENDER@*", {}, false],
    ["StringEquals", "aws:PrincipalAccount", delegate, {}, true],
    ["NumericEquals", "aws:EpochTime", "1537012800.0", {}, true],
    ["NumericNotEquals", "aws:EpochTime", 1537012800, {}, false],
    ["NumericLessThan", "aws:EpochTime", 1537012800, {}, false],
    ["NumericLessThanEquals", "aws:EpochTime", 1537012800, {}, true],
    ["NumericGreaterThan", "aws:EpochTime", [1537012800, -1], {}, true],
    ["NumericGreaterThanEquals", "aws:EpochTime", 1537012801, {}, false],
    // The request is of 2018-09-15T12:00:00.
    ["DateEquals", "aws:CurrentTime", "2018-09-15T14:00:00+02:00", {}, true],
    ["DateEquals", "aws:EpochTime", "2018-09-15T12:00Z", {}, true],
    ["DateNotEquals", "aws:CurrentTime", "1537012800", {}, false],
    ["DateLessThan", "aws:CurrentTime", "2018-09-15T12:00:00Z", {}, false],
    ["DateLessThan", "aws:CurrentTime", "2018-09-15T12:00:00.5Z", {}, true],
    ["DateLessThanEquals", "aws:CurrentTime", "2018-09-15T12:00:00Z", {}, true],
    ["DateGreaterThan", "aws:CurrentTime", "2018-09-15", {}, true],
    ["DateGreaterThan", "aws:CurrentTime", "2018-10", {}, false],
    ["DateGreaterThanEquals", "aws:CurrentTime", "2018-09-15T12:00:01Z", {}, false],
    ["Bool", "aws:SecureTransport", "TRUE", {}, true],
    ["Bool", "aws:SecureTransport", true, { secureTransport: false }, false],
    ["IpAddress", "aws:SourceIp", "203.0.113.0/24", {}, true],
    ["IpAddress", "aws:SourceIp", ["2001:DB8:1234:5678::/64", "203.0.113.9"], {}, true],
    ["IpAddress", "aws:SourceIp", "203.0.113.8", {}, false],
    ["IpAddress", "aws:SourceIp", "2001:DB8:1234:5678::/64", { sourceIp: "2001:db8:1234:5678::1" }, true],
    ["IpAddress", "aws:SourceIp", "203.0.113.0/24", { sourceIp: "::ffff:203.0.113.9" }, true],
    ["IpAddress", "aws:SourceIp", "::/0", {}, false],
    ["NotIpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.0.0.0/8"], {}, false],
    ["NotIpAddress", "aws:SourceIp", "10.0.0.0/8", {}, true],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/J*", {}, true],
    ["ArnEquals", "aws:PrincipalArn", "arn:*:*:*:*:*", {}, true],
    ["ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/J*", {}, false],
    ["ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/Jane", {}, true],
    // A key that the request lacks
    ["StringLike", "aws:Referer", "*", {}, false],
    ["StringLike", "aws:Referer", "*", { referer: "" }, false],
    ["StringNotLike", "aws:Referer", "*", {}, true],
    ["StringLikeIfExists", "aws:Referer", "x", {}, true],
    ["StringLikeIfExists", "aws:Referer", "x", { referer: "y" }, false],
    ["IpAddress", "aws:SourceIp", "0.0.0.0/0", { sourceIp: undefined }, false],
    ["NotIpAddress", "aws:SourceIp", "0.0.0.0/0", { sourceIp: undefined }, true],
    ["Null", "aws:Referer", "true", {}, true],
    ["Null", "aws:Referer", false, {}, false],
    ["Null", "ses:FromAddress", "false", {}, true],
    ["Null", "ses:Recipients", true, { recipients: [] }, true],
    ["Null", "aws:Referer", ["true", "false"], {}, true],
    // Keys with several values
    ["ForAllValues:StringLike", "ses:Recipients", ["*@example.com", "*@example.org"], two, true],
    ["ForAllValues:StringLike", "ses:Recipients", "*@example.com", two, false],
    ["ForAllValues:StringLike", "ses:Recipients", "*@example.com", { recipients: [] }, true],
    ["ForAllValues:StringNotLike", "ses:Recipients", "*@example.net", two, true],
    ["ForAllValues:StringNotLike", "ses:Recipients", "*@example.org", two, false],
    ["ForAnyValue:StringLike", "ses:Recipients", "*@example.org", two, true],
    ["ForAnyValue:StringLike", "ses:Recipients", "*@example.net", two, false],
    ["ForAnyValue:StringLike", "ses:Recipients", "*", { recipients: [] }, false],
    ["ForAnyValue:StringLikeIfExists", "ses:Recipients", "x", { recipients: [] }, true],
    ["ForAnyValue:StringNotEquals", "ses:Recipients", "a@example.com", two, true],
    ["ForAnyValue:StringNotEquals", "ses:Recipients", "a@example.com", { recipients: [] }, false],
    ["ForAnyValue:StringEquals", "ses:FromAddress", "sender@example.com", {}, true],
  ])("%s %s %j", (operator, key, ...given) => {
    const [value, context, expected] = given;
    expect(holds({ [operator]: { [key]: value } }, context)).toBe(expected);
  });

  it("must all hold, and none always does", () => {
    const right = { "ses:FromAddress": "sender@example.com" };
    expect(holds({ StringEquals: right, Bool: { "aws:SecureTransport": true } })).toBe(true);
    expect(holds({ StringEquals: right, Bool: { "aws:SecureTransport": false } })).toBe(false);
    expect(holds({ StringEquals: { ...right, "aws:UserAgent": "other" } })).toBe(false);
    expect(holds({})).toBe(true);
    expect(holds({ StringEquals: {} })).toBe(true);
  });
});
