/** Inserts that ClickHouse refuses because of their rows. */

/**
 * ClickHouse's error codes (its src/Common/ErrorCodes.cpp) for malformed rows, as opposed to being unreachable,
 * overloaded or read-only. A malformed row must be set aside, so that it doesn't block all others.
 */
const refusals: Readonly<Record<string, string>> = {
  "6": "CANNOT_PARSE_TEXT",
  "25": "CANNOT_PARSE_ESCAPE_SEQUENCE",
  "26": "CANNOT_PARSE_QUOTED_STRING",
  "27": "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
  "33": "CANNOT_READ_ALL_DATA",
  "38": "CANNOT_PARSE_DATE",
  "41": "CANNOT_PARSE_DATETIME",
  "53": "TYPE_MISMATCH",
  "69": "ARGUMENT_OUT_OF_BOUND",
  "70": "CANNOT_CONVERT_TYPE",
  "72": "CANNOT_PARSE_NUMBER",
  "117": "INCORRECT_DATA",
  "130": "CANNOT_READ_ARRAY_FROM_TEXT",
  "131": "TOO_LARGE_STRING_SIZE",
  "349": "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN",
  "376": "CANNOT_PARSE_UUID",
  "467": "CANNOT_PARSE_BOOL",
  "561": "ZSTD_DECODER_FAILED",
};

/** Whether an insert failed because a row is malformed. */
export function isRefusedInsert(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code) in refusals;
}
