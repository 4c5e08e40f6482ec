import { describe, expect, it } from "vitest";
import {
  delegate,
  identityArn,
  owner,
  samplePolicy,
  sampleRequest,
  sampleStatement,
} from "../../../test/support/policy-samples.ts";
import { decide, isPermitted } from "./decide.ts";
import { parsePolicy, readStoredPolicies } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

/** A policy variable of IAM. */
const variable = ["$", "{aws:username}"].join("");
const parse = (text: string) => parsePolicy(text, identityArn);
const condition = (operator: string, key: string, value: unknown) =>
  samplePolicy(sampleStatement({ Condition: { [operator]: { [key]: value } } }));
const withStatement = (elements: Record<string, unknown>) => samplePolicy(sampleStatement(elements));

describe("a policy", () => {
  it("is stored without the white space between its tokens", () => {
    const statement = `{"Sid" : "a  b\\n\\u0041","Effect":"Allow", "Principal":"*",
      "Action":"ses:*","Resource":"${identityArn}", "Condition": {"NumericLessThan":{"aws:EpochTime": 1.50e3}}}`;
    const { text, statements } = parse(` {\t"Statement":[ ${statement}\r\n]}\n`);
    expect(text).toBe(
      `{"Statement":[{"Sid":"a  b\\n\\u0041","Effect":"Allow","Principal":"*","Action":"ses:*","Resource":"${identityArn}","Condition":{"NumericLessThan":{"aws:EpochTime":1.50e3}}}]}`,
    );
    expect(statements).toHaveLength(1);
    expect(parse(text).text).toBe(text);
  });

  it("tells the accounts that it names", () => {
    const AWS = ["*", delegate, "arn:aws:iam::111122223333:user/John", "arn:aws:iam::444455556666:root"];
    expect(parse(withStatement({ Principal: { AWS } })).accounts).toEqual(
      new Set([delegate, "111122223333", "444455556666"]),
    );
    expect(parse(withStatement({ Principal: { Service: "cognito-idp.amazonaws.com" } })).accounts).toEqual(new Set());
  });

  it("may have 4 KB, not counting white space", () => {
    const policy = (id: number, space = 0) =>
      JSON.stringify({ Id: "x".repeat(id), Statement: sampleStatement() }, undefined, space);
    const most = 4096 - policy(0).length;
    expect(parse(policy(most)).text).toHaveLength(4096);
    expect(parse(policy(most, 8)).text).toHaveLength(4096);
    expect(() => parse(policy(most + 1))).toThrow("The policy is longer than 4096 bytes without white space");
    expect(() => parse(policy(most - 1).replace("x", "äö"))).toThrow("longer than 4096 bytes");
    expect(() => parse(policy(0) + " ".repeat(16_384))).toThrow("The policy is longer than 16384 bytes");
  });

  it.each<[what: string, text: string]>([
    ["one statement that is no list", JSON.stringify({ Statement: sampleStatement() })],
    ["the older version", JSON.stringify({ Version: "2008-10-17", Id: "x", Statement: [sampleStatement()] })],
    [
      "two statements without a Sid, two with an empty one",
      samplePolicy(...["", ""].map((Sid) => sampleStatement({ Sid })), sampleStatement(), sampleStatement()),
    ],
    ["any action", withStatement({ Action: "*" })],
    ["another case of an action", withStatement({ Action: ["SES:sendemail", "ses:Get?mailIdentity"] })],
    [
      "wildcards that include the identity",
      withStatement({ Resource: ["arn:aws:ses:*:888888888888:identity/*", "*"] }),
    ],
    ["no conditions", withStatement({ Condition: {} })],
    [
      "a dollar sign without variables",
      JSON.stringify({ Statement: sampleStatement({ Condition: { StringEquals: { "ses:FromAddress": variable } } }) }),
    ],
    ["keys in another case", condition("StringEquals", "SES:fromaddress", "a")],
    [
      "numbers and booleans without quotes",
      samplePolicy(
        sampleStatement({
          Condition: {
            NumericLessThan: { "aws:EpochTime": [1, "2.5"] },
            Bool: { "aws:SecureTransport": true },
            DateLessThan: { "aws:EpochTime": 1_800_000_000 },
          },
        }),
      ),
    ],
    ["a path in a user's ARN", withStatement({ Principal: { AWS: "arn:aws:iam::111122223333:user/a/b+c@d" } })],
  ])("may have %s", (_, text) => expect(parse(text).statements.length).toBeGreaterThan(0));

  const refused: [text: string, error: string][] = [
    // JSON
    ["", "The policy is not valid JSON"],
    ["{", "The policy is not valid JSON"],
    ["\ufeff{}", "The policy is not valid JSON"],
    ['{"Id":"\ud800"}', "The policy contains unpaired surrogates"],
    ["null", "The policy is not an object"],
    ["[]", "The policy is not an object"],
    ['"x"', "The policy is not an object"],
    ['{"Id":"a","Id":"b"}', 'The policy has "Id" twice in one object'],
    ['{"Id":"a","\\u0049d":"b"}', 'The policy has "Id" twice in one object'],
    [withStatement({}).replace('"Effect":"Allow"', '"Effect":"Allow","Effect":"Deny"'), '"Effect" twice in one object'],
    [
      condition("StringEquals", "ses:FromAddress", "a").replace('"ses:FromAddress":"a"', '"__proto__":1,"__proto__":2'),
      '"__proto__" twice',
    ],
    ["[[[[[[[]]]]]]]", "The policy is nested too deeply"],
    [`${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`, "The policy is nested too deeply"],
    // The document
    ["{}", "Statement is missing"],
    ['{"Statement":[]}', "Statement is an empty list"],
    ['{"Statement":[[]]}', "the statement is not an object (in statement 1)"],
    ['{"Statement":["x"]}', "the statement is not an object (in statement 1)"],
    [
      JSON.stringify({ Version: "2012-10-18", Statement: sampleStatement() }),
      "Version must be 2012-10-17 or 2008-10-17",
    ],
    [JSON.stringify({ Version: null, Statement: sampleStatement() }), "Version must be"],
    [JSON.stringify({ Id: 1, Statement: sampleStatement() }), "Id is not a text"],
    [JSON.stringify({ statement: sampleStatement() }), 'The policy\'s element "statement" is not supported'],
    ['{"__proto__":1,"Statement":[]}', 'The policy\'s element "__proto__" is not supported'],
    [samplePolicy(sampleStatement({ Sid: "a" }), sampleStatement({ Sid: "a" })), 'The Sid "a" is used twice'],
    [samplePolicy(sampleStatement(), sampleStatement({ Sid: 1 })), "Sid is not a text (in statement 2)"],
    // Statements
    ...["NotPrincipal", "NotAction", "NotResource", "effect", "constructor", "Foo"].map((name): [string, string] => [
      withStatement({ [name]: "*" }),
      `the element "${name}" is not supported (in statement 1)`,
    ]),
    ...["Effect", "Principal", "Action", "Resource"].map((name): [string, string] => [
      withStatement({ [name]: undefined }),
      `${name} is missing (in statement 1)`,
    ]),
    [withStatement({ Effect: "ALLOW" }), "Effect must be Allow or Deny"],
    [withStatement({ Effect: ["Allow"] }), "Effect must be Allow or Deny"],
    [withStatement({ Action: [] }), "Action is an empty list"],
    [withStatement({ Action: null }), "Action is not a text"],
    [withStatement({ Action: "SendEmail" }), '"SendEmail" is not an action of SES'],
    [withStatement({ Action: ["ses:*", "s3:GetObject"] }), '"s3:GetObject" is not an action of SES'],
    [withStatement({ Action: "s*:SendEmail" }), "is not an action of SES"],
    [withStatement({ Action: "ses:" }), "is not an action of SES"],
    [withStatement({ Resource: [] }), "Resource is an empty list"],
    [withStatement({ Resource: "example.com" }), 'Invalid ARN: "example.com"'],
    [withStatement({ Resource: identityArn.replace("example.com", "example.org") }), "Invalid ARN: "],
    [withStatement({ Resource: identityArn.replace(owner, delegate) }), `is not ${identityArn}`],
    [withStatement({ Resource: [identityArn, "arn:aws:ses:*:*:configuration-set/*"] }), "Invalid ARN: "],
    [withStatement({ Resource: "arn:aws:ses:us-*:identity/example.com" }), "Invalid ARN: "],
    [
      withStatement({ Resource: `arn:aws:ses:us-east-1:888888888888:identity/${variable}` }),
      "policy variables are not supported",
    ],
    // Principals
    [withStatement({ Principal: "arn:aws:iam::111122223333:root" }), "Policy contains an invalid principal: "],
    [withStatement({ Principal: [] }), "Principal is not an object"],
    [withStatement({ Principal: {} }), "Principal names no one"],
    [withStatement({ Principal: { AWS: [] } }), "AWS is an empty list"],
    [withStatement({ Principal: { AWS: 123456789012 } }), "AWS is not a text"],
    [withStatement({ Principal: { Federated: "x" } }), 'Principal: "Federated" is not supported'],
    [withStatement({ Principal: { Service: "evil.example.com" } }), "invalid principal"],
    ...[
      "",
      "12345678901",
      "arn:aws:iam::111122223333:user/*",
      "arn:aws:iam::*:root",
      "arn:aws:iam::111122223333:role/x",
      "arn:aws:sts::111122223333:assumed-role/x/y",
      "arn:aws-cn:iam::111122223333:root",
      "AIDACKCEVSQ6C2EXAMPLE",
      variable,
    ].map((AWS): [string, string] => [
      withStatement({ Principal: { AWS } }),
      `Policy contains an invalid principal: "${AWS}" (in statement 1)`,
    ]),
    // Conditions
    [withStatement({ Condition: "x" }), "Condition is not an object"],
    [withStatement({ Condition: { StringEquals: "x" } }), "StringEquals is not an object"],
    [condition("StringEquals", "aws:PrincipalOrgID", "o-1"), 'the condition key "aws:PrincipalOrgID" is not supported'],
    [
      condition("StringEquals", "__proto__", "o-1").replace("{}", '{"__proto__":"x"}'),
      'the condition key "__proto__" is not supported',
    ],
    [condition("stringequals", "ses:FromAddress", "a"), 'the condition operator "stringequals" is not supported'],
    [condition("toString", "ses:FromAddress", "a"), 'the condition operator "toString" is not supported'],
    [condition("BinaryEquals", "ses:FromAddress", "YQ=="), "is not supported"],
    [condition("ForAllValues", "ses:Recipients", "a"), "is not supported"],
    [condition("ForSomeValues:StringLike", "ses:Recipients", "a"), "is not supported"],
    [condition("ForAnyValue:ForAllValues:StringLike", "ses:Recipients", "a"), "is not supported"],
    [condition("StringLikeIfExistsIfExists", "ses:FromAddress", "a"), "is not supported"],
    [condition("NullIfExists", "ses:FromAddress", true), "is not supported"],
    [condition("ForAllValues:Null", "ses:Recipients", true), "is not supported"],
    [condition("NumericEquals", "ses:FromAddress", 1), "NumericEquals can't compare ses:FromAddress"],
    [condition("StringEquals", "aws:SourceIp", "10.0.0.1"), "StringEquals can't compare aws:SourceIp"],
    [condition("StringLike", "ses:Recipients", "*"), "needs the prefix ForAllValues or ForAnyValue"],
    [
      withStatement({ Condition: { StringEquals: { "ses:FromAddress": "a", "ses:fromaddress": "b" } } }),
      'has the key "ses:fromaddress" twice',
    ],
    [condition("StringEquals", "ses:FromAddress", []), "ses:FromAddress is an empty list"],
    [condition("StringEquals", "ses:FromAddress", null), "neither a text, nor a number, nor a boolean"],
    [condition("StringEquals", "ses:FromAddress", { a: 1 }), "neither a text, nor a number, nor a boolean"],
    [condition("StringEquals", "ses:FromAddress", 1e300), "neither a text, nor a number, nor a boolean"],
    [condition("StringLike", "ses:FromAddress", `${variable}@example.com`), "policy variables are not supported"],
    [condition("ArnLike", "aws:PrincipalArn", "*"), '"*" is not an ARN'],
    ...["x", "", "1e3", "0x10", " 1", "Infinity", "1234567890123456"].map((value): [string, string] => [
      condition("NumericLessThan", "aws:EpochTime", value),
      `"${value}" is not a number`,
    ]),
    ...[
      "",
      "tomorrow",
      "2019",
      "2019-02-30",
      "2019-13",
      "2019-07-30T00:00",
      "2019-07-30T24:00Z",
      "20190730T000000Z",
      "2019-07-30 00:00:00Z",
      "1564444800000",
      "2019-07-*",
    ].map((value): [string, string] => [
      condition("DateLessThan", "aws:CurrentTime", value),
      `"${value}" is not a date`,
    ]),
    ...["yes", "1", ""].flatMap((value): [string, string][] => [
      [condition("Bool", "aws:SecureTransport", value), `"${value}" is not true or false`],
      [condition("Null", "ses:FromAddress", value), `"${value}" is not true or false`],
    ]),
    ...[
      "",
      "10",
      "010.0.0.1",
      "10.0.0.1/33",
      "10.0.0.1/",
      "10.0.0.1/-1",
      "10.0.0.1/08",
      "::1/129",
      "::ffff:1.2.3.4",
      "fe80::1%eth0",
      "10.0.0.*",
      "::g",
    ].map((value): [string, string] => [
      condition("IpAddress", "aws:SourceIp", value),
      `"${value}" is not an IP address`,
    ]),
  ];

  it.each(refused.map(([text, error]) => [error, text]))("is refused: %s", (error, text) => {
    expect(() => parse(text)).toThrow(PolicyError);
    expect(() => parse(text)).toThrow(error);
  });

  it("is quoted in errors in part only, and well-formed", () => {
    const fault = (text: string) => {
      try {
        parse(text);
      } catch (error) {
        return String(error);
      }
      return "";
    };
    for (const long of ["x".repeat(3000), "😀".repeat(700), "\ud800".repeat(600)]) {
      for (const text of [
        withStatement({ [long]: 1 }),
        condition(long, "x", 1),
        withStatement({ Principal: { AWS: long } }),
        JSON.stringify({ Statement: sampleStatement({ Condition: { [long]: 1 } }) }),
      ]) {
        expect(fault(text).length).toBeGreaterThan(20);
        expect(fault(text).length).toBeLessThan(300);
        expect(fault(text).isWellFormed()).toBe(true);
      }
    }
  });
});

