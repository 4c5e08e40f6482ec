import { describe, expect, test } from "vitest";
import { decode, type WireRequest } from "./decode.ts";
import { ServiceError } from "./errors/service-error.ts";
import type { OperationName } from "./types.ts";

function withBody(body: WireRequest["body"] | object): WireRequest {
  const isText = typeof body === "string" || body instanceof Uint8Array;
  return { labels: {}, query: "", body: isText ? body : JSON.stringify(body) };
}

function withQuery(query: WireRequest["query"]): WireRequest {
  return { labels: {}, query, body: "" };
}

/** The text of the SerializationException that decoding throws. */
function refusal(name: OperationName, request: WireRequest): string | undefined {
  try {
    decode(name, request);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error).toMatchObject({ code: "SerializationException", status: 400 });
    return error.text;
  }
  throw new Error(`${name} was decoded`);
}

describe("the observed wordings", () => {
  test.each<[string, OperationName, object, string]>([
    ["a number for a string", "SendEmail", { FromEmailAddress: 5 }, "NUMBER_VALUE can not be converted to a String"],
    ["true for a string", "SendEmail", { FromEmailAddress: true }, "TRUE_VALUE can not be converted to a String"],
    ["false for a string", "SendEmail", { FromEmailAddress: false }, "FALSE_VALUE can not be converted to a String"],
    ["a list for a string", "SendEmail", { FromEmailAddress: [] }, "Start of list found where not expected"],
    [
      "a structure for a string",
      "SendEmail",
      { FromEmailAddress: {} },
      "Start of structure or map found where not expected.",
    ],
    ["a list for a structure", "SendEmail", { Destination: [] }, "Start of list found where not expected"],
    ["a string for a structure", "SendEmail", { Destination: "x" }, "Expected null"],
    ["a number for a structure", "SendEmail", { Destination: 1 }, "Expected null"],
    ["a string for a list", "SendEmail", { ReplyToAddresses: "x" }, "Expected list or null"],
    ["a structure for a list", "SendEmail", { ReplyToAddresses: {} }, "Expected list or null"],
    ["a number in a list", "SendEmail", { ReplyToAddresses: [1] }, "NUMBER_VALUE can not be converted to a String"],
    ["a list for a map", "ListTenants", { Filter: [] }, "Start of list found where not expected"],
    ["a string for a map", "ListTenants", { Filter: "x" }, "Expected null"],
    [
      "a number in a map",
      "ListTenants",
      { Filter: { SENDING_STATUS: 1 } },
      "NUMBER_VALUE can not be converted to a String",
    ],
    [
      "a word for a boolean",
      "PutAccountSendingAttributes",
      { SendingEnabled: "maybe" },
      "STRING_VALUE can not be converted to an Boolean",
    ],
    [
      "a word with a space for a boolean",
      "PutAccountSendingAttributes",
      { SendingEnabled: " true" },
      "STRING_VALUE can not be converted to an Boolean",
    ],
    [
      "a number for a boolean",
      "PutAccountSendingAttributes",
      { SendingEnabled: 1 },
      "NUMBER_VALUE can not be converted to a Boolean",
    ],
    [
      "a list for a boolean",
      "PutAccountSendingAttributes",
      { SendingEnabled: [] },
      "Start of list found where not expected",
    ],
  ])("%s", (_case, name, body, text) => {
    expect(refusal(name, withBody(body))).toBe(text);
  });

  test("a word for an integer in the query", () => {
    expect(refusal("ListEmailTemplates", withQuery("PageSize=ten"))).toBe("'ten' can not be converted to Integer");
  });
});

