/** Whether the page hears of events as they happen. */
import { Group, Text, Tooltip } from "@mantine/core";
import { useLiveStatus } from "../api/live.tsx";
import classes from "./live-indicator.module.css";

export function LiveIndicator() {
  const on = useLiveStatus() === "on";
  const explained = on
    ? "New mail and events appear by themselves."
    : "Connecting to the server: what is shown may be old.";
  return (
    <Tooltip label={explained}>
      {/* Wide enough for both texts, so that nothing moves when it changes. */}
      <Group gap={6} wrap="nowrap" role="status" miw="4.5rem" aria-label={explained} justify="flex-end">
        <span className={classes.dot} data-on={on || undefined} aria-hidden />
        <Text size="sm" c="dimmed">
          {on ? "Live" : "Offline"}
        </Text>
      </Group>
    </Tooltip>
  );
}
