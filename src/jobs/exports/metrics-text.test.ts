import { describe, expect, it } from "vitest";
import type { MetricsSource } from "./data-source.ts";
import { fillZeros, layOut, type MetricsRow } from "./metrics-rows.ts";
import { metricsText } from "./metrics-text.ts";

const catalogue = ["Gmail", "Yahoo", "UNKNOWN_ISP"];
const start = new Date("2026-09-01T00:00:00Z");
const end = new Date("2026-09-02T00:00:00Z");

function source(partial: Partial<MetricsSource>): MetricsSource {
  return { type: "METRICS_DATA", start, end, dimensions: [["ISP", ["*"]]], metrics: [{ Name: "SEND" }], ...partial };
}

async function* from(rows: readonly MetricsRow[]): AsyncGenerator<MetricsRow> {
  yield* rows;
}

async function write(what: MetricsSource, format: "CSV" | "JSON", rows: readonly MetricsRow[]): Promise<string> {
  let text = "";
  const filled = fillZeros(from(rows), layOut(what, catalogue));
  for await (const piece of metricsText(what, format, filled)) text += piece;
  return text;
}

describe("metrics files", () => {
  const both = source({
    metrics: [
      { Name: "SEND", Aggregation: "VOLUME" },
      { Name: "DELIVERY", Aggregation: "RATE" },
    ],
  });
  const rows = [{ d0: "UNKNOWN_ISP", SEND: 4, DELIVERY: 2 }];

  it("writes CSV as SES does: one row for each ISP of the catalogue, four decimals, no quotes", async () => {
    expect(await write(both, "CSV", rows)).toBe(
      "ISP,SEND_VOLUME,DELIVERY_RATE\nGmail,0.0000,0.0000\nYahoo,0.0000,0.0000\nUNKNOWN_ISP,4.0000,0.5000\n",
    );
  });

  it("keeps a value from being a formula in CSV", async () => {
    const open = source({ dimensions: [["EMAIL_IDENTITY", ["*"]]] });
    const names = ["=1@example.com", "＋1@example.com", "a@example.com"];
    const rows = names.map((d0) => ({ d0, SEND: 1 }));
    expect(await write(open, "CSV", rows)).toBe(
      "EMAIL_IDENTITY,SEND_VOLUME\n'=1@example.com,1.0000\n'＋1@example.com,1.0000\na@example.com,1.0000\n",
    );
  });

  it("writes JSON as SES does: one line, lower-case dimensions, metrics nested", async () => {
    const one = { ...both, dimensions: [["ISP", ["UNKNOWN_ISP"]]] as const };
    expect(await write(one, "JSON", rows)).toBe(
      '[{"isp":"UNKNOWN_ISP","metrics":{"SEND_VOLUME":4.0000,"DELIVERY_RATE":0.5000}}]\n',
    );
  });

  it("is a header alone, or an empty list, where an open dimension has no values", async () => {
    const open = source({ dimensions: [["CONFIGURATION_SET", ["*"]]] });
    expect(await write(open, "CSV", [])).toBe("CONFIGURATION_SET,SEND_VOLUME\n");
    expect(await write(open, "JSON", [])).toBe("[]\n");
  });

  it("fills in zeros for listed values that nothing happened to, within each open value", async () => {
    const mixed = source({
      dimensions: [
        ["ISP", ["Gmail", "Yahoo"]],
        ["EMAIL_IDENTITY", ["*"]],
      ],
    });
    const text = await write(mixed, "CSV", [
      { d0: "Yahoo", d1: "a.com", SEND: 1 },
      { d0: "Gmail", d1: "b.com", SEND: 2 },
    ]);
    expect(text.split("\n").slice(1, -1)).toEqual([
      "Gmail,a.com,0.0000",
      "Yahoo,a.com,1.0000",
      "Gmail,b.com,2.0000",
      "Yahoo,b.com,0.0000",
    ]);
  });

  it("keeps a value that the catalogue does not know", async () => {
    expect(await write(source({}), "CSV", [{ d0: "NewISP", SEND: 1 }])).toContain("\nNewISP,1.0000\n");
  });

  it("has rates of 0 where there is nothing to measure against", async () => {
    const open = source({ dimensions: [["ISP", ["Gmail"]]], metrics: [{ Name: "OPEN", Aggregation: "RATE" }] });
    expect(await write(open, "CSV", [{ d0: "Gmail", OPEN: 3, DELIVERY_OPEN: 0 }])).toContain("Gmail,0.0000");
  });

  it("quotes a value that would break the line", async () => {
    const identity = source({ dimensions: [["EMAIL_IDENTITY", ["*"]]] });
    expect(await write(identity, "CSV", [{ d0: '"a,b"@x.com', SEND: 1 }])).toContain('"""a,b""@x.com",1.0000');
  });
});
