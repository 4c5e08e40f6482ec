/** What BatchGetMetricData refuses: every text, and which comes first. */
import { describe, expect, it } from "vitest";
import { callMetrics, metricServices, queries, query, seconds } from "../../../test/support/metric-calls.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { decode } from "../../contract/decode.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { batchGetMetricData } from "./batch-get-metric-data.ts";

const one = "1 validation error detected: ";
const at = (path: string, text: string) => `Value at '${path}' failed to satisfy constraint: ${text}`;
const notNull = (path: string) => at(path, "Member must not be null");
const metricSet =
  "Member must satisfy enum value set: [DELIVERY_COMPLAINT, CLICK, SEND, OPEN, COMPLAINT, DELIVERY, DELIVERY_OPEN, PERMANENT_BOUNCE, DELIVERY_CLICK, TRANSIENT_BOUNCE]";
const by = (name: string, value: string) => query({ Dimensions: { [name]: value } });

const wrong = {
  size: { path: "queries", text: "Member must have length less than or equal to 10" },
  ids: "All queries must have a unique identifier.",
  dimension: "Unsupported dimension provided.",
  dates: "Expected start date to be before the end date.",
};

const refusals: [what: string, queries: object[], text: string][] = [
  ["no queries", [], one + at("queries", "Member must have length greater than or equal to 1")],
  ["11 queries", queries(11, () => ({})), one + at(wrong.size.path, wrong.size.text)],
  ["two queries of one id", [query(), query({ Metric: "OPEN" })], wrong.ids],
  ["an unknown dimension", [by("COUNTRY", "de")], wrong.dimension],
  ["a dimension in small letters", [by("isp", "Gmail")], wrong.dimension],
  ["no metric", [query({ Metric: undefined })], one + notNull("queries.1.member.metric")],
  ["an unknown metric", [query({ Metric: "REJECT" })], one + at("queries.1.member.metric", metricSet)],
  [
    "another namespace",
    [query({ Namespace: "SES" })],
    one + at("queries.1.member.namespace", "Member must satisfy enum value set: [VDM]"),
  ],
  [
    "an empty id",
    [query({ Id: "" })],
    one + at("queries.1.member.id", "Member must have length greater than or equal to 1"),
  ],
  [
    "an id of 256 characters",
    [query({ Id: "x".repeat(256) })],
    one + at("queries.1.member.id", "Member must have length less than or equal to 255"),
  ],
  ["no id", [query({ Id: undefined })], one + notNull("queries.1.member.id")],
  ["no start", [query({ StartDate: undefined })], one + notNull("queries.1.member.startDate")],
  ["no end", [query({ EndDate: null })], one + notNull("queries.1.member.endDate")],
  [
    "three members at once, in the second query",
    [query(), { Id: "", Namespace: "SES", Metric: "NONE", StartDate: 0, EndDate: 1 }],
    `3 validation errors detected: ${[
      at("queries.2.member.metric", metricSet),
      at("queries.2.member.namespace", "Member must satisfy enum value set: [VDM]"),
      at("queries.2.member.id", "Member must have length greater than or equal to 1"),
    ].join("; ")}`,
  ],
  [
    "dimensions without one",
    [query({ Dimensions: {} })],
    one + at("queries.1.member.dimensions", "Member must have length greater than or equal to 1"),
  ],
  [
    "all four dimensions",
    [query({ Dimensions: { ISP: "a", EMAIL_IDENTITY: "a.example", CONFIGURATION_SET: "a", TENANT_NAME: "a" } })],
    one + at("queries.1.member.dimensions", "Member must have length less than or equal to 3"),
  ],
  ["every provider", [by("ISP", "*")], "Invalid ISP name provided."],
  ["an empty provider", [by("ISP", "")], "Invalid ISP name provided."],
  ["a provider with a space", [by("ISP", "G mail")], "Invalid ISP name provided."],
  ["every identity", [by("EMAIL_IDENTITY", "*")], "Invalid email identity provided."],
  ["an empty identity", [by("EMAIL_IDENTITY", "")], "Invalid email identity provided."],
  ["an identity that is none", [by("EMAIL_IDENTITY", "no identity")], "Invalid email identity provided."],
  ["an empty configuration set", [by("CONFIGURATION_SET", "")], "The configuration set name must be specified."],
  [
    "every configuration set",
    [by("CONFIGURATION_SET", "*")],
    "Invalid configuration set name <*>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
  ],
  ["an empty tenant", [by("TENANT_NAME", "")], "TenantName cannot be empty"],
  ["every tenant", [by("TENANT_NAME", "*")], "Invalid tenant name provided."],
  ["an end at the start", [query({ EndDate: seconds("2026-09-01") })], wrong.dates],
  ["an end before the start", [query({ EndDate: 0 })], wrong.dates],
  [
    "a millisecond more than 60 days",
    [query({ EndDate: seconds("2026-10-31") + 0.001 })],
    "Invalid interval, can request at most 60 days. Please partition your requested interval.",
  ],
  // Each of these has the faults of the later ones, too.
  [
    "too many queries before all else",
    queries(11, () => ({ Id: "same", Dimensions: { NONE: "" }, Metric: "NONE" })),
    one + at(wrong.size.path, wrong.size.text),
  ],
  ["ids before dimensions", queries(2, () => ({ Id: "same", Dimensions: { NONE: "" }, Metric: "NONE" })), wrong.ids],
  [
    "dimensions before members, in whatever query",
    [query({ Metric: "NONE", EndDate: 0 }), query({ Id: "two", Dimensions: { NONE: "" } })],
    wrong.dimension,
  ],
  [
    "members before values of dimensions, in whatever query",
    [query({ Dimensions: { ISP: "*" }, EndDate: 0 }), query({ Id: "two", Metric: "NONE" })],
    one + at("queries.2.member.metric", metricSet),
  ],
  [
    "values of dimensions before dates, in whatever query",
    [query({ EndDate: 0 }), query({ Id: "two", Dimensions: { ISP: "*" } })],
    "Invalid ISP name provided.",
  ],
];

describe("BatchGetMetricData refuses", () => {
  // Whatever is refused is refused before any store is asked.
  const unasked: EventDatabase = {
    kind: "embedded",
    get client(): never {
      throw new Error("a refused request asked the event database");
    },
    isUnused: () => false,
    insertRows: () => Promise.reject(new Error("nothing is inserted")),
    openSession: () => Promise.reject(new Error("a refused request asked the event database")),
    close: async () => {},
  };

  it.each(refusals)("%s", async (_what, asked, text) => {
    expect(await refusalOf(callMetrics(metricServices(unasked), ...asked))).toEqual(["BadRequestException", text]);
  });

  it("a body without queries", async () => {
    const input = decode("BatchGetMetricData", { labels: {}, query: "", body: "" });
    expect(await refusalOf(batchGetMetricData(metricServices(unasked))(input, callContext()))).toEqual([
      "BadRequestException",
      one + notNull("queries"),
    ]);
  });

  it.each([
    ["right", [query()]],
    ["wrong", []],
  ])("a call that is %s while VDM is off", async (_what, asked) => {
    const off = metricServices(unasked, { vdmEnabled: async () => false });
    expect(await refusalOf(callMetrics(off, ...asked))).toEqual([
      "NotFoundException",
      "To use this feature you must enable Virtual Deliverability Manager",
    ]);
  });
});
