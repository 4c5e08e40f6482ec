/** The status of a target of publishing, as the admin API shows it. */
import type { PublishingStatus } from "../../admin-api/publishing.ts";
import type { TargetStatus } from "../../stores/postgres/publication-targets.ts";

/** Undefined: nothing was published to the target yet. */
export function shownStatus(status: TargetStatus | undefined): PublishingStatus {
  if (!status) return { delivered: 0, discarded: 0 };
  const { delivered, discarded, lastDeliveredAt, failingSince, lastFailedAt, lastError } = status;
  return {
    delivered,
    discarded,
    ...(lastDeliveredAt && { lastDeliveredAt: lastDeliveredAt.toISOString() }),
    ...(failingSince && { failingSince: failingSince.toISOString() }),
    ...(lastFailedAt && { lastFailedAt: lastFailedAt.toISOString() }),
    ...(lastError !== null && { lastError }),
  };
}
