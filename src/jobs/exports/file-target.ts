/**
 * The destination and format of an export. SES rejects an S3Url in the request; if the settings allow it, Mailglass
 * accepts `s3://bucket/key`, and the suffix of the key selects the format: an unmodified SDK can express that.
 */
import { isCallersKey, parseS3Url } from "../../stores/objects/file-location.ts";
import type { ExportFormat } from "../../stores/postgres/export-jobs.ts";

/** File formats. SES supports the first two. */
export type FileFormat = ExportFormat | "NDJSON" | "PARQUET";

/** A parsed S3Url. */
export interface FileTarget {
  bucket: string;
  /** Ends with `/` if Mailglass chooses the file name. */
  key: string;
  format: FileFormat;
  gzip: boolean;
}

const extensions: Readonly<Record<string, FileFormat>> = {
  csv: "CSV",
  json: "JSON",
  ndjson: "NDJSON",
  jsonl: "NDJSON",
  parquet: "PARQUET",
};

/** Parses an S3Url; undefined if it or its key is invalid. `format` is the one in the request. */
export function parseFileTarget(s3Url: string, format: ExportFormat): FileTarget | undefined {
  const location = parseS3Url(s3Url);
  if (!location || !isCallersKey(location.key, "file or folder")) return undefined;
  const { bucket, key } = location;
  const gzip = /\.gz$/i.test(key);
  const [, extension = ""] = /\.([a-z]+)(?:\.gz)?$/i.exec(key) ?? [];
  const named = extensions[extension.toLowerCase()];
  // Parquet compresses its own pages.
  if (named === "PARQUET" && gzip) return undefined;
  return { bucket, key, format: named ?? format, gzip };
}

/** The extension of a file name. */
export function extensionOf(format: FileFormat, gzip: boolean): string {
  return `${format.toLowerCase()}${gzip ? ".gz" : ""}`;
}

/** The media type of a file. */
export function mediaTypeOf(format: FileFormat, gzip: boolean): string {
  if (gzip) return "application/gzip";
  switch (format) {
    case "CSV":
      return "text/csv; charset=utf-8";
    case "JSON":
      return "application/json";
    case "NDJSON":
      return "application/x-ndjson";
    case "PARQUET":
      return "application/vnd.apache.parquet";
  }
}
