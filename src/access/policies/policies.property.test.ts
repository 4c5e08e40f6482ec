import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  delegate,
  identityArn,
  owner,
  samplePolicy,
  sampleRequest,
  sampleStatement,
} from "../../../test/support/policy-samples.ts";
import { runs } from "../../../test/support/runs.ts";
import { decide } from "./decide.ts";
import { parsePolicy, readStoredPolicies } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 10 }),
  fc.constantFrom("*", "", "a*b?", "__proto__", "constructor", "true", "2018-09", "10.0.0.0/8", delegate, identityArn),
);
const operators = [
  "StringEquals",
  "ForAllValues:StringNotLike",
  "ForAnyValue:StringLikeIfExists",
  "Null",
  "DateLessThan",
  "IpAddress",
  "NumericEquals",
  "ArnLike",
];
const keys = [
  "ses:Recipients",
  "ses:FromAddress",
  "aws:CurrentTime",
  "aws:EpochTime",
  "aws:SourceIp",
  "aws:PrincipalArn",
];
const json = fc.jsonValue({ maxDepth: 3 });
const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.double(), fc.boolean(), json);
const object = (names: readonly string[], member: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, text), member, { maxKeys: 3 });

/** Documents that are nearly policies. */
const nearly = fc
  .record(
    {
      Sid: fc.oneof(text, json),
      Effect: fc.oneof(fc.constantFrom("Allow", "Deny"), json),
      Principal: fc.oneof(value, object(["AWS", "Service"], value)),
      Action: fc.oneof(fc.constantFrom("ses:*", "*", "ses:SendEmail"), value),
      Resource: fc.oneof(fc.constantFrom("*", identityArn), value),
      Condition: fc.oneof(object(operators, object(keys, value)), json),
      NotAction: value,
    },
    { requiredKeys: ["Effect", "Principal", "Action", "Resource"] },
  )
  .map((statement) => sampleStatement(statement));

const condition = fc.constantFrom<unknown>(
  { StringLike: { "ses:FromAddress": "sender@*" } },
  { StringNotEquals: { "ses:FromAddress": "sender@example.com" } },
  { "ForAllValues:StringLike": { "ses:Recipients": "*@example.com" } },
  { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
  {},
);
const statement = fc
  .record({
    Effect: fc.constantFrom("Allow", "Deny"),
    Principal: fc.constantFrom<unknown>("*", { AWS: delegate }, { AWS: [owner, `arn:aws:iam::${delegate}:user/John`] }),
    Action: fc.constantFrom("ses:SendEmail", "ses:Send*", "ses:SendRawEmail", "*"),
    Condition: condition,
  })
  .map((elements) => sampleStatement(elements));
const statements = fc.array(statement, { minLength: 1, maxLength: 6 });
const request = fc
  .record({ accountId: fc.constantFrom(delegate, owner), action: fc.constantFrom("ses:SendEmail", "ses:SendRawEmail") })
  .map(sampleRequest);

const read = (list: readonly unknown[]) => parsePolicy(samplePolicy(...list), identityArn).statements;

describe("policies", () => {
  it.each<[what: string, document: fc.Arbitrary<string>]>([
    ["any text", fc.string({ unit: "binary" })],
    ["any JSON", fc.json()],
    ["nearly a policy", fc.array(nearly, { maxLength: 3 }).map((list) => samplePolicy(...list))],
    ["a policy, cut", fc.tuple(statements, fc.nat(300)).map(([list, end]) => samplePolicy(...list).slice(0, end))],
  ])("are read or refused, and always decide: %s", (_, documents) => {
    fc.assert(
      fc.property(documents, request, (document, asked) => {
        const stored = readStoredPolicies([document], identityArn);
        const decision = decide(stored.statements, asked);
        try {
          const { text: compact, statements: parsed } = parsePolicy(document, identityArn);
          expect(stored.faults).toEqual([]);
          expect(JSON.parse(compact)).toEqual(JSON.parse(document));
          expect(parsePolicy(compact, identityArn).text).toBe(compact);
          expect(decide(parsed, asked)).toBe(decision);
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
          expect(decision).toBe("deny");
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it("decide the same in any order, and alike however statements are spread over policies", () => {
    const shuffled = statements.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, request, ([list, other], asked) => {
        const decision = decide(read(list), asked);
        expect(decide(read(other), asked)).toBe(decision);
        const each = list.map((one) => decide(read([one]), asked));
        expect(decision).toBe(each.includes("deny") ? "deny" : each.includes("allow") ? "allow" : "none");
        expect(
          decide(
            readStoredPolicies(
              list.map((one) => samplePolicy(one)),
              identityArn,
            ).statements,
            asked,
          ),
        ).toBe(decision);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("deny what one statement denies, whatever others allow", () => {
    const denial = sampleStatement({ Effect: "Deny", Principal: "*", Action: "ses:Send*" });
    fc.assert(
      fc.property(statements, fc.nat(6), request, (list, at, asked) => {
        expect(decide(read(list.toSpliced(at, 0, denial)), asked)).toBe("deny");
      }),
      { numRuns: runs(1000) },
    );
  });
});
