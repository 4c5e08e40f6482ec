/** Placeholder in the built index.html for the nonce of each response. Shared by the build and the server. */
export const noncePlaceholder = "__MAILGLASS_NONCE__";
