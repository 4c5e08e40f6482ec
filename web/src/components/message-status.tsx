/** What became of a message to a recipient, in a word, a colour and a sign: the last event of its delivery, or of its reader. */
import { Badge } from "@mantine/core";
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
import type { LastDelivery, LastEngagement } from "../../../src/admin-api/message-search.ts";
import { deliveryNames, engagementNames, type Named } from "./event-names.ts";

const deliveryIcons: Readonly<Record<LastDelivery, TablerIcon>> = {
  SEND: IconClock,
  DELIVERY: IconCheck,
  TRANSIENT_BOUNCE: IconAlertTriangle,
  PERMANENT_BOUNCE: IconX,
  UNDETERMINED_BOUNCE: IconQuestionMark,
  COMPLAINT: IconFlag,
};

const engagementIcons: Readonly<Record<LastEngagement, TablerIcon>> = { OPEN: IconEye, CLICK: IconClick };

/** `reason` is told where the pointer rests: what the server said. */
export function DeliveryStatus({ last, reason }: { last: LastDelivery; reason?: string | undefined }) {
  return <StatusWithIcon named={deliveryNames[last]} Icon={deliveryIcons[last]} title={reason} />;
}

export function EngagementStatus({ last }: { last: LastEngagement }) {
  return <StatusWithIcon named={engagementNames[last]} Icon={engagementIcons[last]} />;
}

function StatusWithIcon(parts: { named: Named; Icon: TablerIcon; title?: string | undefined }) {
  const {
    named: { name, color },
    Icon,
    title,
  } = parts;
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
      {name}
    </Badge>
  );
}
