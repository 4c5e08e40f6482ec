/** Suppressed addresses as rows: why, since when, by which message; and taking one off. */
import { Button, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { messageOf } from "../../components/error-alert.tsx";
import { ErrorText } from "../../components/error-text.tsx";
import { TextLink } from "../../components/links.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { type Reason, reasonWords, suppressedQuery, suppressionKey } from "./suppressed.ts";

/** An address as lists have it. */
export interface AddressRow {
  EmailAddress: string | undefined;
  Reason: Reason | undefined;
  LastUpdateTime: number | undefined;
}

export function AddressRows(parts: { rows: readonly AddressRow[]; tenant: string | undefined; explained?: boolean }) {
  const { rows, tenant, explained = false } = parts;
  return (
    <DataTable
      label="Suppressed addresses"
      rows={rows}
      rowKey={({ EmailAddress = "" }) => EmailAddress}
      columns={[
        { title: "Address", cell: ({ EmailAddress }) => <Text size="sm">{EmailAddress}</Text> },
        {
          title: "Reason",
          cell: ({ Reason: reason = "BOUNCE" }) => (
            <StatusBadge tone={reason === "BOUNCE" ? "warning" : "bad"}>{reasonWords[reason]}</StatusBadge>
          ),
        },
        { title: "Since", cell: ({ LastUpdateTime = 0 }) => <Time at={LastUpdateTime} format={formatMinute} /> },
        {
          title: "Put here by",
          cell: ({ EmailAddress = "" }) => <Cause address={EmailAddress} tenant={tenant} shown={explained} />,
        },
        {
          title: "Actions",
          untitled: true,
          cell: ({ EmailAddress = "" }) => <RemoveButton address={EmailAddress} tenant={tenant} />,
        },
      ]}
    />
  );
}

/** By what an address got there. It is asked for when wanted: the list does not tell. */
function Cause({ address, tenant, shown }: { address: string; tenant: string | undefined; shown: boolean }) {
  const [asked, setAsked] = useState(shown);
  const { data, error, isPending } = useQuery({ ...suppressedQuery(address, { tenant }), enabled: asked });
  if (!asked) {
    return (
      <Button
        size="compact-sm"
        variant="subtle"
        ml={-8}
        onClick={() => setAsked(true)}
        aria-label={`Why ${address} is here`}
      >
        Why?
      </Button>
    );
  }
  if (error) return <ErrorText>{messageOf(error)}</ErrorText>;
  if (isPending) return <Text size="sm">…</Text>;
  const id = data?.Attributes?.MessageId;
  return (
    <Text size="sm" role="status">
      {id !== undefined ? (
        <TextLink to="/messages/$messageId" params={{ messageId: id }} size="sm">
          A message to it
        </TextLink>
      ) : data ? (
        "By hand or an import"
      ) : (
        "It is not on the list any more"
      )}
    </Text>
  );
}

function RemoveButton({ address, tenant }: { address: string; tenant: string | undefined }) {
  const queryClient = useQueryClient();
  return (
    <ConfirmButton
      label="Remove"
      accessibleLabel={`Remove ${address}`}
      question={`Remove ${address}?`}
      confirm="Remove"
      failed="The address was not removed"
      run={() => ses("DeleteSuppressedDestination", { EmailAddress: address, TenantName: tenant })}
      done={() => void queryClient.invalidateQueries({ queryKey: [suppressionKey] })}
    >
      It gets mail again at once. Another bounce or complaint puts it back.
    </ConfirmButton>
  );
}

/** What one address came to. */
export function FoundAddress({ address, tenant }: { address: string; tenant: string | undefined }) {
  const { data, error, isPending, refetch } = useQuery(suppressedQuery(address, { tenant }));
  if (error) {
    return (
      <Group>
        <ErrorText>{messageOf(error)}</ErrorText>
        <Button size="xs" variant="default" onClick={() => void refetch()}>
          Try again
        </Button>
      </Group>
    );
  }
  if (isPending) return <Text size="sm">…</Text>;
  if (data === null) {
    return (
      <Text role="status">
        <b>{address}</b> is not on the list: it gets mail.
      </Text>
    );
  }
  return <AddressRows key={data.EmailAddress} rows={[data]} tenant={tenant} explained />;
}
