/** Sends mail to the mailbox simulator by the SES API, and shows what becomes of it as it happens. */
import { Button, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { readMessage } from "../../api/admin.ts";
import { useLiveEvents, useLiveStatus } from "../../api/live.tsx";
import { ses } from "../../api/ses.ts";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { EventBadge } from "../../components/event-badge.tsx";
import { eventNames } from "../../components/event-names.ts";
import { TextLink } from "../../components/links.tsx";

/** SES's addresses that force an outcome. */
const outcomes = [
  { recipient: "success@simulator.amazonses.com", about: "is delivered" },
  { recipient: "bounce@simulator.amazonses.com", about: "bounces: there is no such user" },
  { recipient: "complaint@simulator.amazonses.com", about: "is delivered, then marked as spam" },
] as const;

interface SentMessage {
  readonly messageId: string;
  readonly recipient: string;
  readonly about: string;
}

export function TryIt() {
  const [from, setFrom] = useState("hello@example.com");
  const sending = useMutation({ mutationFn: () => Promise.all(outcomes.map((outcome) => send(from, outcome))) });
  return (
    <Stack>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="From"
          type="email"
          value={from}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          flex="1 1 16rem"
          maw={320}
        />
        <Button
          leftSection={<IconSend size={16} aria-hidden />}
          loading={sending.isPending}
          onClick={() => sending.mutate()}
        >
          Send three messages
        </Button>
      </Group>
      {sending.isError && <ErrorAlert title="The messages could not be sent" error={sending.error} />}
      {sending.data && <Arrivals messages={sending.data} />}
    </Stack>
  );
}

async function send(from: string, { recipient, about }: (typeof outcomes)[number]): Promise<SentMessage> {
  const { MessageId = "" } = await ses("SendEmail", {
    FromEmailAddress: from,
    Destination: { ToAddresses: [recipient] },
    Content: {
      Simple: {
        Subject: { Data: `Getting started: this ${about}` },
        Body: { Text: { Data: "Sent from the dashboard, by the SES API v2." } },
      },
    },
  });
  return { messageId: MessageId, recipient, about };
}

/** The messages with their events, which come by themselves. */
function Arrivals({ messages }: { messages: readonly SentMessage[] }) {
  return (
    <Stack gap="xs" component="ul" p={0} m={0} aria-live="polite" aria-label="What became of the messages">
      {messages.map((message) => (
        <Arrival key={message.messageId} message={message} />
      ))}
    </Stack>
  );
}

function Arrival({ message: { messageId, recipient, about } }: { message: SentMessage }) {
  const client = useQueryClient();
  const live = useLiveStatus() === "on";
  const queryKey = ["message", messageId, "details"];
  const details = useQuery({
    queryKey,
    queryFn: ({ signal }) => readMessage(messageId, signal),
    // Until the stream is on, and should it break.
    refetchInterval: live ? false : 2_000,
  });
  useLiveEvents((event) => {
    if (event === "gap" || event.messageId === messageId) void client.invalidateQueries({ queryKey });
  });
  const events = details.data?.recipients.flatMap(({ events }) => events) ?? [];
  return (
    <Paper component="li" withBorder p="sm" style={{ listStyle: "none" }}>
      <Group justify="space-between" gap="xs">
        <Stack gap={0} miw={0}>
          <TextLink to="/messages/$messageId" params={{ messageId }} fw={500} style={{ overflowWrap: "anywhere" }}>
            {recipient}
          </TextLink>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </Stack>
        <Group gap={6}>
          {events.map(({ id, type }) => (
            <EventBadge key={id} of={eventNames[type]} />
          ))}
          {details.isError && events.length === 0 && (
            <Text size="sm" c="dimmed">
              Sent; its events can&apos;t be read just now.
            </Text>
          )}
        </Group>
      </Group>
    </Paper>
  );
}