describe("bodies", () => {
  test.each(["", "{}", new Uint8Array()])("%j is an empty object", (body) => {
    expect(decode("SendEmail", withBody(body))).toEqual({});
  });

  test.each([
    "null",
    " \r\n\t",
    " null ",
    "{",
    "{]",
    "nil",
    "{'a':1}",
    '{"a":1,}',
    "\ufeff{}",
    new Uint8Array([0x22, 0xff, 0x22]),
  ])("%j is refused without a text", (body) => {
    expect(refusal("SendEmail", withBody(body))).toBeUndefined();
  });

  test("only an object is a body", () => {
    expect(refusal("SendEmail", withBody("[]"))).toBe("Start of list found where not expected");
    expect(refusal("SendEmail", withBody('"text"'))).toBe("Expected null");
    expect(refusal("SendEmail", withBody("1"))).toBe("Expected null");
  });

  test("a body nested a million deep is refused or ignored, and ends nothing", () => {
    const deep = "[".repeat(1e6) + "]".repeat(1e6);
    expect(refusal("SendEmail", withBody(deep))).toBe("Start of list found where not expected");
    expect(decode("SendEmail", withBody(`{"Unknown":${deep}}`))).toEqual({});
  });

  test("an operation without members in the body leaves it unread", () => {
    expect(decode("GetExportJob", { labels: { JobId: "1" }, query: "", body: "{" })).toEqual({ JobId: "1" });
  });

  test("unknown members are ignored, null members absent", () => {
    const body = { Nothing: 1, TenantName: null, Destination: { ToAddresses: null, Other: {} } };
    expect(decode("SendEmail", withBody(body))).toEqual({ Destination: {} });
  });

  test("a null in a map is an absent entry, in a list an error", () => {
    expect(decode("ListTenants", withBody({ Filter: { SENDING_STATUS: null } }))).toEqual({ Filter: {} });
    expect(refusal("SendEmail", withBody({ ReplyToAddresses: [null] }))).toBeUndefined();
  });

  test("__proto__ and constructor are mere keys", () => {
    const input = decode("ListTenants", withBody('{"__proto__":{"NextToken":"x"},"constructor":1,"PageSize":3}'));
    expect(Object.keys(input)).toEqual(["PageSize"]);
    expect(input.NextToken).toBeUndefined();
    const { Filter = {} } = decode("ListTenants", withBody('{"Filter":{"__proto__":"a","constructor":"b"}}'));
    expect(Object.entries(Filter)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect({}).not.toHaveProperty("NextToken");
  });
});

describe("simple values", () => {
  const sending = (value: unknown) =>
    decode("PutAccountSendingAttributes", withBody({ SendingEnabled: value })).SendingEnabled;

  test.each(["true", "TRUE", "yes", "Y", "t", "1", true])("%j is true", (value) => expect(sending(value)).toBe(true));
  test.each(["false", "No", "n", "F", "0", false])("%j is false", (value) => expect(sending(value)).toBe(false));

  test.each([-(2 ** 31), 0, 2 ** 31 - 1])("%d is an integer", (value) => {
    expect(decode("ListExportJobs", withBody({ PageSize: value })).PageSize).toBe(value);
  });

  test.each([2 ** 31, -(2 ** 31) - 1, 1.5, 1e300])("%d is no integer", (value) => {
    expect(refusal("ListExportJobs", withBody({ PageSize: value }))).toBe(
      "NUMBER_VALUE can not be converted to an Integer",
    );
  });

  test("strings and booleans are no integers", () => {
    expect(refusal("ListExportJobs", withBody({ PageSize: "5" }))).toBe(
      "STRING_VALUE can not be converted to an Integer",
    );
    expect(refusal("ListExportJobs", withBody({ PageSize: true }))).toBe(
      "TRUE_VALUE can not be converted to an Integer",
    );
  });

  test("a long may be beyond 32 bits, not beyond 64, nor have a fraction", () => {
    const seconds = (value: number) => withBody({ MaxDeliverySeconds: value });
    const large = decode("PutConfigurationSetDeliveryOptions", seconds(2 ** 40));
    expect(large.MaxDeliverySeconds).toBe(2 ** 40);
    for (const value of [2 ** 63, 300.5]) {
      expect(refusal("PutConfigurationSetDeliveryOptions", seconds(value))).toBe(
        "NUMBER_VALUE can not be converted to a Long",
      );
    }
  });

  test("timestamps are epoch seconds with milliseconds, in any form that JSON has for a number", () => {
    const start = (number: string) => {
      const body = `{"ExportDataSource":{"MetricsDataSource":{"StartDate":${number}}}}`;
      return decode("CreateExportJob", withBody(body)).ExportDataSource?.MetricsDataSource?.StartDate;
    };
    expect(start("1.790312384592E9")).toEqual(new Date(1_790_312_384_592));
    expect(start("1790312384")).toEqual(new Date(1_790_312_384_000));
    expect(start("-1.5")).toEqual(new Date(-1500));
    expect(start("0")).toEqual(new Date(0));
  });

  test.each(['"2026-01-01T00:00:00Z"', "1e300", "253402300800", "-62135596801", "true"])(
    "%s is no timestamp",
    (json) => {
      const body = `{"ExportDataSource":{"MetricsDataSource":{"StartDate":${json}}}}`;
      expect(refusal("CreateExportJob", withBody(body))).toMatch(/^[A-Z]+_VALUE can not be converted to a Timestamp$/);
    },
  );

  const raw = (data: unknown) => withBody({ Content: { Raw: { Data: data } } });

  test.each([
    ["", []],
    ["AA==", [0]],
    ["+/8=", [0xfb, 0xff]],
    ["AAEC", [0, 1, 2]],
  ])("%j is base64", (text, bytes) => {
    const data = decode("SendEmail", raw(text)).Content?.Raw?.Data;
    expect(data).toBeInstanceOf(Uint8Array);
    expect([...(data ?? [])]).toEqual(bytes);
  });

  test.each([
    "A",
    "AA",
    "AAA",
    "A===",
    "AA=A",
    "====",
    "AA==AA==",
    "-_8=",
    "AAE C===",
    "AAEC\n",
    "é===",
    "AA!C",
    1,
    true,
  ])("%j is not", (data) => {
    expect(refusal("SendEmail", raw(data))).toMatch(/^[A-Z]+_VALUE can not be converted to a Blob$/);
  });
});

describe("queries", () => {
  test("a parameter may repeat for a list; else its first value counts", () => {
    const query = "Reason=BOUNCE&Reason=COMPLAINT&PageSize=5&PageSize=6&TenantName=a%2Bb+c&Other=1";
    const expected = { Reasons: ["BOUNCE", "COMPLAINT"], PageSize: 5, TenantName: "a+b c" };
    expect(decode("ListSuppressedDestinations", withQuery(query))).toEqual(expected);
    expect(decode("ListSuppressedDestinations", withQuery(new URLSearchParams(query)))).toEqual(expected);
  });

  test("an empty parameter is an empty string", () => {
    expect(decode("ListEmailTemplates", withQuery("NextToken="))).toEqual({ NextToken: "" });
    expect(decode("ListEmailTemplates", withQuery("NextToken"))).toEqual({ NextToken: "" });
  });

  test.each([
    ["2026-02-28T10:00:00Z", "2026-02-28T10:00:00.000Z"],
    ["2024-02-29T10:00:00.5z", "2024-02-29T10:00:00.500Z"],
    ["2026-02-28t23:30:00-01:00", "2026-03-01T00:30:00.000Z"],
  ])("%s is a timestamp", (text, iso) => {
    const query = new URLSearchParams({ StartDate: text });
    expect(decode("ListSuppressedDestinations", withQuery(query)).StartDate?.toISOString()).toBe(iso);
  });

  test.each([
    "",
    "1790312384",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-01",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00+25:00",
    "0000-00-00T00:00:00Z",
    "x",
  ])("%j is no timestamp", (text) => {
    const query = new URLSearchParams({ StartDate: text });
    expect(refusal("ListSuppressedDestinations", withQuery(query))).toBe(`'${text}' can not be converted to Timestamp`);
  });

  test.each(["", "1.0", "1e3", "0x10", "2147483648", "-2147483649", "٣", " 1"])("%j is no integer", (text) => {
    const query = new URLSearchParams({ PageSize: text });
    expect(refusal("ListEmailTemplates", withQuery(query))).toBe(`'${text}' can not be converted to Integer`);
  });
});
