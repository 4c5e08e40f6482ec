import { errors } from "../../contract/errors.ts";

/**
 * Checks a scaling mode. Throws a bad request for any but STANDARD. MANAGED is refused, because a managed pool gets and
 * warms up addresses by itself, according to what each mailbox provider accepts, and nothing here does that.
 */
export function checkScalingMode(mode: string | undefined): void {
  if (mode === "MANAGED") throw errors.managedPool();
  if (mode !== "STANDARD") throw errors.scalingMode();
}
