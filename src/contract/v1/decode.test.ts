/** Requests as they are on the wire, also those of clients that keep to no SDK's form. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { v1ConstraintTable } from "./constraint-table.ts";
import { decode } from "./decode.ts";
import { QueryApiError } from "./errors.ts";
import { operationNames } from "./model.ts";
import { readParameters, requestedAction } from "./parameters.ts";
import type { Input, OperationName } from "./types.ts";

const read = <Name extends OperationName>(name: Name, body: string, query = ""): Input<Name> =>
  decode(name, readParameters(query, Buffer.from(body)));

/** Code and text of the error. */
function refusal(call: () => unknown): [string, string | undefined] {
  try {
    call();
  } catch (error) {
    if (error instanceof QueryApiError) return [error.code, error.text];
    throw error;
  }
  return expect.fail("nothing was refused");
}

const data = (base64: string) => Buffer.from(Object(read("SendRawEmail", `RawMessage.Data=${base64}`).RawMessage).Data);

describe("the action", () => {
  const asked = (query: string, body = "") => requestedAction(readParameters(query, Buffer.from(body)));

  it("is in the query or the body, with or without a version", () => {
    expect(asked("Action=GetSendQuota")).toEqual({ action: "GetSendQuota", version: "2010-12-01" });
    expect(asked("", "a=b&Action=GetSendQuota&Version=")).toEqual({ action: "GetSendQuota", version: "2010-12-01" });
    expect(asked("Action=A&Version=2012-01-01", "Action=B")).toEqual({ action: "A", version: "2012-01-01" });
  });

  it.each(["", "a=b", "Action=", "Action", "action=GetSendQuota"])("is missing from %j", (body) => {
    expect(refusal(() => asked("", body))[0]).toBe("MissingAction");
  });
});

describe("lists", () => {
  it("are in the order of their numbers, whatever these are", () => {
    const body = "Destinations.member.10=c&Destinations.member.2=b&Destinations.member.1=a&Destinations.member.0=first";
    expect(read("SendRawEmail", body)).toEqual({ Destinations: ["first", "a", "b", "c"] });
  });

  it("may lack numbers", () => {
    expect(read("SendEmail", "Destination.ToAddresses.member=a&Destination.ToAddresses.member=b")).toEqual({
      Destination: { ToAddresses: ["a", "b"] },
    });
    expect(read("SendEmail", "Tags.member.Name=a&Tags.member.Value=b")).toEqual({ Tags: [{ Name: "a", Value: "b" }] });
  });

  it("may be empty", () => {
    expect(read("SendEmail", "Destination.ToAddresses=&ReplyToAddresses=")).toEqual({
      Destination: { ToAddresses: [] },
      ReplyToAddresses: [],
    });
  });

  it.each([
    ["SendRawEmail", "Destinations=a@b.c", "Top level element may not be treated as a list"],
    ["SendEmail", "Destination.ToAddresses=a@b.c", "Unexpected list element termination"],
    ["SendEmail", "Message=Hello", "Unexpected complex element termination"],
    ["SendRawEmail", "Destinations.member.x=a", "The elements of a list must be numbered."],
    ["SendRawEmail", "Destinations.member.1234567890=a", "The elements of a list must be numbered."],
  ] as const)("of %s are not %s", (name, body, text) => {
    expect(refusal(() => read(name, body))).toEqual(["MalformedInput", text]);
  });
});

