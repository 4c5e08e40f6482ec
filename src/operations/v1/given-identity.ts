import { identityArn } from "../../publishing/ses-event/sending-account.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";

/** The name in a call that names an identity or its ARN. The ARN of another account or region is the name of nothing. */
export function givenIdentity(scope: Scope, given: string | undefined = ""): string {
  const prefix = identityArn(scope, "");
  return given.startsWith(prefix) ? given.slice(prefix.length) : given;
}
