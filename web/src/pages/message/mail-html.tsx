/**
 * A mail's HTML in a frame that the server's policy and the sandbox make inert: no scripts, no forms, no links that lead
 * away, and nothing from other servers, who would learn that the mail is looked at, unless one asks for it.
 */
import { Group, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { messageHtmlUrl } from "../../api/admin.ts";
import classes from "./mail-panel.module.css";

/** `remoteContent`: whether there is something of other servers in it. */
export function MailHtml({ messageId, remoteContent }: { messageId: string; remoteContent: boolean }) {
  const [remote, setRemote] = useState(false);
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {remoteContent
            ? "Pictures of other servers would tell them that the mail is looked at."
            : "Scripts, forms and links of the mail do nothing here."}
        </Text>
        {remoteContent && (
          <Switch
            size="sm"
            label="Load remote content"
            checked={remote}
            onChange={({ currentTarget }) => setRemote(currentTarget.checked)}
          />
        )}
      </Group>
      <iframe
        // Another policy takes another document.
        key={String(remote)}
        className={classes.frame}
        title="The mail's HTML"
        src={messageHtmlUrl(messageId, remote)}
        sandbox=""
        referrerPolicy="no-referrer"
      />
    </Stack>
  );
}
