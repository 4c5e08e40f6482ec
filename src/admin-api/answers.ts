/**
 * What the admin API says, as JSON, where the pages read it: no type of the server comes in here, so that pages and server
 * share it. Instants are ISO texts in UTC with milliseconds; a rate is a share from 0 to 1; what is not known is left out.
 * `docs/admin-api.md` has the paths, the parameters and an example of each.
 */

/** Every refusal of the admin API. */
export interface AdminError {
  message: string;
}

/**
 * Answers see what was acknowledged before they were asked for; they wait for it up to three seconds. `behind`: that was not
 * enough, as while a simulation runs, and what is newest may be missing.
 */
export interface Fresh {
  behind?: true;
}
