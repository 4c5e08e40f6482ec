/** /session. */

/** The body of POST /session. */
export interface SignIn {
  accessKeyId: string;
  secretAccessKey: string;
}

/** GET and POST /session. */
export interface SessionState {
  /** Whether signing in is required. */
  required: boolean;
  /** The access key ID; absent if nobody is signed in. */
  signedInAs?: string;
  /** The value of the header `x-csrf-token` for unsafe methods; absent without a session. */
  csrf?: string;
}
