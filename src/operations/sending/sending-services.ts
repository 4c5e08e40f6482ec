import type { Outbox } from "../../events/outbox.ts";
import type { AccountSettings } from "../account/settings.ts";
import type { TemplateCache } from "../templates/template-cache.ts";
import type { ListManagement } from "./list-management.ts";
import type { SendingLimits } from "./sending-limits.ts";
import type { TrackingChooser } from "./tracking-choice.ts";

/** What sending works with. */
export interface SendingServices {
  outbox: Outbox;
  settings: AccountSettings;
  templates: TemplateCache;
  lists: ListManagement;
  tracking: TrackingChooser;
  clock: () => Date;
  /** The region in the Message-ID, `id@region.amazonses.com` in SES. */
  region: string;
  /** Whether a message has anything to track. */
  trackable: (mime: Buffer) => { opens: boolean; clicks: boolean };
  limits: SendingLimits;
  /** Whether mail leaves, and for how many seconds delivery is tried where the configuration set says nothing. */
  delivery: { mode: "capture" | "relay" | "mx"; maxSeconds: number };
  /** `required`: the sender must be a verified identity. */
  verification: "off" | "required";
}
