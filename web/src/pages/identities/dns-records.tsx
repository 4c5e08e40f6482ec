/** The DNS records of an identity as a table: what to publish, and what is there. */
import { Code, Stack, Text } from "@mantine/core";
import type { DnsRecord } from "../../../../src/admin-api/identities.ts";
import { Copyable } from "../../components/copyable.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { StatusBadge, type Tone } from "../../components/status-badge.tsx";
import classes from "./dns-records.module.css";

const stateWords: Readonly<Record<DnsRecord["state"], { word: string; tone: Tone }>> = {
  ok: { word: "Published", tone: "good" },
  missing: { word: "Missing", tone: "bad" },
  differs: { word: "Differs", tone: "warning" },
  unknown: { word: "DNS did not answer", tone: "neutral" },
};

export function DnsRecords({ records }: { records: readonly DnsRecord[] }) {
  return (
    <DataTable
      label="DNS records"
      rows={records}
      rowKey={({ type, name, value }) => `${type} ${name} ${value}`}
      columns={[
        { title: "Type", cell: ({ type }) => <Text size="sm">{type}</Text> },
        {
          title: "Name",
          cell: ({ type, name }) => (
            <div className={classes.name}>
              <Copyable text={name} label={`the name of the ${type} record at ${name}`} />
            </div>
          ),
        },
        {
          title: "Value",
          cell: ({ type, name, value }) => (
            <div className={classes.value}>
              <Copyable text={value} label={`the value of the ${type} record at ${name}`} />
            </div>
          ),
        },
        {
          title: "What for",
          cell: ({ purpose }) => (
            <Text size="sm" className={classes.purpose}>
              {purpose.charAt(0).toUpperCase() + purpose.slice(1)}
            </Text>
          ),
        },
        { title: "State", cell: (record) => <State record={record} /> },
      ]}
    />
  );
}

function State({ record: { state, found } }: { record: DnsRecord }) {
  const { word, tone } = stateWords[state];
  return (
    <Stack gap={4} align="flex-start" className={classes.state}>
      <StatusBadge tone={tone}>{word}</StatusBadge>
      {state === "differs" && (
        <>
          <Text size="xs">{found.length > 1 ? "There are" : "There is"}</Text>
          {found.map((text) => (
            <Code key={text} style={{ overflowWrap: "anywhere" }}>
              {text}
            </Code>
          ))}
        </>
      )}
    </Stack>
  );
}
