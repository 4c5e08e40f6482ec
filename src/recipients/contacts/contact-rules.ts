/** The limits of contact lists and contacts: SES's, or our own if SES's are unknown. */

/** The pattern for the names of lists and topics. */
export const listNamePattern = /^[A-Za-z0-9_-]{1,64}$/;
export const MAX_TOPICS = 20;
/** In UTF-16 units, as Java counts. */
export const MAX_DISPLAY_NAME = 128;
export const MAX_DESCRIPTION = 500;
/** Our own limit: SES's is unknown. An export reads thousands of contacts at a time. */
export const MAX_ATTRIBUTES_BYTES = 64 * 1024;

/** What is wrong with a contact's attributes. */
export type AttributesFault = "not an object" | "too long";

/**
 * Checks AttributesData: "It must be a valid JSON object" (SES's developer guide). It is stored as given. Undefined if
 * it is valid.
 */
export function attributesFault(text: string): AttributesFault | undefined {
  if (Buffer.byteLength(text) > MAX_ATTRIBUTES_BYTES) return "too long";
  // A lone surrogate can't be encoded in UTF-8 and so can't be stored as given.
  if (!text.isWellFormed()) return "not an object";
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "not an object";
  } catch {
    return "not an object";
  }
}

/** Whether a text can be stored unchanged: PostgreSQL does not allow NUL, and UTF-8 no lone surrogates. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
