/** The suppression list: who gets no mail, why, and by which message. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBan } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useLiveQueries } from "../../api/live.tsx";
import { usePages } from "../../api/pages.ts";
import { ses } from "../../api/ses.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { ListDownload } from "../../components/list-download.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { AddAddress } from "./add-address.tsx";
import { AddressRows, FoundAddress } from "./address-rows.tsx";
import type { SuppressionSearch } from "./filters-in-url.ts";
import { SearchFields } from "./search-fields.tsx";
import { suppressionKey } from "./suppressed.ts";

const route = getRouteApi("/pages/suppression");

export function SuppressionPage() {
  const search = route.useSearch();
  const { tenant } = search;
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const [adding, { open, close }] = useDisclosure(false);
  useLiveQueries([suppressionKey], ({ type }) => type === "BOUNCE" || type === "COMPLAINT");
  return (
    <PageFrame
      title={tenant === undefined ? "Suppression list" : `Suppression list of ${tenant}`}
      about={
        tenant === undefined ? (
          "Addresses that get no mail. Hard bounces and complaints put them here."
        ) : (
          <>
            Addresses that get no mail of the tenant{" "}
            <TextLink to="/tenants/$name" params={{ name: tenant }}>
              {tenant}
            </TextLink>
            , where its own list counts. <TextLink to="/suppression">To the account’s list</TextLink>
          </>
        )
      }
      actions={
        <>
          <ListDownload list={{ tenant }} what="The whole list" />
          {tenant === undefined && (
            <ButtonLink to="/imports/new" variant="default">
              Import
            </ButtonLink>
          )}
          <Button onClick={open}>Suppress an address</Button>
        </>
      }
      wide
    >
      <SearchFields search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />
      {search.address === undefined ? (
        <FoundAddresses search={search} />
      ) : (
        <FoundAddress address={search.address} tenant={tenant} />
      )}
      {adding && (
        <AddAddress
          tenant={tenant}
          close={close}
          done={() => void queryClient.invalidateQueries({ queryKey: [suppressionKey] })}
        />
      )}
    </PageFrame>
  );
}

function FoundAddresses({ search: { tenant, reason, from, to } }: { search: SuppressionSearch }) {
  const query = usePages([suppressionKey, "list", tenant, reason, from, to], (token, signal) =>
    ses(
      "ListSuppressedDestinations",
      {
        TenantName: tenant,
        NextToken: token,
        PageSize: 50,
        Reasons: reason && [reason],
        StartDate: from === undefined ? undefined : new Date(from),
        EndDate: to === undefined ? undefined : new Date(to),
      },
      signal,
    ),
  );
  const filtered = reason !== undefined || from !== undefined || to !== undefined;
  return (
    <>
      <Loaded query={query} failed="The suppression list could not be read">
        {({ pages }) => {
          const rows = pages.flatMap(({ SuppressedDestinationSummaries: found = [] }) => found);
          if (rows.length > 0) return <AddressRows rows={rows} tenant={tenant} />;
          return (
            <EmptyState
              title={filtered ? "No address matches" : "Nobody is on the list"}
              description={
                filtered ? "Choose another reason or time." : "Every address gets mail until it bounces or complains."
              }
              icon={<IconBan aria-hidden />}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
    </>
  );
}
