/**
 * JSON types of the admin API. They depend on no type of the server, so that pages and server can share them. Times are
 * ISO 8601 strings in UTC with milliseconds; a rate is a fraction from 0 to 1; unknown values are absent.
 * `docs/admin-api.md` documents the paths and parameters with examples.
 */

/** The body of every error response of the admin API. */
export interface AdminError {
  message: string;
}

/**
 * A response includes everything acknowledged before its request; it waits up to three seconds for that. `behind` means
 * that this was not enough, for example during a simulation, and the newest data may be missing.
 */
export interface Fresh {
  behind?: true;
}
