/** Contacts as rows: what each gets; changing and removing one. */
import { Button, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { EditContact } from "./contact-form.tsx";
import { type Contact, contactsKey, type Topic } from "./contact-lists.ts";

export function ContactRows(parts: { list: string; topics: readonly Topic[]; contacts: readonly Contact[] }) {
  const { list, topics, contacts } = parts;
  const queryClient = useQueryClient();
  const [edited, setEdited] = useState<string>();
  return (
    <>
      <DataTable
        label="Contacts"
        rows={contacts}
        rowKey={({ EmailAddress = "" }) => EmailAddress}
        columns={[
          { title: "Address", cell: ({ EmailAddress }) => <Text size="sm">{EmailAddress}</Text> },
          { title: "Gets", cell: (contact) => <Topics contact={contact} topics={topics} /> },
          {
            title: "Last changed",
            cell: ({ LastUpdatedTimestamp: at }) => (at === undefined ? "–" : <Time at={at} format={formatMinute} />),
          },
          {
            title: "Actions",
            untitled: true,
            cell: ({ EmailAddress: address = "" }) => (
              <>
                <Button size="xs" variant="default" onClick={() => setEdited(address)} aria-label={`Change ${address}`}>
                  Change
                </Button>
                <ConfirmButton
                  label="Remove"
                  accessibleLabel={`Remove ${address}`}
                  question={`Remove ${address}?`}
                  confirm="Remove"
                  failed="The contact was not removed"
                  run={() => ses("DeleteContact", { ContactListName: list, EmailAddress: address })}
                  done={() => void queryClient.invalidateQueries({ queryKey: [contactsKey, list] })}
                >
                  Its choices and attributes are gone then.
                </ConfirmButton>
              </>
            ),
          },
        ]}
      />
      {edited !== undefined && (
        <EditContact list={list} topics={topics} address={edited} close={() => setEdited(undefined)} />
      )}
    </>
  );
}

/** Whether somebody gets a topic, by their choice or the topic's default. */
function gets({ TopicPreferences = [] }: Contact, topic: Topic): boolean {
  const chosen = TopicPreferences.find(({ TopicName }) => TopicName === topic.TopicName)?.SubscriptionStatus;
  return (chosen ?? topic.DefaultSubscriptionStatus) === "OPT_IN";
}

function Topics({ contact, topics }: { contact: Contact; topics: readonly Topic[] }) {
  if (contact.UnsubscribeAll) return <StatusBadge tone="warning">Unsubscribed from all</StatusBadge>;
  const named = topics.filter((topic) => gets(contact, topic));
  if (topics.length === 0) return <Text size="sm">All mail of the list</Text>;
  if (named.length === 0) return <Text size="sm">No topic</Text>;
  return (
    <Group gap={4}>
      {named.map(({ TopicName = "", DisplayName }) => (
        <StatusBadge key={TopicName} tone="good">
          {DisplayName || TopicName}
        </StatusBadge>
      ))}
    </Group>
  );
}
