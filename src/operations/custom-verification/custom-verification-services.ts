import type { IdentityServices } from "../identities/identity-services.ts";
import type { SendingServices } from "../sending/sending-services.ts";

/** What the operations on custom verification templates depend on. */
export interface CustomVerificationServices {
  identities: Pick<IdentityServices, "database" | "settings" | "sealer" | "clock" | "proving" | "verifier">;
  sending: SendingServices;
  /** `required`: the sender of a template must be a verified identity. */
  verification: "off" | "required";
  /** The URL at which people reach this server, for the links in the mail. */
  publicUrl: () => string;
  /** The operator's address for complaints about verification mail; undefined for none. */
  abuseAddress: string | undefined;
}
