/** The search of a list by a part of the name, while it is typed. */
import { Group, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";

/** `name` is what is searched for at first, `about` says what may be typed. */
export function NameFilter(parts: { name: string; about: string; onSearch: (text: string) => void }) {
  const { name, about, onSearch } = parts;
  const [typed, setTyped] = useState(name);
  const search = useDebouncedCallback(onSearch, 300);
  return (
    <Group>
      <TextInput
        label="Find by name"
        description={about}
        type="search"
        maxLength={64}
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          search(currentTarget.value.trim());
        }}
      />
    </Group>
  );
}
