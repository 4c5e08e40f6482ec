/** Which period is shown: one that ends now, or any. The choice goes into the URL. */
import { Button, Group, NativeSelect, Popover, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendar } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { InstantInput } from "../../components/instant-input.tsx";
import type { Period } from "../../time/period.ts";
import { useZone, zoneName } from "../../time/zone.tsx";
import { type PeriodChoice, ranges } from "./period-choice.ts";

const choices = ranges.map(({ name, label }) => ({ value: name, label }));

/** `shown` is the period itself, which an own one starts from. */
export function PeriodPicker(parts: { choice: PeriodChoice; shown: Period; choose: (choice: PeriodChoice) => void }) {
  const { choice, shown, choose } = parts;
  const range = "range" in choice ? choice.range : "";
  const chooseRange = (value: string) => {
    const found = ranges.find(({ name }) => name === value);
    if (found) choose({ range: found.name });
  };
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <SegmentedControl
          visibleFrom="md"
          aria-label="Period"
          value={range}
          data={choices}
          onChange={chooseRange}
          size="sm"
        />
        <NativeSelect
          hiddenFrom="md"
          aria-label="Period"
          value={range}
          data={range === "" ? [{ value: "", label: "Own period" }, ...choices] : choices}
          onChange={({ currentTarget }) => chooseRange(currentTarget.value)}
        />
        <OwnPeriod shown={shown} own={range === ""} choose={choose} />
      </Group>
      <ZoneLine />
    </Stack>
  );
}

function OwnPeriod({ shown, own, choose }: { shown: Period; own: boolean; choose: (choice: PeriodChoice) => void }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [from, setFrom] = useState<string | undefined>(shown.from);
  const [to, setTo] = useState<string | undefined>(shown.to);
  const backwards = from !== undefined && to !== undefined && from >= to;
  // What is shown goes on with each event: it must not overwrite what is being typed.
  const toggle = () => {
    if (opened) return close();
    setFrom(shown.from);
    setTo(shown.to);
    open();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (from === undefined || to === undefined || backwards) return;
    close();
    choose({ from, to });
  };
  return (
    <Popover
      opened={opened}
      onChange={(stays) => stays || close()}
      trapFocus
      returnFocus
      position="bottom-end"
      withArrow
    >
      <Popover.Target>
        <Button
          variant={own ? "light" : "default"}
          leftSection={<IconCalendar size={16} aria-hidden />}
          onClick={toggle}
          aria-expanded={opened}
        >
          Own period
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <InstantInput label="From" value={from} onChange={setFrom} required />
            <InstantInput
              label="To"
              value={to}
              onChange={setTo}
              required
              error={backwards && "This must be after the beginning."}
            />
            <Button type="submit">Show</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function ZoneLine() {
  const { zone, isUtc, localZone, showUtc } = useZone();
  const other = isUtc ? localZone : "UTC";
  return (
    <Group gap="0 10px">
      <Text size="sm" c="dimmed">
        Days and hours of {zoneName(zone, new Date())}
      </Text>
      {localZone !== "UTC" && (
        <Button variant="subtle" size="compact-sm" px={4} mx={-4} onClick={() => showUtc(!isUtc)}>
          Show in {other}
        </Button>
      )}
    </Group>
  );
}
