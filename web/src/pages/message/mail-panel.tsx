/** The mail itself: as text, as HTML in a frame where it can't act, its headers and its source. */
import { Anchor, Group, Stack, Table, Tabs, Text } from "@mantine/core";
import { IconDownload, IconPaperclip } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { MailAttachment, MessageContent } from "../../../../src/admin-api/message.ts";
import { messageSourceUrl, readMessageContent } from "../../api/admin.ts";
import { Loaded } from "../../components/loaded.tsx";
import { formatBytes } from "../../time/format.ts";
import { MailHtml } from "./mail-html.tsx";
import classes from "./mail-panel.module.css";
import { MailSource } from "./mail-source.tsx";
import { mailViews } from "./message-view.ts";

const route = getRouteApi("/pages/messages/$messageId");

/** `recipient` is whose copy the source is; `size` that of the mail in bytes. */
export function MailPanel(parts: { messageId: string; recipient: string; size: number }) {
  const { messageId, recipient, size } = parts;
  const content = useQuery({
    queryKey: ["message content", messageId],
    queryFn: ({ signal }) => readMessageContent(messageId, signal),
    // A mail does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Loaded query={content} failed="The mail could not be read" rows={8}>
      {(mail) => (
        <Stack>
          <Attachments attachments={mail.attachments} />
          <MailTabs mail={mail} messageId={messageId} recipient={recipient} size={size} />
        </Stack>
      )}
    </Loaded>
  );
}

function MailTabs(parts: { mail: MessageContent; messageId: string; recipient: string; size: number }) {
  const { mail, messageId, recipient, size } = parts;
  const { view: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const fallback = mail.html ? "html" : "text";
  const view = asked === "html" && !mail.html ? "text" : (asked ?? fallback);
  const choose = (value: string | null) => {
    const chosen = mailViews.find((one) => one === value);
    void navigate({ search: (before) => ({ ...before, view: chosen }), replace: true, resetScroll: false });
  };
  return (
    <Tabs value={view} onChange={choose} keepMounted={false}>
      <Group justify="space-between" gap="xs">
        <Tabs.List aria-label="The mail as">
          {mail.html && <Tabs.Tab value="html">HTML</Tabs.Tab>}
          <Tabs.Tab value="text">Text</Tabs.Tab>
          <Tabs.Tab value="headers">Headers</Tabs.Tab>
          <Tabs.Tab value="source">Source</Tabs.Tab>
        </Tabs.List>
        <Anchor href={messageSourceUrl(messageId, recipient)} download={`${messageId}.eml`} size="sm">
          <Group gap={4} wrap="nowrap">
            <IconDownload size={16} aria-hidden />
            Download
          </Group>
        </Anchor>
      </Group>
      <Tabs.Panel value="html" pt="sm">
        <MailHtml messageId={messageId} remoteContent={mail.remoteContent} />
      </Tabs.Panel>
      <Tabs.Panel value="text" pt="sm">
        <MailText mail={mail} />
      </Tabs.Panel>
      <Tabs.Panel value="headers" pt="sm">
        <Headers headers={mail.headers} />
      </Tabs.Panel>
      <Tabs.Panel value="source" pt="sm">
        <MailSource messageId={messageId} recipient={recipient} size={size} />
      </Tabs.Panel>
    </Tabs>
  );
}

function MailText({ mail: { text, textFromHtml, textCut } }: { mail: MessageContent }) {
  if (text === "") return <Text c="dimmed">The mail has no text.</Text>;
  return (
    <Stack gap="xs">
      {textFromHtml && (
        <Text size="sm" c="dimmed">
          The mail has no text of its own: this is the text of its HTML.
        </Text>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1) */}
      <section className={classes.text} aria-label="Text of the mail" tabIndex={0}>
        {text}
      </section>
      {textCut && (
        <Text size="sm" c="dimmed">
          The text goes on: the source has all of it.
        </Text>
      )}
    </Stack>
  );
}

function Headers({ headers }: Pick<MessageContent, "headers">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus (WCAG 2.1.1)
    <section className={classes.scroll} aria-label="Headers of the mail" tabIndex={0}>
      <Table aria-label="Headers" verticalSpacing={4} className={classes.headers}>
        <Table.Tbody>
          {headers.map(({ name, value }, index) => (
            <Table.Tr key={index}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Attachments({ attachments }: { attachments: readonly MailAttachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul className={classes.attachments} aria-label="Attachments">
      {attachments.map(({ name, type, size, inline }, index) => (
        <li key={index}>
          <IconPaperclip size={16} aria-hidden />
          <Text span size="sm" fw={500} style={{ overflowWrap: "anywhere" }}>
            {name || "No name"}
          </Text>
          <Text span size="sm" c="dimmed">
            {type}, {formatBytes(size)}
            {inline && ", shown in the HTML"}
          </Text>
        </li>
      ))}
    </ul>
  );
}
