/** All tenants, by name. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUsers } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { usePages } from "../../api/pages.ts";
import { ses } from "../../api/ses.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { NameFilter } from "../../components/name-filter.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { NewTenant } from "./new-tenant.tsx";
import { TenantStatus } from "./tenant-status.tsx";
import { tenantsKey } from "./tenants.ts";

const route = getRouteApi("/pages/tenants");

const pageSize = 50;

export function TenantsPage() {
  const { name } = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, { open, close }] = useDisclosure(false);
  const query = usePages([tenantsKey, name], (token, signal) =>
    ses(
      "ListTenants",
      {
        NextToken: token,
        PageSize: pageSize,
        Filter: name === undefined ? undefined : { TENANT_NAME_CONTAINS: name },
      },
      signal,
    ),
  );
  const some = name !== undefined || query.data?.pages.some(({ Tenants = [] }) => Tenants.length > 0);
  return (
    <PageFrame
      title="Tenants"
      about="Customers or projects that send with resources you choose, and can be told apart."
      actions={<Button onClick={open}>New tenant</Button>}
    >
      {some && (
        <NameFilter
          name={name ?? ""}
          about="A part of it"
          onSearch={(text) => void navigate({ search: { name: text || undefined }, replace: true })}
        />
      )}
      <Loaded query={query} failed="The tenants could not be read">
        {({ pages }) => {
          const tenants = pages.flatMap(({ Tenants = [] }) => Tenants);
          if (tenants.length === 0) return <NoTenants filter={name} />;
          return (
            <DataTable
              label="Tenants"
              rows={tenants}
              rowKey={({ TenantName = "" }) => TenantName}
              columns={[
                {
                  title: "Name",
                  cell: ({ TenantName = "" }) => (
                    <TextLink to="/tenants/$name" params={{ name: TenantName }}>
                      {TenantName}
                    </TextLink>
                  ),
                },
                { title: "Sending", cell: ({ SendingStatus }) => <TenantStatus status={SendingStatus} /> },
                {
                  title: "Created",
                  cell: ({ CreatedTimestamp = 0 }) => <Time at={CreatedTimestamp} format={formatMinute} />,
                },
                {
                  title: "Mail",
                  cell: ({ TenantName = "" }) => (
                    <TextLink
                      to="/messages"
                      search={{ tenant: TenantName }}
                      size="sm"
                      aria-label={`Messages sent for ${TenantName}`}
                    >
                      Messages
                    </TextLink>
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
      {creating && (
        <NewTenant
          close={close}
          done={(created) => void navigate({ to: "/tenants/$name", params: { name: created } })}
        />
      )}
    </PageFrame>
  );
}

function NoTenants({ filter }: { filter: string | undefined }) {
  if (filter !== undefined) {
    return (
      <EmptyState
        title="No name matches"
        description={`There is no tenant with “${filter}” in its name.`}
        icon={<IconUsers aria-hidden />}
      />
    );
  }
  return (
    <EmptyState
      title="There is no tenant yet"
      description="One for each customer or project that you send for shows its mail and figures apart, gives it a suppression list of its own, and limits it to the identities, configuration sets and templates that you choose."
      icon={<IconUsers aria-hidden />}
    />
  );
}
