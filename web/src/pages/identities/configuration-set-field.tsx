/** The choice of an identity's default configuration set. */
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { configurationSetNamesQuery } from "./identities.ts";

/** An empty value is none. One that was deleted since is shown as long as it is chosen. */
export function ConfigurationSetField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { data = [] } = useQuery(configurationSetNamesQuery);
  const names = value === "" || data.includes(value) ? data : [value, ...data];
  return (
    <Select
      label="Default configuration set"
      description="For mail that names none"
      placeholder="None"
      searchable
      clearable
      clearButtonProps={{ "aria-label": "No configuration set" }}
      nothingFoundMessage="There is no such configuration set"
      data={names}
      limit={100}
      value={value === "" ? null : value}
      onChange={(chosen) => onChange(chosen ?? "")}
    />
  );
}
