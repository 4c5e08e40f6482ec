/** What was read of the real account of a source, and what of it keeps mail from the mirror. */
import { Alert, Stack, Switch, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import type {
  MirrorResource,
  MirrorResourceKind,
  MirrorResourceProblem,
  MirrorResourceState,
} from "../../../../src/admin-api/mirror-resources.ts";
import { changeMirrorSource, readMirrorResourcePage, readMirrorResources } from "../../api/mirror.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { Part } from "../../components/part.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { mirrorKey, useReadAnew } from "./sources.ts";

/** Sources of several accounts can't be read: the credentials are of one. */
export function ResourcesPart({ source: { id, accounts, settings } }: { source: MirrorSource }) {
  const readAnew = useReadAnew();
  const isOn = settings.pull?.resources === true;
  const changing = useMutation({
    mutationFn: (resources: boolean) => changeMirrorSource(id, { settings: { pull: { resources } } }),
    onSuccess: readAnew,
  });
  if (accounts.length !== 1) return null;
  return (
    <Part title="The real account">
      <Switch
        label="Read its settings"
        description="Identities, configuration sets and templates, every hour, with the AWS credentials of the server. Nothing is changed in the account"
        checked={isOn}
        disabled={changing.isPending}
        onChange={({ currentTarget }) => changing.mutate(currentTarget.checked)}
      />
      {changing.isError && <ErrorAlert title="The source was not changed" error={changing.error} />}
      {isOn && <Overview id={id} />}
    </Part>
  );
}

/** How often it is read how far the reading has come, in milliseconds. */
const everyMs = 5_000;

function Overview({ id }: { id: string }) {
  const query = useQuery({
    queryKey: [mirrorKey, "resources", id],
    queryFn: ({ signal }) => readMirrorResources(id, signal),
    refetchInterval: everyMs,
  });
  return (
    <Loaded query={query} failed="The resources of the account could not be read" rows={2}>
      {({ kinds, problems }) => (
        <Stack gap="md">
          {problems.map((problem) => (
            <Problem key={`${problem.code} ${problem.eventTypes ?? ""}`} problem={problem} />
          ))}
          {kinds.map((state) => (
            <Kind key={state.kind} id={id} state={state} />
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

const namesShown = 10;

function Problem({ problem: { text, names, count } }: { problem: MirrorResourceProblem }) {
  const shown = names.slice(0, namesShown);
  return (
    <Alert color="orange" variant="light" title={text}>
      <Text size="sm">
        {shown.join(", ")}
        {count > shown.length && `, and ${(count - shown.length).toLocaleString("en")} more`}
      </Text>
    </Alert>
  );
}

const titles: Readonly<Record<MirrorResourceKind, string>> = {
  "configuration-sets": "Configuration sets of the account",
  identities: "Identities of the account",
  templates: "Templates of the account",
};

function Kind({ id, state: { kind, listedAt, error, total, waiting } }: { id: string; state: MirrorResourceState }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">
        {titles[kind]}
      </Title>
      {error && (
        <Alert color="red" variant="light" title="Last error">
          <Text size="sm">{error.text}</Text>
          <Text size="sm" c="dimmed" mt="xs">
            <Time at={error.at} format={formatMinute} />
          </Text>
        </Alert>
      )}
      <Text size="sm">
        {listedAt === undefined ? (
          "Not read yet."
        ) : (
          <>
            {total.toLocaleString("en")}, read <Time at={listedAt} format={formatMinute} />
            {waiting > 0 && `; the details of ${waiting.toLocaleString("en")} are still to come`}.
          </>
        )}
      </Text>
      {total > 0 && <Resources id={id} kind={kind} newest={`${listedAt} ${total} ${waiting}`} />}
    </Stack>
  );
}

/** `newest` changes when there is more to show. */
function Resources({ id, kind, newest }: { id: string; kind: MirrorResourceKind; newest: string }) {
  const query = useInfiniteQuery({
    queryKey: [mirrorKey, "resources", id, kind, newest],
    queryFn: ({ pageParam, signal }) => readMirrorResourcePage(id, kind, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  return (
    <>
      <Loaded query={query} failed="The list could not be read" rows={2}>
        {({ pages }) => (
          <DataTable
            label={titles[kind]}
            rows={pages.flatMap(({ resources }) => resources)}
            rowKey={({ name }) => name}
            columns={[{ title: "Name", cell: ({ name }) => name }, ...columns[kind], lastRead]}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
    </>
  );
}

const lastRead: Column<MirrorResource> = {
  title: "Details read",
  cell: ({ pulledAt, error }) => (
    <Text size="sm" component="span" c={error === undefined ? undefined : "red"}>
      {pulledAt === undefined ? "not yet" : <Time at={pulledAt} format={formatMinute} />}
      {error !== undefined && ` ${error}`}
    </Text>
  ),
};

const columns: Readonly<Record<MirrorResourceKind, Column<MirrorResource>[]>> = {
  identities: [
    { title: "Verified", cell: ({ identity }) => identity && (identity.verified ? "Yes" : "No") },
    { title: "DKIM", cell: ({ identity }) => identity?.dkim },
    { title: "Default configuration set", cell: ({ identity }) => identity && (identity.configurationSet ?? "none") },
  ],
  "configuration-sets": [
    {
      title: "Event destinations",
      cell: ({ configurationSet }) => configurationSet && <Destinations of={configurationSet} />,
    },
  ],
  templates: [{ title: "Subject", cell: ({ template }) => template?.subject }],
};

function Destinations({ of: { eventDestinations } }: { of: NonNullable<MirrorResource["configurationSet"]> }) {
  if (eventDestinations.length === 0) return "none";
  return eventDestinations.map(({ name, enabled, eventTypes, to }) => (
    <Text size="sm" key={name}>
      {name}
      {!enabled && " (disabled)"}: {eventTypes.length} types{to && ` to ${to.arn}`}
    </Text>
  ));
}
