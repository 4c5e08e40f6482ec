/** What a tenant may send with: identities, configuration sets and templates. */
import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { usePages } from "../../api/pages.ts";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { Part } from "../../components/part.tsx";
import { AssociateResource } from "./associate-resource.tsx";
import { tenantResourcesKey, useReadAnew } from "./tenants.ts";

const pageSize = 50;

export function ResourcesPart({ name }: { name: string }) {
  const [adding, { open, close }] = useDisclosure(false);
  const readAnew = useReadAnew(name);
  const query = usePages(tenantResourcesKey(name), (token, signal) =>
    ses("ListTenantResources", { TenantName: name, NextToken: token, PageSize: pageSize }, signal),
  );
  return (
    <Part
      title="Resources"
      action={
        <Button size="xs" variant="default" onClick={open} style={{ flexShrink: 0 }} aria-label="Associate a resource">
          Associate
        </Button>
      }
    >
      <Loaded query={query} failed="The resources could not be read" rows={2}>
        {({ pages }) => {
          const arns = pages.flatMap(({ TenantResources = [] }) =>
            TenantResources.flatMap(({ ResourceArn }) => ResourceArn ?? []),
          );
          if (arns.length === 0) {
            return (
              <Text size="sm">
                None: its mail is refused. Mail for a tenant needs the identity of its sender here, and the
                configuration set and the template that it uses.
              </Text>
            );
          }
          return (
            <DataTable
              label="Resources"
              rows={arns.map(resourceOf)}
              rowKey={({ arn }) => arn}
              columns={[
                { title: "Name", cell: (resource) => <ResourceLink {...resource} /> },
                { title: "Type", cell: ({ type }) => <Text size="sm">{typeNames.get(type) ?? type}</Text> },
                {
                  title: "Actions",
                  untitled: true,
                  cell: ({ arn, name: resource }) => (
                    <ConfirmButton
                      label="Remove"
                      accessibleLabel={`Remove ${resource}`}
                      question={`Remove ${resource} from ${name}?`}
                      confirm="Remove"
                      failed="The resource was not removed"
                      run={() => ses("DeleteTenantResourceAssociation", { TenantName: name, ResourceArn: arn })}
                      done={readAnew}
                    >
                      Mail for {name} that uses it is refused from then on. The resource itself stays.
                    </ConfirmButton>
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
      {adding && <AssociateResource name={name} done={readAnew} close={close} />}
    </Part>
  );
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ["identity", "Identity"],
  ["configuration-set", "Configuration set"],
  ["template", "Template"],
]);

interface Resource {
  readonly arn: string;
  readonly type: string;
  readonly name: string;
}

/** The type and the name in an ARN; the name may have colons and slashes. */
function resourceOf(arn: string): Resource {
  const resource = arn.split(":").slice(5).join(":");
  const slash = resource.indexOf("/");
  return { arn, type: resource.slice(0, slash), name: resource.slice(slash + 1) };
}

function ResourceLink({ type, name }: Resource) {
  if (type === "identity") {
    return (
      <TextLink to="/identities/$identity" params={{ identity: name }}>
        {name}
      </TextLink>
    );
  }
  if (type === "configuration-set") {
    return (
      <TextLink to="/configuration-sets/$name" params={{ name }}>
        {name}
      </TextLink>
    );
  }
  return (
    <TextLink to="/templates/edit" search={{ name }}>
      {name}
    </TextLink>
  );
}
