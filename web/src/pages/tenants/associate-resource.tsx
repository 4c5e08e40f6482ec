/** The form that lets a tenant send with a resource. */
import { Autocomplete, Radio, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useResourceScope } from "../../api/scopes.ts";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { arnOf } from "../../components/tags-part.tsx";

/** As ARNs name them. */
const types = [
  { value: "identity", label: "Identity" },
  { value: "configuration-set", label: "Configuration set" },
  { value: "template", label: "Template" },
] as const;

type Type = (typeof types)[number]["value"];

export function AssociateResource(parts: { name: string; done: () => void; close: () => void }) {
  const { name, done, close } = parts;
  const scope = useResourceScope();
  const [type, setType] = useState<Type>("identity");
  const [resource, setResource] = useState("");
  const { data: names = [] } = useQuery({
    queryKey: ["suggestions", "resources", type],
    queryFn: ({ signal }) => namesOf(type, signal),
  });
  return (
    <FormModal
      title={`Associate a resource with ${name}`}
      submit="Associate"
      failed="The resource was not associated"
      save={async () => {
        if (!scope) throw new Error("the account is not known yet");
        const ResourceArn = arnOf(scope, `${type}/${resource.trim()}`);
        await ses("CreateTenantResourceAssociation", { TenantName: name, ResourceArn });
      }}
      done={done}
      close={close}
    >
      <Radio.Group
        label="Type"
        value={type}
        onChange={(chosen) => {
          setType(types.find(({ value }) => value === chosen)?.value ?? type);
          setResource("");
        }}
      >
        <Stack gap="xs" mt="xs">
          {types.map(({ value, label }) => (
            <Radio key={value} value={value} label={label} />
          ))}
        </Stack>
      </Radio.Group>
      <Autocomplete
        label="Name"
        required
        autoComplete="off"
        // A name that is complete needs no list, which would cover the button.
        data={names.filter((one) => one !== resource)}
        limit={50}
        value={resource}
        onChange={setResource}
      />
    </FormModal>
  );
}

/** Names that are offered: as many as one call tells. Others can be typed. */
async function namesOf(type: Type, signal: AbortSignal): Promise<string[]> {
  if (type === "identity") {
    const { EmailIdentities = [] } = await ses("ListEmailIdentities", { PageSize: 1000 }, signal);
    return EmailIdentities.flatMap(({ IdentityName }) => IdentityName ?? []);
  }
  if (type === "template") {
    const { TemplatesMetadata = [] } = await ses("ListEmailTemplates", { PageSize: 100 }, signal);
    return TemplatesMetadata.flatMap(({ TemplateName }) => TemplateName ?? []);
  }
  return (await ses("ListConfigurationSets", { PageSize: 1000 }, signal)).ConfigurationSets ?? [];
}
