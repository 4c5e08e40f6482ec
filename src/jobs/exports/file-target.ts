/**
 * Where an export goes and in which form. SES refuses an S3Url in the request; where the settings allow it, Mailglass
 * takes `s3://bucket/key`, and the end of the key names the form: that is what an unmodified SDK can say.
 */
import { isCallersKey, parseS3Url } from "../../stores/objects/file-location.ts";
import type { ExportFormat } from "../../stores/postgres/export-jobs.ts";

/** The forms of a file. SES has the first two. */
export type FileFormat = ExportFormat | "NDJSON" | "PARQUET";

/** What an S3Url says. */
export interface FileTarget {
  bucket: string;
  /** Ends with `/` where the file's name is left to Mailglass. */
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

/** Reads an S3Url; undefined where it is none, or its key is not one that stores take. `format` is what the request says. */
export function parseFileTarget(s3Url: string, format: ExportFormat): FileTarget | undefined {
  const location = parseS3Url(s3Url);
  if (!location || !isCallersKey(location.key, "file or folder")) return undefined;
  const { bucket, key } = location;
  const gzip = /\.gz$/i.test(key);
  const [, extension = ""] = /\.([a-z]+)(?:\.gz)?$/i.exec(key) ?? [];
  const named = extensions[extension.toLowerCase()];
  // Parquet compresses its pages by itself.
  if (named === "PARQUET" && gzip) return undefined;
  return { bucket, key, format: named ?? format, gzip };
}

/** The end of a file's name. */
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
