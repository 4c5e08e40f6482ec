/** What is looked for in a contact list. */
import { Select } from "@mantine/core";
import { AddressSearch } from "../../components/address-search.tsx";
import type { Topic } from "./contact-lists.ts";
import type { ContactSearch } from "./filters-in-url.ts";

export function ContactSearchFields(parts: {
  search: ContactSearch;
  topics: readonly Topic[];
  onSearch: (search: ContactSearch) => void;
}) {
  const { search, topics, onSearch } = parts;
  const { address, status, topic } = search;
  const one = address !== undefined;
  return (
    <AddressSearch
      address={address}
      filtered={status !== undefined || topic !== undefined}
      columns={{ base: 1, sm: 3 }}
      onAddress={(typed) => onSearch({ ...search, address: typed })}
      onClear={() => onSearch({})}
    >
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
    </AddressSearch>
  );
}
