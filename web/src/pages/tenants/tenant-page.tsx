/** A tenant: whether it sends, with what, whom its mail is kept from, and what was sent for it. */
import { Code, DataList, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { Part } from "../../components/part.tsx";
import { TagsPart } from "../../components/tags-part.tsx";
import { Time } from "../../time/zone.tsx";
import { ResourcesPart } from "./resources-part.tsx";
import { SuppressionPart } from "./suppression-part.tsx";
import { statusText, TenantStatus } from "./tenant-status.tsx";
import { type Tenant, tenantQuery, tenantsKey, useReadAnew } from "./tenants.ts";

const route = getRouteApi("/pages/tenants/$name");

export function TenantPage() {
  const { name } = route.useParams();
  const query = useQuery(tenantQuery(name));
  const readAnew = useReadAnew(name);
  return (
    <PageFrame
      title={name}
      about={
        <>
          For mail that names this tenant in <Code>TenantName</Code> or the header <Code>X-SES-TENANT</Code>.
        </>
      }
      actions={query.data && <DeleteButton name={name} />}
    >
      <WhatWasSent name={name} />
      <Loaded query={query} failed="The tenant could not be read">
        {(tenant) => (
          <Stack>
            <Part title="Sending" state={<TenantStatus status={tenant.SendingStatus} />}>
              <Text size="sm">{statusText(tenant.SendingStatus)}</Text>
            </Part>
            <ResourcesPart name={name} />
            <SuppressionPart name={name} attributes={tenant.SuppressionAttributes} />
            <TagsPart
              resource={`tenant/${name}/${tenant.TenantId}`}
              tags={tenant.Tags}
              readAnew={async () => readAnew()}
            />
            <Facts tenant={tenant} />
          </Stack>
        )}
      </Loaded>
    </PageFrame>
  );
}

function WhatWasSent({ name }: { name: string }) {
  return (
    <Group gap="md" component="nav" aria-label="What was sent for it">
      <TextLink to="/messages" search={{ tenant: name }} size="sm">
        Its messages
      </TextLink>
      <TextLink to="/" search={{ tenant: name }} size="sm">
        Its overview
      </TextLink>
      <TextLink to="/exports/new" search={{ source: "metrics", tenant: name }} size="sm">
        Export its metrics
      </TextLink>
      <TextLink to="/suppression" search={{ tenant: name }} size="sm">
        Its suppression list
      </TextLink>
    </Group>
  );
}

function Facts({ tenant: { TenantId, TenantArn, CreatedTimestamp = 0 } }: { tenant: Tenant }) {
  return (
    <Part title="Facts">
      <DataList labelWidth="8.5rem" gap="xs">
        <DataList.Item>
          <DataList.ItemLabel>ID</DataList.ItemLabel>
          <DataList.ItemValue style={{ overflowWrap: "anywhere", minWidth: 0 }}>{TenantId}</DataList.ItemValue>
        </DataList.Item>
        <DataList.Item>
          <DataList.ItemLabel>ARN</DataList.ItemLabel>
          <DataList.ItemValue style={{ overflowWrap: "anywhere", minWidth: 0 }}>{TenantArn}</DataList.ItemValue>
        </DataList.Item>
        <DataList.Item>
          <DataList.ItemLabel>Created</DataList.ItemLabel>
          <DataList.ItemValue>
            <Time at={CreatedTimestamp} />
          </DataList.ItemValue>
        </DataList.Item>
      </DataList>
    </Part>
  );
}

function DeleteButton({ name }: { name: string }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <ConfirmButton
      label="Delete"
      button={{ size: "sm" }}
      question={`Delete ${name}?`}
      confirm="Delete the tenant"
      failed="The tenant was not deleted"
      run={() => ses("DeleteTenant", { TenantName: name })}
      done={async () => {
        void queryClient.invalidateQueries({ queryKey: [tenantsKey] });
        await navigate({ to: "/tenants" });
        queryClient.removeQueries({ queryKey: ["tenant", name] });
      }}
    >
      Mail for it is refused from then on. Its associations and its suppression list are deleted with it; its resources,
      and what was sent for it, stay.
    </ConfirmButton>
  );
}
