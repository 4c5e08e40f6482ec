/** The ARNs of S/MIME certificates: `arn:aws:acm:region:account:certificate/id`. */
import type { Scope } from "../../stores/postgres/scopes.ts";

export function certificateArn({ accountId, region }: Scope, id: string): string {
  return `arn:aws:acm:${region}:${accountId}:certificate/${id}`;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The ID in a certificate's ARN, a UUID; undefined for an ARN that no certificate of the scope can have. */
export function certificateIn(scope: Scope, arn: string): string | undefined {
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  return uuid.test(id) && arn === certificateArn(scope, id) ? id : undefined;
}
