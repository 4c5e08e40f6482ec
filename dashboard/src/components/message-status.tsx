/** What became of a message to a recipient, in a word, a colour and a sign: the last event of its delivery, or of its reader. */
import { Badge, type MantineColor } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconClick,
  IconClock,
  IconEye,
  IconFlag,
  IconQuestionMark,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { LastDelivery, LastEngagement } from "../../../src/dashboard/api-types.ts";

interface Status {
  readonly label: string;
  readonly color: MantineColor;
  readonly Icon: TablerIcon;
}

const deliveries: Readonly<Record<LastDelivery, Status>> = {
  SEND: { label: "Sent", color: "blue", Icon: IconClock },
  DELIVERY: { label: "Delivered", color: "teal", Icon: IconCheck },
  TRANSIENT_BOUNCE: { label: "Bounced for now", color: "orange", Icon: IconAlertTriangle },
  PERMANENT_BOUNCE: { label: "Bounced for good", color: "red", Icon: IconX },
  UNDETERMINED_BOUNCE: { label: "Bounced, unclear", color: "gray", Icon: IconQuestionMark },
  COMPLAINT: { label: "Complaint", color: "red", Icon: IconFlag },
};

const engagements: Readonly<Record<LastEngagement, Status>> = {
  OPEN: { label: "Opened", color: "violet", Icon: IconEye },
  CLICK: { label: "Clicked", color: "violet", Icon: IconClick },
};

/** The word for a last delivery event. */
export const deliveryLabel = (last: LastDelivery) => deliveries[last].label;

/** The word for a last engagement event. */
export const engagementLabel = (last: LastEngagement) => engagements[last].label;

/** `reason` is told where the pointer rests: what the server said. */
export function DeliveryStatus({ last, reason }: { last: LastDelivery; reason?: string | undefined }) {
  return <StatusWithIcon {...deliveries[last]} title={reason} />;
}

export function EngagementStatus({ last }: { last: LastEngagement }) {
  return <StatusWithIcon {...engagements[last]} />;
}

function StatusWithIcon({ label, color, Icon, title }: Status & { title?: string | undefined }) {
  return (
    <Badge
      color={color}
      variant="light"
      tt="none"
      fw={600}
      title={title}
      leftSection={<Icon size={14} aria-hidden />}
      style={{ flexShrink: 0 }}
    >
      {label}
    </Badge>
  );
}
