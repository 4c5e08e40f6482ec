/** The metrics of the overview under the names that pages use. */
import type { Metric } from "@aws-sdk/client-sesv2";
import type { Rates, Totals, Volumes } from "../admin-api/overview.ts";
import { metricDefinitions } from "./metrics/definitions.ts";

/** The metric that counts each volume (defined in src/insights/metrics/definitions.ts). */
export const volumeMetrics: Readonly<Record<keyof Volumes, Metric>> = {
  sends: "SEND",
  deliveries: "DELIVERY",
  permanentBounces: "PERMANENT_BOUNCE",
  transientBounces: "TRANSIENT_BOUNCE",
  complaints: "COMPLAINT",
  opens: "OPEN",
  clicks: "CLICK",
  deliveriesWithFeedback: "DELIVERY_COMPLAINT",
  deliveriesOpenTracked: "DELIVERY_OPEN",
  deliveriesClickTracked: "DELIVERY_CLICK",
};

/** The metrics in the order in which queries number them, starting at 1. */
export const countedMetrics: readonly Metric[] = Object.values(volumeMetrics);

/** The volumes, from the count of each metric. */
export function volumesOf(count: (metric: Metric) => number): Volumes {
  return {
    sends: count("SEND"),
    deliveries: count("DELIVERY"),
    permanentBounces: count("PERMANENT_BOUNCE"),
    transientBounces: count("TRANSIENT_BOUNCE"),
    complaints: count("COMPLAINT"),
    opens: count("OPEN"),
    clicks: count("CLICK"),
    deliveriesWithFeedback: count("DELIVERY_COMPLAINT"),
    deliveriesOpenTracked: count("DELIVERY_OPEN"),
    deliveriesClickTracked: count("DELIVERY_CLICK"),
  };
}

/** Volumes with their rates, computed as in exports of metrics. */
export function totalsOf(volumes: Volumes): Totals {
  const rate = (name: keyof Rates): number | null => {
    const against = metricDefinitions[volumeMetrics[name]].outOf;
    const whole = Object.entries(volumeMetrics).find(([, metric]) => metric === against)?.[0];
    const outOf = whole !== undefined && isVolume(whole, volumes) ? volumes[whole] : 0;
    return outOf === 0 ? null : volumes[name] / outOf;
  };
  return {
    volumes,
    rates: {
      deliveries: rate("deliveries"),
      permanentBounces: rate("permanentBounces"),
      transientBounces: rate("transientBounces"),
      complaints: rate("complaints"),
      opens: rate("opens"),
      clicks: rate("clicks"),
    },
  };
}

function isVolume(name: string, volumes: Volumes): name is keyof Volumes {
  return name in volumes;
}
