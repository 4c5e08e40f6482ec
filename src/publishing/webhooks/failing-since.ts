/** Finds webhooks whose receivers take nothing any more, whatever leads to them. */
import type { TargetStatus } from "../../stores/postgres/publication-targets.ts";
import type { ListedTarget } from "../target-list.ts";

/**
 * Since when every try has failed, by the webhook's name; webhooks whose last try succeeded are left out. A webhook gets
 * its own events and those of event destinations and identities with its topic.
 */
export function failingWebhooks(
  targets: readonly ListedTarget[],
  statuses: ReadonlyMap<string, TargetStatus>,
): Map<string, Date> {
  const failing = new Map<string, Date>();
  const byWebhook = Map.groupBy(targets, ({ description }) => webhookOf(description));
  for (const [name, own] of byWebhook) {
    const known = own.flatMap(({ target }) => statuses.get(target) ?? []);
    const failures = known.flatMap(({ failingSince }) => failingSince?.getTime() ?? []);
    if (name === undefined || failures.length === 0) continue;
    const successes = known.flatMap(({ lastDeliveredAt }) => lastDeliveredAt?.getTime() ?? []);
    const lastSuccess = Math.max(...successes, 0);
    // A success between the failures of another target: they go on, and when they began again is unknown.
    failing.set(name, new Date(Math.max(Math.min(...failures), lastSuccess)));
  }
  return failing;
}

function webhookOf(description: ListedTarget["description"]): string | undefined {
  switch (description.kind) {
    case "webhook":
      return description.name;
    case "eventDestination":
    case "identity":
      return description.webhook;
    default:
      return undefined;
  }
}
