/** What sets a transport up on AWS, as a text to run there: a script, a template or a configuration. */
import { Button, Group, List, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { MirrorSetup, MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { readMirrorSetup } from "../../api/mirror.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { mirrorKey } from "./sources.ts";

const formats = [
  { value: "cli", label: "AWS CLI" },
  { value: "cloudformation", label: "CloudFormation" },
  { value: "terraform", label: "Terraform" },
] as const satisfies readonly { value: MirrorSetup["format"]; label: string }[];

/** What there is to say; all of it can be changed. */
export interface SetupFields {
  readonly sesAccount: string;
  readonly sesRegion: string;
  readonly configurationSet: string;
}

/**
 * Asks what the setup is for, and shows its text. Of a `source`, the setup is made for it; otherwise for a `kind`, and
 * `use` is offered what the new source needs.
 */
export function SetupTexts(parts: {
  about: { source: string } | { kind: MirrorSource["kind"] };
  initial: SetupFields;
  use?: (settings: NonNullable<MirrorSetup["settings"]>, fields: SetupFields) => void;
}) {
  const { about, initial, use } = parts;
  const [typed, setTyped] = useState(initial);
  const [asked, setAsked] = useState<SetupFields>();
  const [format, setFormat] = useState<MirrorSetup["format"]>("cli");
  const query = useQuery({
    queryKey: [`${mirrorKey} setup`, about, asked, format],
    queryFn: ({ signal }) => readMirrorSetup({ ...about, ...(asked ?? typed), format }, signal),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const { data, error, isFetching, isPlaceholderData } = query;
  const settings = data?.settings;
  const field = (name: keyof SetupFields, label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      autoComplete="off"
      flex="1 1 12rem"
      value={typed[name]}
      onChange={({ currentTarget }) => setTyped({ ...typed, [name]: currentTarget.value })}
    />
  );
  const trimmed = {
    sesAccount: typed.sesAccount.trim(),
    sesRegion: typed.sesRegion.trim(),
    configurationSet: typed.configurationSet.trim(),
  };
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        {field("sesAccount", "SES account", "Its ID, twelve digits")}
        {field("sesRegion", "SES region", "Such as eu-west-1")}
        {field("configurationSet", "Configuration set on SES", "Whose events to mirror")}
      </Group>
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="Format"
          data={formats.map((one) => ({ ...one }))}
          value={format}
          onChange={setFormat}
        />
        <Button
          size="xs"
          variant="default"
          loading={isFetching}
          disabled={Object.values(trimmed).some((text) => text === "")}
          onClick={() => setAsked(trimmed)}
        >
          Show the setup
        </Button>
      </Group>
      {error && !isFetching && <ErrorAlert title="The setup could not be generated" error={error} />}
      {data && !error && (
        <Stack gap="sm" aria-busy={isPlaceholderData}>
          <CodeBlock long text={data.text} label={`Setup for ${formatName(data.format)}`} />
          <List size="sm" spacing={4} style={{ overflowWrap: "anywhere" }}>
            {data.notes.map((note) => (
              <List.Item key={note}>{note}</List.Item>
            ))}
          </List>
          {use && asked && settings && (
            <Group gap="sm">
              <Button size="xs" variant="default" onClick={() => use(settings, asked)}>
                Fill in the source
              </Button>
              <Text size="sm" c="dimmed">
                Instead of the last command, create the source here once the setup has run.
              </Text>
            </Group>
          )}
        </Stack>
      )}
    </Stack>
  );
}

function formatName(format: MirrorSetup["format"]): string {
  return formats.find(({ value }) => value === format)?.label ?? format;
}
