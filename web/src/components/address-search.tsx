/** The search of a list by one whole address, beside filters that count without it. */
import { Button, Group, SimpleGrid, type SimpleGridProps, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";

/** `children` are the other filters; `filtered` is whether any is set, so that `onClear` has something to do. */
export function AddressSearch(parts: {
  address: string | undefined;
  filtered: boolean;
  columns: SimpleGridProps["cols"];
  onAddress: (address: string | undefined) => void;
  onClear: () => void;
  children: ReactNode;
}) {
  const { address, filtered, columns, onAddress, onClear, children } = parts;
  const [typed, setTyped] = useState(address ?? "");
  useEffect(() => setTyped(address ?? ""), [address]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAddress(typed.trim() || undefined);
  };
  return (
    <form onSubmit={submit}>
      <SimpleGrid cols={columns} style={{ alignItems: "end" }}>
        <TextInput
          label="Address"
          description="The whole address"
          type="search"
          value={typed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            if (currentTarget.value === "" && address !== undefined) onAddress(undefined);
          }}
        />
        {children}
      </SimpleGrid>
      <Group mt="sm" gap="xs">
        <Button type="submit" variant="default">
          Find the address
        </Button>
        {(address !== undefined || filtered) && (
          <Button variant="subtle" onClick={onClear}>
            Show all
          </Button>
        )}
      </Group>
    </form>
  );
}
