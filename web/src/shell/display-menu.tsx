/** How this browser shows things: light or dark, the time zone; and signing out. */
import {
  ActionIcon,
  Button,
  Divider,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLogout, IconSettings } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useId } from "react";
import { sessionQuery, signOut } from "../api/session.ts";
import { messageOf } from "../components/error-alert.tsx";
import { useZone, zoneName } from "../time/zone.tsx";

export function DisplayMenu() {
  const { data: session } = useQuery(sessionQuery);
  return (
    <Popover position="bottom-end" width={280} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="default" size="lg" aria-label="Display and session">
          <IconSettings size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Display and session">
        <Stack gap="sm">
          <ColorSchemeChoice />
          <ZoneSwitch />
          {session?.signedInAs !== undefined && <SignOut accessKeyId={session.signedInAs} />}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function ColorSchemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <LabelledChoice
      label="Colours"
      value={colorScheme}
      choices={[
        { value: "auto", label: "System" },
        { value: "light", label: "Light" },
        { value: "dark", label: "Dark" },
      ]}
      choose={setColorScheme}
    />
  );
}

function ZoneSwitch() {
  const { isUtc, localZone, zone, showUtc } = useZone();
  return (
    <Stack gap={4}>
      <LabelledChoice
        label="Times"
        value={isUtc ? "utc" : "local"}
        choices={[
          {
            value: "local",
            label: localZone === "UTC" ? "Local" : (localZone.split("/").at(-1) ?? "Local").replaceAll("_", " "),
          },
          { value: "utc", label: "UTC" },
        ]}
        choose={(choice) => showUtc(choice === "utc")}
      />
      <Text size="xs" c="dimmed">
        Shown in {zoneName(zone, new Date())}.
      </Text>
    </Stack>
  );
}

function LabelledChoice<Value extends string>(parts: {
  label: string;
  value: Value;
  choices: { value: Value; label: string }[];
  choose: (value: Value) => void;
}) {
  const { label, value, choices, choose } = parts;
  const id = useId();
  return (
    <Stack gap={4}>
      <Text id={id} size="sm" fw={500}>
        {label}
      </Text>
      <SegmentedControl fullWidth size="xs" aria-labelledby={id} value={value} data={choices} onChange={choose} />
    </Stack>
  );
}

function SignOut({ accessKeyId }: { accessKeyId: string }) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      notifications.show({ color: "red", title: "You could not be signed out", message: messageOf(error) });
      return;
    }
    // Nothing of what this key saw stays for the next.
    queryClient.clear();
    await router.invalidate();
  };
  return (
    <Stack gap={4}>
      <Divider />
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        Signed in with {accessKeyId}
      </Text>
      <Button size="xs" variant="default" leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
        Sign out
      </Button>
    </Stack>
  );
}
