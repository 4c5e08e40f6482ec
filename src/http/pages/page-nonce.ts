/** What stands in the built index.html where each answer's nonce goes. Shared by the build and the server. */
export const noncePlaceholder = "__MAILGLASS_NONCE__";
