import type { CallContext } from "../../contract/types.ts";
import type { PreparedMessage } from "./envelope.ts";
import type { ListedMessage } from "./list-management.ts";
import type { Sender } from "./sender.ts";
import type { RenderingFailure } from "./templated-message.ts";

/** A message that is to be sent. */
export interface AcceptedMessage {
  message: PreparedMessage;
  /** Why there is nothing to send after all: its template could not be filled. */
  failure: RenderingFailure | undefined;
  sender: Sender;
  /** What its contact list says; absent where it has none. */
  listed?: ListedMessage | undefined;
  operation: "SendEmail" | "SendBulkEmail";
  context: CallContext;
}
