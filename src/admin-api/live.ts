/** GET /admin/live (server-sent events). */
import type { MessageEventType } from "./message.ts";

/**
 * The data of an unnamed server-sent event. There are also two named events: `ready` once the stream is open, and `gap`
 * if the stream skipped events, in which case displayed data must be reloaded.
 */
export interface LiveEvent {
  type: MessageEventType;
  messageId: string;
  recipient: string;
  at: string;
  /** Only for SEND. */
  subject?: string;
  /** Only for BOUNCE. */
  bounceType?: "Permanent" | "Transient" | "Undetermined";
}
