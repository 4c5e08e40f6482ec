/** What is looked for in a contact list. */
import { Button, Group, Select, SimpleGrid, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import type { Topic } from "./contact-lists.ts";
import type { ContactSearch } from "./filters-in-url.ts";

export function ContactSearchFields(parts: {
  search: ContactSearch;
  topics: readonly Topic[];
  onSearch: (search: ContactSearch) => void;
}) {
  const { search, topics, onSearch } = parts;
  const { address, status, topic } = search;
  const [typed, setTyped] = useState(address ?? "");
  useEffect(() => setTyped(address ?? ""), [address]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch({ ...search, address: typed.trim() || undefined });
  };
  const one = address !== undefined;
  return (
    <form onSubmit={submit}>
      <SimpleGrid cols={{ base: 1, sm: 3 }} style={{ alignItems: "end" }}>
        <TextInput
          label="Address"
          description="The whole address"
          type="search"
          value={typed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            if (currentTarget.value === "" && one) onSearch({ ...search, address: undefined });
          }}
        />
        <Select
          label="Status"
          description="Of the topic, if one is chosen"
          placeholder="Any"
          clearable
          clearButtonProps={{ "aria-label": "Any status" }}
          disabled={one}
          data={[
            { value: "OPT_IN", label: "Gets mail" },
            { value: "OPT_OUT", label: "Gets none" },
          ]}
          value={status ?? null}
          onChange={(chosen) =>
            onSearch({ ...search, status: chosen === "OPT_IN" || chosen === "OPT_OUT" ? chosen : undefined })
          }
        />
        <Select
          label="Topic"
          description="With its default for who has not chosen"
          placeholder="Any"
          clearable
          clearButtonProps={{ "aria-label": "Any topic" }}
          disabled={one || topics.length === 0}
          data={topics.map(({ TopicName = "", DisplayName }) => ({
            value: TopicName,
            label: DisplayName || TopicName,
          }))}
          value={topic ?? null}
          onChange={(chosen) => onSearch({ ...search, topic: chosen ?? undefined })}
        />
      </SimpleGrid>
      <Group mt="sm" gap="xs">
        <Button type="submit" variant="default">
          Find the address
        </Button>
        {(one || status !== undefined || topic !== undefined) && (
          <Button variant="subtle" onClick={() => onSearch({})}>
            Show all
          </Button>
        )}
      </Group>
    </form>
  );
}
