/** One source: how far it has come, what it brings, what could not be read. */
import { Alert, Button, Group, NumberInput, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { changeMirrorSource, deleteMirrorSource } from "../../api/mirror.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { Part } from "../../components/part.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { AddressPart } from "./address-part.tsx";
import { ChecklistPart } from "./checklist-part.tsx";
import { FilesPart } from "./files-part.tsx";
import { ResourcesPart } from "./resources-part.tsx";
import { SetAsidePart } from "./set-aside-part.tsx";
import { SetupPart } from "./setup-part.tsx";
import { SourceAlerts } from "./source-alerts.tsx";
import { SourceStatus } from "./source-status.tsx";
import { kinds, sourceQuery, useReadAnew } from "./sources.ts";
import { TotalsPart } from "./totals-part.tsx";

const route = getRouteApi("/pages/mirror/$id");

export function MirrorSourcePage() {
  const { id } = route.useParams();
  const query = useQuery(sourceQuery(id));
  return (
    <PageFrame
      title={query.data?.name ?? "Source"}
      about={query.data && `${kinds[query.data.kind].name}, for ${query.data.accounts.join(", ")}.`}
    >
      <Loaded query={query} failed="The source could not be read">
        {(source) => (
          <Stack>
            <SourceAlerts id={source.id} />
            <LastError source={source} />
            <ChecklistPart source={source} />
            <AddressPart source={source} />
            <SetupPart source={source} />
            <FilesPart id={source.id} files={source.files} />
            <ChoicesPart source={source} key={source.id} />
            <TotalsPart source={source} />
            <ResourcesPart source={source} />
            <SetAsidePart source={source} />
          </Stack>
        )}
      </Loaded>
    </PageFrame>
  );
}

function LastError({ source: { lastError } }: { source: MirrorSource }) {
  if (!lastError) return null;
  return (
    <Alert color="red" title="Last error">
      <Text size="sm">{lastError.text}</Text>
      <Text size="sm" c="dimmed" mt="xs">
        <Time at={lastError.at} format={formatMinute} />
      </Text>
    </Alert>
  );
}

const minute = 60;

function ChoicesPart({ source }: { source: MirrorSource }) {
  const { id, name, enabled, suppresses, silenceSeconds, status } = source;
  const readAnew = useReadAnew();
  const navigate = useNavigate();
  const [minutes, setMinutes] = useState<number | string>(silenceSeconds === null ? "" : silenceSeconds / minute);
  const changing = useMutation({
    mutationFn: (change: Parameters<typeof changeMirrorSource>[1]) => changeMirrorSource(id, change),
    onSuccess: readAnew,
  });
  const chosen = typeof minutes === "number" ? minutes * minute : null;
  return (
    <Part title="Settings" state={<SourceStatus status={status} />}>
      <Switch
        label="Enabled"
        description="Senders are told to try again while it is off; events in a queue wait"
        checked={enabled}
        disabled={changing.isPending}
        onChange={({ currentTarget }) => changing.mutate({ enabled: currentTarget.checked })}
      />
      <Switch
        label="Suppress addresses here"
        description="Hard bounces and complaints that it brings add their addresses to the suppression list here"
        checked={suppresses}
        disabled={changing.isPending}
        onChange={({ currentTarget }) => changing.mutate({ suppresses: currentTarget.checked })}
      />
      <Group align="flex-end" gap="xs">
        <NumberInput
          label="Silent after"
          description="Minutes without an event; empty: never"
          min={1}
          allowDecimal={false}
          value={minutes}
          onChange={setMinutes}
        />
        <Button
          variant="default"
          disabled={chosen === silenceSeconds}
          loading={changing.isPending}
          onClick={() => changing.mutate({ silenceSeconds: chosen })}
        >
          Save
        </Button>
      </Group>
      {changing.isError && <ErrorAlert title="The source was not changed" error={changing.error} />}
      <Group>
        <ConfirmButton
          label="Delete"
          question={`Delete the source ${name}?`}
          confirm="Delete the source"
          failed="The source was not deleted"
          run={() => deleteMirrorSource(id)}
          // Not before this page, which would read the deleted source again, is gone.
          done={() => void navigate({ to: "/mirror" }).then(readAnew)}
        >
          The events that it brought stay. Records that were put aside are deleted with it.
        </ConfirmButton>
      </Group>
    </Part>
  );
}
