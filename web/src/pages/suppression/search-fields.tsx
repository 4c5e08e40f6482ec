/** What is looked for on the suppression list. */
import { Select } from "@mantine/core";
import { AddressSearch } from "../../components/address-search.tsx";
import { InstantInput } from "../../components/instant-input.tsx";
import type { SuppressionSearch } from "./filters-in-url.ts";

export function SearchFields(parts: { search: SuppressionSearch; onSearch: (search: SuppressionSearch) => void }) {
  const { search, onSearch } = parts;
  const { address, reason, from, to } = search;
  // An address is there or not: reasons and dates would only hide it.
  const one = address !== undefined;
  return (
    <AddressSearch
      address={address}
      filtered={[reason, from, to].some((value) => value !== undefined)}
      columns={{ base: 1, sm: 2, lg: 4 }}
      onAddress={(typed) => onSearch({ ...search, address: typed })}
      onClear={() => onSearch({ tenant: search.tenant })}
    >
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
    </AddressSearch>
  );
}
