/** A contact list: its topics and its contacts. */
import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAddressBook } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useLiveQueries } from "../../api/live.tsx";
import { usePages } from "../../api/pages.ts";
import { type Answer, ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { ListDownload } from "../../components/list-download.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { TagsPart } from "../../components/tags-part.tsx";
import { AddContact } from "./contact-form.tsx";
import { ContactListForm } from "./contact-list-form.tsx";
import { contactListQuery, contactListsQuery, contactQuery, contactsKey, type Topic } from "./contact-lists.ts";
import { ContactRows } from "./contact-rows.tsx";
import { ContactSearchFields } from "./contact-search.tsx";
import type { ContactSearch } from "./filters-in-url.ts";

const route = getRouteApi("/pages/contacts/$list");

export function ContactListPage() {
  const { list } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const query = useQuery(contactListQuery(list));
  const [adding, add] = useDisclosure(false);
  useLiveQueries([contactsKey, list], ({ type }) => type === "SUBSCRIPTION");
  const topics = query.data?.Topics ?? [];
  return (
    <PageFrame
      title={list}
      about={query.data?.Description ?? "A contact list"}
      actions={
        <>
          <ListMenu list={list} details={query.data} />
          <Button onClick={add.open} disabled={!query.data}>
            Add a contact
          </Button>
        </>
      }
      wide
    >
      <Loaded query={query} failed="The contact list could not be read">
        {({ Tags: tags = [] }) => (
          <>
            <TopicLine topics={topics} />
            <ContactSearchFields
              search={search}
              topics={topics}
              onSearch={(next) => void navigate({ search: next, replace: true })}
            />
            {search.address === undefined ? (
              <FoundContacts list={list} topics={topics} search={search} />
            ) : (
              <FoundContact list={list} topics={topics} address={search.address} />
            )}
            {tags.length > 0 && (
              <TagsPart
                resource={`contact-list/${list}`}
                tags={tags}
                readAnew={() => queryClient.invalidateQueries({ queryKey: contactListQuery(list).queryKey })}
              />
            )}
          </>
        )}
      </Loaded>
      {adding && <AddContact list={list} topics={topics} close={add.close} />}
    </PageFrame>
  );
}

function TopicLine({ topics }: { topics: readonly Topic[] }) {
  if (topics.length === 0) return <Text size="sm">The list has no topics: who is on it gets all its mail.</Text>;
  return (
    <Group gap="xs">
      <Text size="sm" fw={500}>
        Topics
      </Text>
      {topics.map(({ TopicName = "", DisplayName, DefaultSubscriptionStatus: by }) => (
        <StatusBadge key={TopicName} tone="neutral">
          {`${DisplayName || TopicName}: ${by === "OPT_IN" ? "gets it unless they opt out" : "only who opts in"}`}
        </StatusBadge>
      ))}
    </Group>
  );
}

function FoundContacts(parts: { list: string; topics: readonly Topic[]; search: ContactSearch }) {
  const { list, topics, search } = parts;
  const { status, topic } = search;
  const filtered = status !== undefined || topic !== undefined;
  const query = usePages([contactsKey, list, "list", status, topic], (token, signal) =>
    ses(
      "ListContacts",
      {
        ContactListName: list,
        NextToken: token,
        PageSize: 50,
        // A filter needs a status. With any status, all contacts match, because the topic has a default.
        Filter:
          status === undefined
            ? undefined
            : {
                FilteredStatus: status,
                TopicFilter:
                  topic === undefined ? undefined : { TopicName: topic, UseDefaultIfPreferenceUnavailable: true },
              },
      },
      signal,
    ),
  );
  return (
    <>
      <Loaded query={query} failed="The contacts could not be read">
        {({ pages }) => {
          const contacts = pages.flatMap(({ Contacts = [] }) => Contacts);
          if (contacts.length > 0) return <ContactRows list={list} topics={topics} contacts={contacts} />;
          // A filter looks at so many contacts for a page: the next one may have some.
          if (query.hasNextPage) return <Text role="status">None among those looked at so far.</Text>;
          return (
            <EmptyState
              title={filtered ? "No contact matches" : "Nobody is on this list yet"}
              description={filtered ? "Choose another status or topic." : "Add a contact, or import a file of them."}
              icon={<IconAddressBook aria-hidden />}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
    </>
  );
}

function FoundContact({ list, topics, address }: { list: string; topics: readonly Topic[]; address: string }) {
  const query = useQuery(contactQuery(list, address));
  return (
    <Loaded query={query} failed="The contact could not be read" rows={1}>
      {(contact) =>
        contact === null ? (
          <Text role="status">
            <b>{address}</b> is not on this list.
          </Text>
        ) : (
          <ContactRows list={list} topics={topics} contacts={[contact]} />
        )
      }
    </Loaded>
  );
}

function ListMenu({ list, details }: { list: string; details: Answer<"GetContactList"> | undefined }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [editing, setEditing] = useState(false);
  return (
    <>
      <ListDownload list={{ contacts: list }} what="All contacts" />
      <Button variant="default" disabled={!details} onClick={() => setEditing(true)}>
        Topics
      </Button>
      <ButtonLink to="/imports/new" search={{ list }} variant="default">
        Import
      </ButtonLink>
      <ConfirmButton
        label="Delete the list"
        button={{ size: "sm" }}
        question={`Delete ${list}?`}
        confirm="Delete the list"
        failed="The list was not deleted"
        run={() => ses("DeleteContactList", { ContactListName: list })}
        done={() => {
          void queryClient.invalidateQueries({ queryKey: contactListsQuery.queryKey });
          void navigate({ to: "/contacts" });
        }}
      >
        All its contacts with their choices are deleted with it. Download the list first if you may want it back.
      </ConfirmButton>
      {editing && details && (
        <ContactListForm
          list={{ name: list, description: details.Description, topics: details.Topics ?? [] }}
          done={() => {}}
          close={() => setEditing(false)}
        />
      )}
    </>
  );
}
