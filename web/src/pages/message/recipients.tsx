/** The recipients of a message, each with what happened on the way to it. */
import { Accordion, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { MessageDetails, MessageRecipient } from "../../../../src/admin-api/message.ts";
import type { ScopeChoice } from "../../api/scope.ts";
import { useShowsAll } from "../../api/scopes.ts";
import { DeliveryStatus, EngagementStatus } from "../../components/message-status.tsx";
import { EventTimeline } from "./event-timeline.tsx";
import { RecipientActions } from "./recipient-actions.tsx";

/** Stands for the recipient of events that belong to no one, such as an open of mail with several recipients. */
const nobody = "nobody";

/** `opened` is the recipient that was come for. */
export function Recipients({ message, opened }: { message: MessageDetails; opened: string | undefined }) {
  const { recipients } = message;
  const scope = useMessageScope(message);
  const [shown, setShown] = useState<string[]>(opened === undefined ? [] : [opened]);
  const [only] = recipients;
  if (only && recipients.length === 1) {
    return (
      <Stack>
        <RecipientLine recipient={only} />
        <RecipientStory recipient={only} scope={scope} />
      </Stack>
    );
  }
  return (
    <Accordion multiple value={shown} onChange={setShown} keepMounted={false} variant="separated" order={3}>
      {recipients.map((one) => (
        <Accordion.Item key={one.recipient} value={one.recipient || nobody}>
          <Accordion.Control>
            <RecipientLine recipient={one} />
          </Accordion.Control>
          <Accordion.Panel>
            <RecipientStory recipient={one} scope={scope} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function RecipientLine({
  recipient: { recipient, isp, lastDelivery, lastEngagement },
}: {
  recipient: MessageRecipient;
}) {
  return (
    <Group gap="xs">
      <Text fw={600} style={{ overflowWrap: "anywhere" }}>
        {recipient || "Unknown recipient"}
      </Text>
      {isp !== undefined && isp !== "UNKNOWN_ISP" && (
        <Text size="sm" c="dimmed">
          {isp}
        </Text>
      )}
      {lastDelivery && <DeliveryStatus last={lastDelivery} />}
      {lastEngagement && <EngagementStatus last={lastEngagement} />}
    </Group>
  );
}

function RecipientStory(parts: { recipient: MessageRecipient; scope: ScopeChoice | undefined }) {
  const { recipient, lastDelivery, events } = parts.recipient;
  if (recipient === "") {
    return (
      <Stack>
        <Text size="sm">SES does not say which recipient these events are of.</Text>
        <EventTimeline events={events} />
      </Stack>
    );
  }
  return (
    <Stack>
      <RecipientActions
        recipient={recipient}
        bounced={lastDelivery?.endsWith("_BOUNCE") ?? false}
        scope={parts.scope}
      />
      <EventTimeline events={events} />
    </Stack>
  );
}

/** The account and region of a message, where the pages show those of all; undefined where they are the page's. */
function useMessageScope({ account, region }: MessageDetails): ScopeChoice | undefined {
  const all = useShowsAll();
  return all && account !== undefined ? { account, region } : undefined;
}
