/**
 * POST /admin/imports/preview: the body is the beginning of a file (up to 1 MiB).
 * POST /admin/uploads, POST /admin/import-jobs/{id}/cancel.
 */

/** How to read the file, in terms of CreateImportJob. */
export interface ImportPreviewQuery {
  /** `suppression`, or `contacts` with `list`. */
  destination: "suppression" | "contacts";
  /** The name of the contact list. */
  list?: string | undefined;
  action: "PUT" | "DELETE";
  format: "CSV" | "JSON";
  /** Whether the body is the whole file. If not, its last record may be incomplete and is ignored. Default: `false`. */
  whole?: boolean | undefined;
}

/** The effect of importing the beginning of the file. Nothing is changed. */
export interface ImportPreview {
  /** Why nothing in the file can be imported: it is empty, is a spreadsheet, or lacks a column. */
  fault?: string;
  /** Whether the bytes look like the given format. */
  formatFits: boolean;
  /** What they look like instead, if that is clear. */
  looksLike?: "CSV" | "JSON";
  /** At most 20. */
  records: PreviewedRecord[];
  /** Counts all records in the body. */
  taken: number;
  refused: number;
}

/** A record of the file. */
export type PreviewedRecord = {
  /** Its first line, starting at 1. */
  line: number;
} & (
  | { address: string; change: RecordChange; refused?: undefined }
  /** Why it is rejected, and its text, truncated to 2,000 characters. */
  | { refused: string; content: string; change?: undefined }
);

/** The change to the record's address. Only the import detects that an address to remove is not on the list. */
export type RecordChange =
  | { kind: "suppress"; reason: "BOUNCE" | "COMPLAINT" }
  | { kind: "put contact"; unsubscribeAll: boolean; attributes?: string; topics: Record<string, "OPT_IN" | "OPT_OUT"> }
  | { kind: "remove" };

/** Where a file to import can be uploaded (PUT), for a limited time. */
export interface UploadUrl {
  url: string;
  /** The location to pass to CreateImportJob. */
  s3Url: string;
  expires: string;
}

/** The response after an import job was canceled. */
export interface CancelledImport {
  status: "CANCELLED";
}
