/** How far a source has come, and which types of events it has brought. */
import { List, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconClock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EventBadge } from "../../components/event-badge.tsx";
import { namedEvent } from "../../components/event-names.ts";
import { Part } from "../../components/part.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";

export function ChecklistPart({ source }: { source: MirrorSource }) {
  const { kind, checklist, messagesWaiting, recordsSetAside } = source;
  const { confirmed, confirmedAt, validatedAt, receivedAt, eventAt, types, typesNeverSeen } = checklist;
  return (
    <Part title="Checklist">
      <List spacing="xs" size="sm" center>
        {kind === "sns" && (
          <Step done={confirmed === true} at={confirmedAt}>
            The subscription is confirmed
          </Step>
        )}
        {(kind === "sns" || kind === "sqs") && (
          <Step done={validatedAt !== undefined} at={validatedAt}>
            SES has said that it may publish to the topic
          </Step>
        )}
        <Step done={receivedAt !== undefined} at={receivedAt}>
          Something has come
        </Step>
        <Step done={eventAt !== undefined} at={eventAt}>
          An event has come
        </Step>
      </List>
      {eventAt === undefined && receivedAt !== undefined && (
        <Text size="sm">
          No events, although it is set up? The mail must name the configuration set, or the identity must have it as
          its default.
        </Text>
      )}
      {messagesWaiting !== undefined && (
        <Text size="sm">{messagesWaiting.toLocaleString("en")} messages wait in its queue.</Text>
      )}
      {types.length > 0 && (
        <DataTable
          label="Types of events"
          rows={types}
          rowKey={({ type }) => type}
          columns={[
            { title: "Type", cell: ({ type }) => <EventBadge of={namedEvent(type)} /> },
            { title: "Events", numeric: true, cell: ({ events }) => events.toLocaleString("en") },
            { title: "Last", cell: ({ lastAt }) => <Time at={lastAt} format={formatMinute} /> },
            {
              title: "Configuration sets",
              cell: ({ configurationSets }) => (
                <Text size="sm">{configurationSets.map(({ name }) => name ?? "none").join(", ")}</Text>
              ),
            },
          ]}
        />
      )}
      {types.length > 0 && typesNeverSeen.length > 0 && (
        <Text size="sm">
          Not sent by this source so far: {typesNeverSeen.map((type) => namedEvent(type).name).join(", ")}.
        </Text>
      )}
      {recordsSetAside > 0 && (
        <Text size="sm">{recordsSetAside.toLocaleString("en")} records could not be read: see below.</Text>
      )}
    </Part>
  );
}

function Step({ done, at, children }: { done: boolean; at: string | undefined; children: ReactNode }) {
  return (
    <List.Item
      icon={
        <ThemeIcon size={20} radius="xl" variant="light" color={done ? "teal" : "gray"}>
          {done ? <IconCheck size={14} aria-label="Done" /> : <IconClock size={14} aria-label="Not yet" />}
        </ThemeIcon>
      }
    >
      {children}
      {at !== undefined && (
        <>
          {": "}
          <Time at={at} format={formatMinute} />
        </>
      )}
    </List.Item>
  );
}
