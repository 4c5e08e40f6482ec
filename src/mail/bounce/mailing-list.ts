/** What tells that a mail came through a mailing list. */
import { type Fields, field } from "../lenient-mime.ts";

/** Whether a list names itself in the header (RFC 2919: List-Id, RFC 2369: List-Unsubscribe). */
export function isOfList(fields: Fields): boolean {
  return ["list-id", "list-unsubscribe"].some((name) => field(fields, name) !== undefined);
}
