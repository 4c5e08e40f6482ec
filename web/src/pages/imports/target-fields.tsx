/** Where the records of a file go. */
import { Radio, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { contactListNamesQuery } from "../contacts/contact-lists.ts";
import type { ImportTarget } from "./import-target.ts";

export function TargetFields({ target, onChange }: { target: ImportTarget; onChange: (target: ImportTarget) => void }) {
  const { destination, list, action } = target;
  const { data: names = [], isPending } = useQuery(contactListNamesQuery);
  return (
    <Stack>
      <Radio.Group
        label="Which list"
        value={destination}
        onChange={(chosen) =>
          onChange(
            chosen === "contacts"
              ? { ...target, destination: "contacts", list: list ?? names[0] ?? null }
              : { ...target, destination: "suppression" },
          )
        }
      >
        <Stack gap="xs" mt="xs">
          <Radio value="suppression" label="The suppression list: addresses that get no mail" />
          <Radio
            value="contacts"
            label="A contact list"
            disabled={names.length === 0}
            description={!isPending && names.length === 0 ? "There is none yet." : undefined}
          />
        </Stack>
      </Radio.Group>
      {destination === "contacts" && (
        <Select
          label="Contact list"
          required
          data={names}
          value={list}
          allowDeselect={false}
          onChange={(chosen) => onChange({ ...target, list: chosen })}
        />
      )}
      <Radio.Group
        label="What to do with each address"
        value={action}
        onChange={(chosen) => onChange({ ...target, action: chosen === "DELETE" ? "DELETE" : "PUT" })}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="PUT"
            label="Put it onto the list"
            description={
              destination === "contacts"
                ? "A contact that is there already has just what the file says then."
                : "An address that is there already gets the file's reason."
            }
          />
          <Radio value="DELETE" label="Remove it from the list" />
        </Stack>
      </Radio.Group>
    </Stack>
  );
}
