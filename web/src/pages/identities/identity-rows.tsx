/** Identities as rows: what each is, how far it is verified, whether it may send. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { serverQuery } from "../../api/server.ts";
import type { Answer } from "../../api/ses.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { TextLink } from "../../components/links.tsx";
import { VerificationBadge } from "./verification-badge.tsx";

type IdentityRow = NonNullable<Answer<"ListEmailIdentities">["EmailIdentities"]>[number];

export function IdentityRows({ rows }: { rows: readonly IdentityRow[] }) {
  const { data: server } = useQuery(serverQuery);
  const sending: Column<IdentityRow> = {
    title: "Sending",
    cell: (row) => <Text size="sm">{sendingText(row)}</Text>,
  };
  return (
    <DataTable
      label="Identities"
      rows={rows}
      rowKey={({ IdentityName = "" }) => IdentityName}
      columns={[
        {
          title: "Name",
          cell: ({ IdentityName: identity = "" }) => (
            <TextLink to="/identities/$identity" params={{ identity }}>
              {identity}
            </TextLink>
          ),
        },
        {
          title: "Type",
          cell: ({ IdentityType }) => <Text size="sm">{IdentityType === "DOMAIN" ? "Domain" : "Address"}</Text>,
        },
        { title: "Verification", cell: ({ VerificationStatus }) => <VerificationBadge status={VerificationStatus} /> },
        // Where anyone may, it tells nothing.
        ...(server?.identityVerification === "required" ? [sending] : []),
      ]}
    />
  );
}

function sendingText({ SendingEnabled, VerificationStatus }: IdentityRow): string {
  if (!SendingEnabled) return VerificationStatus === "FAILED" ? "May not send" : "May not send yet";
  const own = VerificationStatus === "SUCCESS" || VerificationStatus === "TEMPORARY_FAILURE";
  return own ? "May send" : "May send: a domain above it is verified";
}
