/** The mail as its recipient gets it, byte for byte. */
import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { readMessageSource } from "../../api/admin.ts";
import { Loaded } from "../../components/loaded.tsx";
import { formatBytes } from "../../time/format.ts";
import classes from "./mail-panel.module.css";

/** Larger ones are asked for first, in bytes: a page of many megabytes is slow. */
const shownAtOnce = 1_000_000;

export function MailSource({ messageId, recipient, size }: { messageId: string; recipient: string; size: number }) {
  const [wanted, setWanted] = useState(size <= shownAtOnce);
  const source = useQuery({
    queryKey: ["message source", messageId, recipient],
    queryFn: ({ signal }) => readMessageSource(messageId, recipient, signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: wanted,
  });
  if (!wanted) {
    return (
      <Stack align="flex-start" gap="xs">
        <Text size="sm">The source has {formatBytes(size)}. It can be downloaded, too.</Text>
        <Button size="xs" variant="default" onClick={() => setWanted(true)}>
          Show it all the same
        </Button>
      </Stack>
    );
  }
  return (
    <Loaded query={source} failed="The source could not be read" rows={8}>
      {(text) => (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            As {recipient} gets it.
          </Text>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1) */}
          <section className={classes.source} aria-label="Source of the mail" tabIndex={0}>
            {text}
          </section>
        </>
      )}
    </Loaded>
  );
}
