/** What every page begins with: its title, which is also the window's, a sentence, and what can be done. */
import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

/** `actions` are buttons beside the title. `wide` pages take the whole width: those with tables. */
export function PageFrame(parts: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  const { title, about, actions, wide = false, children } = parts;
  useEffect(() => {
    document.title = `${title} · Mailglass`;
  }, [title]);
  return (
    <Stack gap="lg" maw={wide ? undefined : 1080}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} flex="1 1 20rem" miw={0}>
          <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
            {title}
          </Title>
          {about && <Text c="dimmed">{about}</Text>}
        </Stack>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