describe("values", () => {
  it("may be in the query, in the body or in both; the first counts", () => {
    expect(read("SendRawEmail", "Source=body&SourceArn=arn", "Source=query&ConfigurationSetName=set")).toEqual({
      Source: "query",
      ConfigurationSetName: "set",
      SourceArn: "arn",
    });
  });

  it("are form-decoded", () => {
    expect(read("SendEmail", "Message.Subject.Data=a+b%2Bc%20%26%3D%C3%A9%F0%9F%98%80=x")).toEqual({
      Message: { Subject: { Data: "a b+c &=é😀=x" } },
    });
    expect(read("SendEmail", "Message%2ESubject%2EData=x&&=&=y")).toEqual({ Message: { Subject: { Data: "x" } } });
    expect(read("SendRawEmail", "Source=a%40b.c\r\n")).toEqual({ Source: "a@b.c" });
  });

  it.each(["Source=%", "Source=%FF", "Source=%C3", "%FF=a", "Source=\u00ff"])("are UTF-8: %j", (body) => {
    expect(refusal(() => decode("SendEmail", readParameters("", Buffer.from(body, "latin1"))))).toEqual([
      "MalformedInput",
      "The request's parameters are not percent-encoded UTF-8.",
    ]);
  });

  it("that the model does not know are ignored", () => {
    const body =
      "Unknown=1&Source.More=2&__proto__.x=3&constructor=4&Message.toString=5&Destinations=&Tags.Name=6&X-Amz-Date=7";
    expect(read("SendEmail", body)).toEqual({});
    expect(read("SendEmail", `${"a.".repeat(1_000)}=1`)).toEqual({});
  });

  it("of type boolean are true, false, 1 and 0", () => {
    const enabled = (text: string) => read("UpdateAccountSendingEnabled", `Enabled=${text}`).Enabled;
    expect(["true", "1", "false", "0"].map(enabled)).toEqual([true, true, false, false]);
    expect(refusal(() => enabled(""))).toEqual(["MalformedInput", "missing value for boolean type"]);
    for (const text of ["True", "yes", "2", "null", "%20true"]) {
      expect(refusal(() => enabled(text))).toEqual(["MalformedInput", "boolean must follow xsd1.1 definition"]);
    }
    expect(read("UpdateAccountSendingEnabled", "")).toEqual({});
  });

  it("of type integer are decimal", () => {
    const items = (text: string) => read("ListIdentities", `MaxItems=${text}`).MaxItems;
    expect(["7", "-1", "%2B3", "007"].map(items)).toEqual([7, -1, 3, 7]);
    expect(refusal(() => items(""))).toEqual(["MalformedInput", "missing value for decimal type"]);
    for (const text of ["x", "1.5", "1e3", "2147483648", "9".repeat(30), "0x1"]) {
      expect(refusal(() => items(text))).toEqual(["MalformedInput", undefined]);
    }
  });

  it("of type timestamp are ISO 8601", () => {
    const arrival = (text: string) => read("SendBounce", `MessageDsn.ArrivalDate=${text}`).MessageDsn?.ArrivalDate;
    expect(arrival("2026-11-30T10:00:00Z")).toEqual(new Date("2026-11-30T10:00:00Z"));
    expect(arrival("2026-11-30T10:00:00.5%2B01:00")).toEqual(new Date("2026-11-30T09:00:00.500Z"));
    for (const text of ["", "now", "1764496800", "2026-02-30T10:00:00Z"]) {
      expect(refusal(() => arrival(text))).toEqual(["MalformedInput", "timestamp must follow ISO8601"]);
    }
  });
});

describe("binary values", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => (index * 251) % 256));
  const base64 = bytes.toString("base64");

  it("are base64: escaped, with a plus that was not, in lines, without padding", () => {
    expect(base64).toContain("+");
    expect(data(encodeURIComponent(base64))).toEqual(bytes);
    expect(data(base64)).toEqual(bytes);
    const inLines = base64.replaceAll(/.{76}/g, "$&\n");
    expect(data(encodeURIComponent(inLines))).toEqual(bytes);
    expect(data(inLines.replaceAll("\n", "\r\n"))).toEqual(bytes);
    expect(data(base64.replace(/=+$/, ""))).toEqual(bytes);
    expect(data("")).toEqual(Buffer.alloc(0));
  });

  it.each(["a", "ab=", "abcde", "ab_-", "ab!c", "abcd====", "=", "%C3%A9abc", "ab==cdef"])("are not %s", (text) => {
    expect(refusal(() => data(text))).toEqual(["MalformedInput", "A binary value must be base64."]);
  });
});

test("a request has at most 20,000 parameters", () => {
  expect(readParameters("", Buffer.from("a&".repeat(20_000)))).toHaveLength(20_000);
  expect(refusal(() => readParameters("a", Buffer.from("a&".repeat(20_000))))).toEqual([
    "MalformedInput",
    "The request has more than 20000 parameters.",
  ]);
});

test("any parameters are read, or refused with an error of the API", () => {
  const members = Object.values(v1ConstraintTable.structures).flatMap((structure) => Object.keys(structure));
  const segment = fc.oneof(fc.constantFrom(...members), fc.constantFrom("member", "1", "2", "x", ""), fc.string());
  const parameter = fc.tuple(fc.array(segment, { maxLength: 5 }), fc.string({ unit: "binary" }));
  const property = fc.property(fc.constantFrom(...operationNames), fc.array(parameter), (name, parameters) => {
    const body = parameters.map(([path, value]) => `${path.join(".")}=${value}`).join("&");
    try {
      decode(name, readParameters("", Buffer.from(body)));
    } catch (error) {
      expect(error).toBeInstanceOf(QueryApiError);
    }
  });
  fc.assert(property, { numRuns: runs(2_000) });
});
