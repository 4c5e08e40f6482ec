/** What is searched by. All of it is in the URL: a link holds the whole search. */
import { Button, Collapse, Group, MultiSelect, SimpleGrid, Stack, TagsInput, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { LastDelivery, LastEngagement, MessageFilters } from "../../../../src/admin-api/message-search.ts";
import { deliveryNames, engagementNames, type Named } from "../../components/event-names.ts";
import { InstantInput } from "../../components/instant-input.tsx";
import { lastDays, lastHours } from "../../time/period.ts";
import { useZone } from "../../time/zone.tsx";
import { deliveryEvents, engagementEvents } from "./filters-in-url.ts";
import { SearchText } from "./search-text.tsx";
import { useSuggestions } from "./suggestions.ts";

const furtherFilters = [
  "sender",
  "messageId",
  "isp",
  "lastEngagement",
  "tag",
  "configurationSet",
  "identity",
  "tenant",
  "from",
  "to",
] as const satisfies readonly (keyof MessageFilters)[];

/** `search` changes some of the filters; `typing`: as part of a text that is being typed. */
export function SearchForm(parts: {
  filters: MessageFilters;
  search: (changed: MessageFilters, typing?: boolean) => void;
  clear: () => void;
}) {
  const { filters, search, clear } = parts;
  const further = furtherFilters.filter((name) => filters[name] !== undefined).length;
  const [open, { toggle }] = useDisclosure(further > 0);
  const any = Object.values(filters).some((value) => value !== undefined);
  return (
    <Stack component="search" gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <SearchText
          label="Recipient"
          placeholder="*@example.com"
          value={filters.recipient}
          search={(recipient) => search({ recipient }, true)}
        />
        <SearchText
          label="Subject"
          placeholder="A part of it"
          value={filters.subject}
          search={(subject) => search({ subject }, true)}
        />
        <EventChoice<LastDelivery>
          label="Last delivery event"
          values={deliveryEvents}
          names={deliveryNames}
          chosen={filters.lastDelivery}
          choose={(lastDelivery) => search({ lastDelivery })}
        />
      </SimpleGrid>
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            leftSection={<IconFilter size={16} aria-hidden />}
            onClick={toggle}
            aria-expanded={open}
          >
            {further === 0 ? "More filters" : `More filters (${further})`}
          </Button>
          {any && (
            <Button variant="subtle" size="xs" leftSection={<IconX size={16} aria-hidden />} onClick={clear}>
              Clear all
            </Button>
          )}
        </Group>
        <RecentChoice filters={filters} search={search} />
      </Group>
      <Collapse expanded={open} keepMounted={false}>
        <FurtherFilters filters={filters} search={search} />
      </Collapse>
    </Stack>
  );
}

function FurtherFilters(parts: {
  filters: MessageFilters;
  search: (changed: MessageFilters, typing?: boolean) => void;
}) {
  const { filters, search } = parts;
  const { providers, configurationSets, identities, tenants } = useSuggestions();
  const backwards = filters.from !== undefined && filters.to !== undefined && filters.from >= filters.to;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm" pt={4} style={{ alignItems: "end" }}>
      <SearchText
        label="Sender"
        placeholder="*@example.com"
        value={filters.sender}
        search={(sender) => search({ sender }, true)}
      />
      <SearchText label="Message ID" value={filters.messageId} search={(messageId) => search({ messageId }, true)} />
      <TagsInput
        label="Provider"
        placeholder={filters.isp ? "" : "Gmail"}
        data={[...providers]}
        value={[...(filters.isp ?? [])]}
        onChange={(isp) => search({ isp: isp.length > 0 ? isp : undefined })}
      />
      <EventChoice<LastEngagement>
        label="Last reader's event"
        values={engagementEvents}
        names={engagementNames}
        chosen={filters.lastEngagement}
        choose={(lastEngagement) => search({ lastEngagement })}
      />
      <TagFilter tags={filters.tag} choose={(tag) => search({ tag })} />
      <SearchText
        label="Configuration set"
        value={filters.configurationSet}
        suggestions={configurationSets}
        search={(configurationSet) => search({ configurationSet }, true)}
      />
      <SearchText
        label="Identity"
        value={filters.identity}
        suggestions={identities}
        search={(identity) => search({ identity }, true)}
      />
      <SearchText
        label="Tenant"
        value={filters.tenant}
        suggestions={tenants}
        search={(tenant) => search({ tenant }, true)}
      />
      <InstantInput label="Sent from" value={filters.from} onChange={(from) => search({ from }, true)} />
      <InstantInput
        label="Sent before"
        value={filters.to}
        onChange={(to) => search({ to }, true)}
        error={backwards && "Nothing was sent both after the one and before the other."}
      />
    </SimpleGrid>
  );
}

function EventChoice<Event extends string>(parts: {
  label: string;
  values: readonly Event[];
  names: Readonly<Record<Event, Named>>;
  chosen: readonly Event[] | undefined;
  choose: (events: Event[] | undefined) => void;
}) {
  const { label, values, names, chosen = [], choose } = parts;
  return (
    <MultiSelect
      label={label}
      placeholder={chosen.length === 0 ? "Any" : ""}
      data={values.map((value) => ({ value, label: names[value].name }))}
      value={[...chosen]}
      onChange={(events) => {
        const named = values.filter((value) => events.includes(value));
        choose(named.length > 0 ? named : undefined);
      }}
      clearable
      clearButtonProps={{ "aria-label": `Any: ${label}` }}
    />
  );
}

/** Tags are searched for by name and value. */
function TagFilter({ tags = [], choose }: Parts) {
  const [wrong, setWrong] = useState<string | undefined>();
  const change = (typed: string[]) => {
    const good = typed.filter((tag) => /^[^:]+:/.test(tag));
    setWrong(typed.find((tag) => !good.includes(tag)));
    choose(good.length > 0 ? good : undefined);
  };
  return (
    <TagsInput
      label="Tags"
      placeholder={tags.length === 0 ? "campaign:spring" : ""}
      value={[...tags]}
      onChange={change}
      error={wrong !== undefined && `“${wrong}” has no value: a tag is searched for as name:value.`}
    />
  );
}

interface Parts {
  tags: readonly string[] | undefined;
  choose: (tags: string[] | undefined) => void;
}

/** Sets when mail was sent to a period that ends now; it stays open at its end. */
function RecentChoice({ filters, search }: { filters: MessageFilters; search: (changed: MessageFilters) => void }) {
  const { zone } = useZone();
  const since = (from: string | undefined) => search({ from, to: undefined });
  return (
    <Group gap={4}>
      <Text size="sm" c="dimmed">
        Sent in the last
      </Text>
      <Button variant="subtle" size="compact-sm" onClick={() => since(lastHours(24, new Date()).from)}>
        24 hours
      </Button>
      {[7, 30].map((days) => (
        <Button
          key={days}
          variant="subtle"
          size="compact-sm"
          onClick={() => since(lastDays(days, new Date(), zone).from)}
        >
          {days} days
        </Button>
      ))}
      {(filters.from ?? filters.to) !== undefined && (
        <Button variant="subtle" size="compact-sm" onClick={() => since(undefined)}>
          Any time
        </Button>
      )}
    </Group>
  );
}
