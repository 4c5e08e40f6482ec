/** Recognizes mail from mailing lists. */
import { type Fields, field } from "../lenient-mime.ts";

/** Whether the header has List-Id (RFC 2919) or List-Unsubscribe (RFC 2369). */
export function isOfList(fields: Fields): boolean {
  return ["list-id", "list-unsubscribe"].some((name) => field(fields, name) !== undefined);
}
