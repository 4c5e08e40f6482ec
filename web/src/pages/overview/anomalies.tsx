/** Days that stand out, in sentences; each leads to its messages. */
import { Alert, List, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { MessageFilters } from "../../../../src/admin-api/message-search.ts";
import type { Anomaly } from "../../../../src/admin-api/overview.ts";
import { TextLink } from "../../components/links.tsx";
import { dayStart } from "../../time/period.ts";
import { useZone } from "../../time/zone.tsx";

export function Anomalies({ anomalies }: { anomalies: readonly Anomaly[] }) {
  const { zone } = useZone();
  if (anomalies.length === 0) {
    return (
      <Text size="sm" c="dimmed" display="flex" style={{ alignItems: "center", gap: 6 }}>
        <IconCircleCheck size={18} aria-hidden style={{ flexShrink: 0 }} />
        No day of this period stands out by its bounces or complaints.
      </Text>
    );
  }
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={anomalies.length === 1 ? "A day stands out" : "Days that stand out"}
    >
      <List spacing={4} size="sm">
        {anomalies.map((anomaly) => (
          <List.Item key={`${anomaly.kind} ${anomaly.at} ${anomaly.isp ?? ""}`}>
            {anomaly.sentence}{" "}
            <TextLink to="/messages" search={messagesOf(anomaly, zone)} size="sm">
              Show them
            </TextLink>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Mail of that day which came to that end; some of it may have been sent the days before. */
function messagesOf({ kind, at, isp }: Anomaly, zone: string): MessageFilters {
  return {
    ...(isp !== undefined && { isp: [isp] }),
    lastDelivery: [kind === "bounces" ? "PERMANENT_BOUNCE" : "COMPLAINT"],
    from: dayStart(at, zone),
    to: dayStart(at, zone, 1),
  };
}
