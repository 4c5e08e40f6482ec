import type { AddressEvaluator } from "../../address-validation/evaluate-address.ts";
import type { Outbox } from "../../events/outbox.ts";
import type { Faults } from "../../faults/faults.ts";
import type { AddressRules } from "../../mail/address.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { AccountSettings } from "../account/settings.ts";
import type { TemplateCache } from "../templates/template-cache.ts";
import type { AuthorizeSender } from "./authorize-sender.ts";
import type { ListManagement } from "./list-management.ts";
import type { SendingLimits } from "./sending-limits.ts";
import type { TrackingChooser } from "./tracking-choice.ts";

/** What sending depends on. */
export interface SendingServices {
  outbox: Outbox;
  settings: AccountSettings;
  templates: TemplateCache;
  lists: ListManagement;
  tracking: TrackingChooser;
  /** Finds the identity that sends a message, and checks whether the caller may use it. */
  authorize: AuthorizeSender;
  /** Evaluates recipients' addresses, for Auto Validation. */
  addresses: AddressEvaluator;
  /** Faults on demand; undefined without them. */
  faults?: Faults | undefined;
  clock: () => Date;
  /** What the mail belongs to. Its region is in the Message-ID, `id@region.amazonses.com` in SES. */
  scope: Scope;
  /** Which trackable content a message has. */
  trackable: (mime: Buffer) => { opens: boolean; clicks: boolean };
  limits: SendingLimits;
  /** Whether mail leaves, how many seconds delivery is tried unless the configuration set has its own limit, and this server's name. */
  delivery: { mode: "capture" | "relay" | "mx"; maxSeconds: number; hostname: string };
  /** Whether events record what requests said: see `GivenContent`. */
  recordsGiven: boolean;
  /** How addresses in requests and messages are parsed. */
  addressRules: AddressRules;
  /** Called with an unexpected error that concerns one entry of a bulk request, whose client learns only that it failed. */
  failed: (error: unknown, requestId: string) => void;
}
