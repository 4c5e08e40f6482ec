/** The form of a new tenant. Its resources and suppression list are chosen on its own page. */
import { Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { TagFields, type TagForm, tagsOf } from "../../components/tag-fields.tsx";
import { tenantsKey } from "./tenants.ts";

export function NewTenant({ done, close }: { done: (name: string) => void; close: () => void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [tags, setTags] = useState<readonly TagForm[]>([]);
  return (
    <FormModal
      title="New tenant"
      submit="Create"
      failed="The tenant was not created"
      save={() => ses("CreateTenant", { TenantName: name, Tags: tagsOf(tags) })}
      done={() => {
        void queryClient.invalidateQueries({ queryKey: [tenantsKey] });
        done(name);
      }}
      close={close}
    >
      <TextInput
        label="Name"
        description="Letters, digits, _ and -; it can’t be changed later"
        required
        data-autofocus
        autoComplete="off"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <TagFields tags={tags} onChange={setTags} />
      <Text size="sm" c="dimmed">
        At first it has no resources, so it can’t send: associate an identity on its page.
      </Text>
    </FormModal>
  );
}
