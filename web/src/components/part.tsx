/** A part of a page about one thing: what it does, and what changes it. */
import { Group, Paper, Stack, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

/** `state` is a badge beside the title, `action` a button. */
export function Part(parts: { title: string; state?: ReactNode; action?: ReactNode; children: ReactNode }) {
  const { title, state, action, children } = parts;
  const id = useId();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="xs" style={{ overflowWrap: "anywhere" }}>
        <Group justify="space-between" gap="sm" wrap="nowrap">
          <Group gap="xs">
            <Title order={2} size="h5" id={id}>
              {title}
            </Title>
            {state}
          </Group>
          {action}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
