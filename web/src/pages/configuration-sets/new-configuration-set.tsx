/** The form of a new configuration set. What it does is chosen on its own page. */
import { Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { TagFields, type TagForm, tagsOf } from "../../components/tag-fields.tsx";
import { configurationSetsKey } from "./configuration-sets.ts";

export function NewConfigurationSet({ done, close }: { done: (name: string) => void; close: () => void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [tags, setTags] = useState<readonly TagForm[]>([]);
  return (
    <FormModal
      title="New configuration set"
      submit="Create"
      failed="The configuration set was not created"
      save={() =>
        ses("CreateConfigurationSet", {
          ConfigurationSetName: name,
          Tags: tagsOf(tags),
        })
      }
      done={() => {
        void queryClient.invalidateQueries({ queryKey: [configurationSetsKey] });
        void queryClient.invalidateQueries({ queryKey: ["suggestions", "configuration sets"] });
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
        At first it sends, and does all else as the account and the server do.
      </Text>
    </FormModal>
  );
}
