/** The columns of the table metric_counts that count messages: its migration describes them. */
import type { Metric } from "@aws-sdk/client-sesv2";
import type { MachineEngagement } from "../../events/message-state.ts";
import { countedAt, isEverCounted, metricDefinitions } from "./definitions.ts";

export interface CountColumn {
  readonly name: string;
  /** SQL for the time at which a message of `message_states` counts. */
  readonly at: string;
  /** SQL for whether it counts at all. */
  readonly only: string;
}

/** Messages by the time of sending, whether their SEND has arrived or not. */
export const messagesColumn = "MESSAGES";

/** The column that counts a metric. */
export function countColumnOf(metric: Metric, machines: MachineEngagement): string {
  const { at } = metricDefinitions[metric];
  const hasMachines = at === "opened_at" || at === "clicked_at";
  return hasMachines && machines === "apart" ? `${metric}_BY_PERSON` : metric;
}

/** All, each once. */
export const countColumns: readonly CountColumn[] = [
  { name: messagesColumn, at: "sent_at", only: "1" },
  ...Object.keys(metricDefinitions)
    .filter((name) => isMetric(name))
    .flatMap((metric) =>
      [...new Set((["count", "apart"] as const).map((machines) => countColumnOf(metric, machines)))].map((name) => {
        const machines = name === metric ? "count" : "apart";
        return { name, at: countedAt(metric, machines), only: isEverCounted(metric, machines) };
      }),
    ),
];

function isMetric(name: string): name is Metric {
  return name in metricDefinitions;
}
