import type { CallContext } from "../../contract/types.ts";
import type { GivenContent } from "../../events/given-content.ts";
import type { Account } from "../../stores/postgres/account.ts";
import type { QueuedTracking } from "../../stores/postgres/send-queue.ts";
import type { PreparedMessage } from "./envelope.ts";
import type { ListedMessage } from "./list-management.ts";
import type { Sender } from "./sender.ts";
import type { RenderingFailure } from "./templated-message.ts";

/** A message that is to be sent. */
export interface AcceptedMessage {
  message: PreparedMessage;
  /** Why the message can't be sent after all: its template could not be rendered. */
  failure: RenderingFailure | undefined;
  sender: Sender;
  /** The ID that the message was given before; undefined for a new one. */
  messageId?: string | undefined;
  /** The account that sends it. */
  account: Account;
  /** Which opens and clicks to track; undefined for none. */
  tracking?: QueuedTracking | undefined;
  /** The contact list's data for this message; absent without a list. */
  listed?: ListedMessage | undefined;
  /** The value of `ses:operation`. */
  operation:
    | "SendEmail"
    | "SendRawEmail"
    | "SendTemplatedEmail"
    | "SendBulkEmail"
    | "SendBulkTemplatedEmail"
    | "SendCustomVerificationEmail"
    | "SendSmtpEmail"
    | "CreateDeliverabilityTestReport";
  context: CallContext;
  /** What the request said, if it is recorded. */
  given?: GivenContent | undefined;
}
