/** Why nothing is posted to a webhook. */
import type { StoredWebhook } from "../../stores/postgres/webhooks.ts";

/** Why no events are posted at present: a sentence for people; undefined if they are. */
export function publishingObstacle(webhook: StoredWebhook): string | undefined {
  const { enabled, disabledBecause } = webhook;
  if (enabled) return signingObstacle(webhook);
  return disabledBecause === null ? "The webhook is disabled." : `The webhook is disabled: ${disabledBecause}.`;
}

/** Why nothing can be posted, not even for a test; undefined if it can. */
export function signingObstacle({ envelope, confirmedAt, sealedSecret }: StoredWebhook): string | undefined {
  if (envelope === "sns") return confirmedAt === null ? "The receiver has not confirmed the subscription." : undefined;
  return sealedSecret === null ? "The webhook has no secret: rotate it." : undefined;
}
