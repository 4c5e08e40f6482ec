/**
 * POST /admin/imports/preview: the first bytes of a file (up to 1 MiB) as its body.
 * POST /admin/uploads, POST /admin/import-jobs/{id}/cancel.
 */

/** How the file would be read, as CreateImportJob takes it. */
export interface ImportPreviewQuery {
  /** `suppression`, or `contacts` with `list`. */
  destination: "suppression" | "contacts";
  /** The contact list. */
  list?: string | undefined;
  action: "PUT" | "DELETE";
  format: "CSV" | "JSON";
  /** Whether the body is the whole file; a part's last record may be cut and is left out. `false` unless given. */
  whole?: boolean | undefined;
}

/** What an import would make of the file's beginning. Nothing is changed. */
export interface ImportPreview {
  /** Why nothing of the file can be imported: it is empty, a spreadsheet, lacks a column. */
  fault?: string;
  /** Whether the bytes look like the format named. */
  formatFits: boolean;
  /** What they look like instead, where that is clear. */
  looksLike?: "CSV" | "JSON";
  /** At most 20. */
  records: PreviewedRecord[];
  /** Of all records in the bytes given. */
  taken: number;
  refused: number;
}

/** One record of a file. */
export type PreviewedRecord = {
  /** Where it begins, from 1. */
  line: number;
} & (
  | { address: string; change: RecordChange; refused?: undefined }
  /** Why it can't be taken, and how it stands in the file, cut to 2,000 characters. */
  | { refused: string; content: string; change?: undefined }
);

/** What a record would do to its address. That an address to remove is not on the list is found out by the import. */
export type RecordChange =
  | { kind: "suppress"; reason: "BOUNCE" | "COMPLAINT" }
  | { kind: "put contact"; unsubscribeAll: boolean; attributes?: string; topics: Record<string, "OPT_IN" | "OPT_OUT"> }
  | { kind: "remove" };

/** Where a file for an import may be put (PUT), for a while. */
export interface UploadUrl {
  url: string;
  /** What CreateImportJob takes. */
  s3Url: string;
  expires: string;
}

/** The answer where an import job was cancelled. */
export interface CancelledImport {
  status: "CANCELLED";
}
