/** The fields of SES's message filters: values of one are joined by OR, fields by AND. */
import { Checkbox, Group, SimpleGrid, TagsInput } from "@mantine/core";
import { deliveryEvents, engagementEvents } from "../messages/filters-in-url.ts";
import type { FilterForm } from "./message-source.ts";

const deliveryWords = {
  SEND: "Sent, no more known",
  TRANSIENT_BOUNCE: "Transient bounce",
  PERMANENT_BOUNCE: "Permanent bounce",
  UNDETERMINED_BOUNCE: "Undetermined bounce",
  DELIVERY: "Delivered",
  COMPLAINT: "Complaint",
} as const;

const engagementWords = { OPEN: "Opened", CLICK: "Clicked" } as const;

export function FilterFields({ value, onChange }: { value: FilterForm; onChange: (value: FilterForm) => void }) {
  const texts = (name: "sender" | "recipient" | "subject" | "isp" | "tenant", label: string, description: string) => (
    <TagsInput
      label={label}
      description={description}
      value={value[name]}
      onChange={(list) => onChange({ ...value, [name]: list })}
      // An address or a subject may hold a comma.
      splitChars={[]}
      acceptValueOnBlur
      clearable
      clearButtonProps={{ "aria-label": `Clear: ${label}` }}
    />
  );
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {texts("recipient", "Recipients", "Whole addresses, or with * at an end: *@example.com")}
        {texts("sender", "Senders", "The same of the address in From")}
        {texts("subject", "Subjects", "The whole subject; *word* for a part of it")}
        {texts("isp", "Mailbox providers", "As messages have it: Gmail, UNKNOWN_ISP")}
        {texts("tenant", "Tenants", "Names of tenants")}
      </SimpleGrid>
      <Checkbox.Group
        label="Last delivery event"
        value={value.lastDelivery}
        onChange={(list) =>
          onChange({ ...value, lastDelivery: deliveryEvents.filter((event) => list.includes(event)) })
        }
      >
        <Group mt="xs" gap="md">
          {deliveryEvents.map((event) => (
            <Checkbox key={event} value={event} label={deliveryWords[event]} />
          ))}
        </Group>
      </Checkbox.Group>
      <Checkbox.Group
        label="Last engagement event"
        value={value.lastEngagement}
        onChange={(list) =>
          onChange({ ...value, lastEngagement: engagementEvents.filter((event) => list.includes(event)) })
        }
      >
        <Group mt="xs" gap="md">
          {engagementEvents.map((event) => (
            <Checkbox key={event} value={event} label={engagementWords[event]} />
          ))}
        </Group>
      </Checkbox.Group>
    </>
  );
}
