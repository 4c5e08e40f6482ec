import type { Address } from "../../mail/address.ts";

/** What a tenant's mail is sent with. */
export interface TenantMail {
  tenantName: string;
  /** The sender, and the addresses of a raw message's From header. Empty if they are not known yet. */
  from: readonly Address[];
  /** The configuration set that the mail names; undefined for the identity's default. */
  configurationSetName: string | undefined;
  /** The name of a stored template. */
  template?: string | undefined;
}
