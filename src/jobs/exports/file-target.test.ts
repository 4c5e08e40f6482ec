import { describe, expect, it } from "vitest";
import { extensionOf, mediaTypeOf, parseFileTarget } from "./file-target.ts";

describe("parseFileTarget", () => {
  it.each([
    ["s3://reports/daily.csv", "JSON", { bucket: "reports", key: "daily.csv", format: "CSV", gzip: false }],
    ["s3://reports/a/b.json.gz", "CSV", { bucket: "reports", key: "a/b.json.gz", format: "JSON", gzip: true }],
    ["s3://download/x.ndjson", "CSV", { bucket: "download", key: "x.ndjson", format: "NDJSON", gzip: false }],
    ["s3://download/x.jsonl.gz", "CSV", { bucket: "download", key: "x.jsonl.gz", format: "NDJSON", gzip: true }],
    ["s3://download/x.parquet", "CSV", { bucket: "download", key: "x.parquet", format: "PARQUET", gzip: false }],
    ["s3://reports/exports/", "JSON", { bucket: "reports", key: "exports/", format: "JSON", gzip: false }],
    ["s3://reports/noextension", "CSV", { bucket: "reports", key: "noextension", format: "CSV", gzip: false }],
    ["s3://reports/x.PARQUET", "CSV", { bucket: "reports", key: "x.PARQUET", format: "PARQUET", gzip: false }],
    ["s3://reports/x.Csv.GZ", "JSON", { bucket: "reports", key: "x.Csv.GZ", format: "CSV", gzip: true }],
    ["s3://reports/x.gz", "JSON", { bucket: "reports", key: "x.gz", format: "JSON", gzip: true }],
    ["s3://reports/v1.2", "CSV", { bucket: "reports", key: "v1.2", format: "CSV", gzip: false }],
  ] as const)("reads %s", (url, format, target) => expect(parseFileTarget(url, format)).toEqual(target));

  it.each([
    "s3://reports",
    "s3://reports/",
    "https://reports/x.csv",
    "s3://reports/../x.csv",
    "s3://reports//x.csv",
    "s3://reports/.hidden",
    "s3://reports/a b.csv",
    "s3://reports/x.parquet.gz",
    "s3:///x.csv",
    "s3://reports/x//",
    "S3://reports/x.csv",
    "s3://reports/x\ny.csv",
    `s3://reports/${"x".repeat(256)}`,
    `s3://reports/${"x/".repeat(500)}`,
    "",
  ])("refuses %j", (url) => expect(parseFileTarget(url, "CSV")).toBeUndefined());
});

it("names files and their types", () => {
  expect(extensionOf("NDJSON", true)).toBe("ndjson.gz");
  expect(mediaTypeOf("NDJSON", true)).toBe("application/gzip");
  expect(mediaTypeOf("PARQUET", false)).toBe("application/vnd.apache.parquet");
});
