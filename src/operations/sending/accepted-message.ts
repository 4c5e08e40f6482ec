import type { CallContext } from "../../contract/types.ts";
import type { QueuedTracking } from "../../stores/postgres/send-queue.ts";
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
  /** Which of its opens and clicks are to be told of; undefined for none. */
  tracking?: QueuedTracking | undefined;
  /** What its contact list says; absent where it has none. */
  listed?: ListedMessage | undefined;
  /** As `ses:operation` names it. */
  operation: "SendEmail" | "SendBulkEmail" | "SendSmtpEmail";
  context: CallContext;
}
