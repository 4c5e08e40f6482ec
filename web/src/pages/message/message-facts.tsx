/** What is known of a message as it was sent. */
import { DataList, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { MessageDetails } from "../../../../src/admin-api/message.ts";
import type { MessageFilters } from "../../../../src/admin-api/message-search.ts";
import { accountLabel, scopesQuery, useShowsAll } from "../../api/scopes.ts";
import { TextLink } from "../../components/links.tsx";
import { formatBytes } from "../../time/format.ts";
import { Time, useZone, zoneName } from "../../time/zone.tsx";
import classes from "./message.module.css";

export function MessageFacts({ message }: { message: MessageDetails }) {
  const {
    account,
    region,
    messageId,
    sentAt,
    sender,
    tags,
    configurationSet,
    identity,
    tenant,
    openTracked,
    clickTracked,
    size,
  } = message;
  const { zone } = useZone();
  const all = useShowsAll();
  const { data: scopes } = useQuery(scopesQuery);
  return (
    <DataList labelWidth="7.5rem" gap="xs">
      <Fact name="Sent">
        <Time at={sentAt} />{" "}
        <Text span c="dimmed" size="sm">
          {zoneName(zone, new Date(sentAt))}
        </Text>
      </Fact>
      <Fact name="From">
        <Found filters={{ sender }}>{sender}</Found>
      </Fact>
      <Fact name="Message ID">
        <Text span ff="monospace" size="xs">
          {messageId}
        </Text>
      </Fact>
      {identity !== undefined && (
        <Fact name="Identity">
          <Found filters={{ identity }}>{identity}</Found>
        </Fact>
      )}
      {configurationSet !== undefined && (
        <Fact name="Configuration set">
          <Found filters={{ configurationSet }}>{configurationSet}</Found>
        </Fact>
      )}
      {tenant !== undefined && (
        <Fact name="Tenant">
          <Found filters={{ tenant }}>{tenant}</Found>
        </Fact>
      )}
      {all && account !== undefined && region !== undefined && (
        <>
          <Fact name="Account">{accountLabel(account, scopes)}</Fact>
          <Fact name="Region">{region}</Fact>
        </>
      )}
      {tags.length > 0 && (
        <Fact name="Tags">
          <Tags tags={tags} />
        </Fact>
      )}
      <Fact name="Tracked">{trackedText(openTracked, clickTracked)}</Fact>
      {size !== undefined && <Fact name="Size">{formatBytes(size)}</Fact>}
    </DataList>
  );
}

/** The sender's own; those that SES adds are looked at when something is sought. */
function Tags({ tags }: Pick<MessageDetails, "tags">) {
  const { added = [], own = [] } = Object.groupBy(tags, ({ name }) => (name.startsWith("ses:") ? "added" : "own"));
  return (
    <Stack gap={4}>
      {own.length > 0 && <TagLinks tags={own} />}
      {added.length > 0 && (
        <details className={classes.own}>
          <summary>{added.length} that SES adds</summary>
          <TagLinks tags={added} />
        </details>
      )}
    </Stack>
  );
}

function TagLinks({ tags }: Pick<MessageDetails, "tags">) {
  return (
    <Group gap="4px 12px">
      {tags.map(({ name, value }) => (
        <Found key={`${name}:${value}`} filters={{ tag: [`${name}:${value}`] }}>
          {name}: {value}
        </Found>
      ))}
    </Group>
  );
}

/** A value that leads to the messages that share it. */
function Found({ filters, children }: { filters: MessageFilters; children: ReactNode }) {
  return (
    <TextLink to="/messages" search={filters} size="sm" style={{ overflowWrap: "anywhere" }}>
      {children}
    </TextLink>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{name}</DataList.ItemLabel>
      <DataList.ItemValue style={{ overflowWrap: "anywhere", minWidth: 0 }}>{children}</DataList.ItemValue>
    </DataList.Item>
  );
}

function trackedText(opens: boolean, clicks: boolean): string {
  if (opens && clicks) return "Opens and clicks";
  if (opens) return "Opens";
  return clicks ? "Clicks" : "Nothing: who opens it is not seen";
}
