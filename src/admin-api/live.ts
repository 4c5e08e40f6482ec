/** GET /admin/live (server-sent events). */
import type { MessageEventType } from "./message.ts";

/**
 * The data of an unnamed server-sent event. Two named ones come besides: `ready` once the stream is on, and `gap` where
 * more happened than the stream could tell: what is shown must be read anew.
 */
export interface LiveEvent {
  type: MessageEventType;
  messageId: string;
  recipient: string;
  at: string;
  /** On a SEND. */
  subject?: string;
  /** On a BOUNCE. */
  bounceType?: "Permanent" | "Transient" | "Undetermined";
}
