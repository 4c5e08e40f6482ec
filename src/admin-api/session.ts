/** /session. */

/** The body of POST /session. */
export interface SignIn {
  accessKeyId: string;
  secretAccessKey: string;
}

/** GET and POST /session. */
export interface SessionState {
  /** Whether one must sign in at all. */
  required: boolean;
  /** The access key's id; absent where nobody is signed in. */
  signedInAs?: string;
  /** For the header `x-csrf-token` of unsafe methods; absent where there is no session. */
  csrf?: string;
}
