/** IAM's condition operators: how a value of the request is compared with the values in the policy. */
import type { Family } from "./condition-keys.ts";
import { isWithin, readAddress, readDate, readNetwork, readNumber } from "./condition-values.ts";
import { compileGlobs, isArnPattern, type Matcher } from "./globs.ts";
import { PolicyError, quote } from "./policy-error.ts";

export interface Operator {
  readonly family: Family;
  /** Negated operators hold if no value matches, and if the request lacks the key. */
  readonly negated: boolean;
  /** Compiles the values of a condition: whether one of them matches. Throws a `PolicyError` for a malformed value. */
  readonly compile: (values: readonly string[]) => Matcher;
}

type Compare = (given: number, limit: number) => boolean;

const equal: Compare = (given, limit) => given === limit;
const less: Compare = (given, limit) => given < limit;
const lessOrEqual: Compare = (given, limit) => given <= limit;
const greater: Compare = (given, limit) => given > limit;
const greaterOrEqual: Compare = (given, limit) => given >= limit;

const equalText = (values: readonly string[]): Matcher => {
  const known = new Set(values);
  return (text) => known.has(text);
};
const equalIgnoringCase = (values: readonly string[]): Matcher => {
  const known = equalText(values.map((value) => value.toLowerCase()));
  return (text) => known(text.toLowerCase());
};
const arnLike = (values: readonly string[]) =>
  compileGlobs(
    values.map((value) => (isArnPattern(value) ? value : malformed(value, "an ARN"))),
    "arn",
  );

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: operator("string", equalText),
  StringNotEquals: negated("string", equalText),
  StringEqualsIgnoreCase: operator("string", equalIgnoringCase),
  StringNotEqualsIgnoreCase: negated("string", equalIgnoringCase),
  StringLike: operator("string", (values) => compileGlobs(values)),
  StringNotLike: negated("string", (values) => compileGlobs(values)),
  NumericEquals: operator("numeric", numbers(equal)),
  NumericNotEquals: negated("numeric", numbers(equal)),
  NumericLessThan: operator("numeric", numbers(less)),
  NumericLessThanEquals: operator("numeric", numbers(lessOrEqual)),
  NumericGreaterThan: operator("numeric", numbers(greater)),
  NumericGreaterThanEquals: operator("numeric", numbers(greaterOrEqual)),
  DateEquals: operator("date", dates(equal)),
  DateNotEquals: negated("date", dates(equal)),
  DateLessThan: operator("date", dates(less)),
  DateLessThanEquals: operator("date", dates(lessOrEqual)),
  DateGreaterThan: operator("date", dates(greater)),
  DateGreaterThanEquals: operator("date", dates(greaterOrEqual)),
  Bool: operator("bool", booleans),
  IpAddress: operator("ip", networks),
  NotIpAddress: negated("ip", networks),
  // The two of each pair are the same in IAM.
  ArnEquals: operator("arn", arnLike),
  ArnLike: operator("arn", arnLike),
  ArnNotEquals: negated("arn", arnLike),
  ArnNotLike: negated("arn", arnLike),
};

const byName: ReadonlyMap<string, Operator> = new Map(Object.entries(operators));

/** The operator with this name, without prefix and suffix; undefined if there is none. */
export function conditionOperator(name: string): Operator | undefined {
  return byName.get(name);
}

function operator(family: Family, compile: Operator["compile"]): Operator {
  return { family, negated: false, compile };
}

function negated(family: Family, compile: Operator["compile"]): Operator {
  return { family, negated: true, compile };
}

function numbers(compare: Compare): Operator["compile"] {
  return comparison(readNumber, compare, "a number");
}

function dates(compare: Compare): Operator["compile"] {
  return comparison(readDate, compare, "a date such as 2026-07-30T00:00:00Z, or a Unix time in seconds");
}

function comparison(
  read: (text: string) => number | undefined,
  compare: Compare,
  expected: string,
): Operator["compile"] {
  return (values) => {
    const limits = values.map((value) => read(value) ?? malformed(value, expected));
    return (text) => {
      const given = read(text);
      return given !== undefined && limits.some((limit) => compare(given, limit));
    };
  };
}

/** Compiles `true` and `false`, in any case. */
export function booleans(values: readonly string[]): Matcher {
  for (const value of values) if (!/^(?:true|false)$/i.test(value)) malformed(value, "true or false");
  return equalIgnoringCase(values);
}

function networks(values: readonly string[]): Matcher {
  const known = values.map((value) => readNetwork(value) ?? malformed(value, "an IP address or a network (CIDR)"));
  return (text) => {
    const address = readAddress(text);
    return address !== undefined && known.some((network) => isWithin(address, network));
  };
}

function malformed(value: string, expected: string): never {
  throw new PolicyError(`${quote(value)} is not ${expected}`);
}
