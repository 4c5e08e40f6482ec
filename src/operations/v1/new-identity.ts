import type { NewIdentity } from "../../stores/postgres/identities.ts";

/** An identity to be added by an operation of v1, which has neither tags nor default configuration sets. */
export function newIdentity(
  name: string,
  type: NewIdentity["type"],
  createdAt: Date,
  dkim?: NewIdentity["dkim"],
): NewIdentity {
  return { name, type, configurationSetName: null, tags: [], createdAt, dkim };
}