describe("a stored policy", () => {
  const allow = samplePolicy(sampleStatement());

  it("is as when it was created", () => {
    const { statements, faults } = readStoredPolicies([allow, allow], identityArn);
    expect(faults).toEqual([]);
    expect(decide(statements, sampleRequest())).toBe("allow");
  });

  it.each([
    "",
    "{",
    "{}",
    samplePolicy(sampleStatement({ Condition: { Newer: { "ses:FromAddress": "a" } } })),
    "[".repeat(20_000),
  ])("denies everything if it can't be read: %#", (unreadable) => {
    for (const texts of [[unreadable], [allow, unreadable], [unreadable, allow]]) {
      const { statements, faults } = readStoredPolicies(texts, identityArn);
      expect(faults).toHaveLength(1);
      expect(decide(statements, sampleRequest())).toBe("deny");
      expect(isPermitted(statements, sampleRequest({ accountId: owner, action: "ses:GetEmailIdentity" }))).toBe(false);
    }
  });

  it("costs nothing if there is none", () => {
    const { statements } = readStoredPolicies([], identityArn);
    const context = () => expect.unreachable("the context was asked for");
    expect(decide(statements, { ...sampleRequest(), context })).toBe("none");
    expect(isPermitted(statements, { ...sampleRequest({ accountId: owner }), context })).toBe(true);
    expect(isPermitted(statements, { ...sampleRequest(), context })).toBe(false);
  });
});
