/** What is looked for on the suppression list. */
import { Button, Group, Select, SimpleGrid, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { InstantInput } from "../../components/instant-input.tsx";
import type { SuppressionSearch } from "./filters-in-url.ts";

export function SearchFields(parts: { search: SuppressionSearch; onSearch: (search: SuppressionSearch) => void }) {
  const { search, onSearch } = parts;
  const { address, reason, from, to } = search;
  const [typed, setTyped] = useState(address ?? "");
  useEffect(() => setTyped(address ?? ""), [address]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch({ ...search, address: typed.trim() || undefined });
  };
  // An address is there or not: reasons and dates would only hide it.
  const one = address !== undefined;
  return (
    <form onSubmit={submit}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} style={{ alignItems: "end" }}>
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
          label="Reason"
          description="Why mail is kept back"
          placeholder="Any"
          clearable
          clearButtonProps={{ "aria-label": "Any reason" }}
          disabled={one}
          data={[
            { value: "BOUNCE", label: "Bounce" },
            { value: "COMPLAINT", label: "Complaint" },
          ]}
          value={reason ?? null}
          onChange={(chosen) =>
            onSearch({ ...search, reason: chosen === "BOUNCE" || chosen === "COMPLAINT" ? chosen : undefined })
          }
        />
        <InstantInput
          label="Since"
          value={from}
          disabled={one}
          onChange={(instant) => onSearch({ ...search, from: instant })}
        />
        <InstantInput
          label="Before"
          value={to}
          disabled={one}
          onChange={(instant) => onSearch({ ...search, to: instant })}
        />
      </SimpleGrid>
      <Group mt="sm" gap="xs">
        <Button type="submit" variant="default">
          Find the address
        </Button>
        {Object.values(search).some((value) => value !== undefined) && (
          <Button variant="subtle" onClick={() => onSearch({})}>
            Show all
          </Button>
        )}
      </Group>
    </form>
  );
}
