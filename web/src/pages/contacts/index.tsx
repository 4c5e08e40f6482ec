/** All contact lists. */
import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAddressBook } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { ContactListForm } from "./contact-list-form.tsx";
import { contactListsQuery } from "./contact-lists.ts";

export function ContactsPage() {
  const query = useQuery(contactListsQuery);
  const navigate = useNavigate();
  const [creating, { open, close }] = useDisclosure(false);
  return (
    <PageFrame
      title="Contact lists"
      about="Who wants which mail. Recipients choose by the links in the mail itself."
      actions={<Button onClick={open}>New list</Button>}
    >
      <Loaded query={query} failed="The contact lists could not be read">
        {(lists) =>
          lists.length === 0 ? (
            <EmptyState
              title="There is no contact list yet"
              description="A list has topics, such as news or offers, and contacts who choose among them."
              icon={<IconAddressBook aria-hidden />}
            />
          ) : (
            <DataTable
              label="Contact lists"
              rows={lists}
              rowKey={({ ContactListName = "" }) => ContactListName}
              columns={[
                {
                  title: "Name",
                  cell: ({ ContactListName = "" }) => (
                    <TextLink to="/contacts/$list" params={{ list: ContactListName }} size="sm">
                      {ContactListName}
                    </TextLink>
                  ),
                },
                {
                  title: "Last changed",
                  cell: ({ LastUpdatedTimestamp: at }) =>
                    at === undefined ? <Text size="sm">–</Text> : <Time at={at} format={formatMinute} />,
                },
              ]}
            />
          )
        }
      </Loaded>
      {creating && (
        <ContactListForm close={close} done={(list) => void navigate({ to: "/contacts/$list", params: { list } })} />
      )}
    </PageFrame>
  );
}
