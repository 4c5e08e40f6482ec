/** The editor of a template, with how it looks beside it. */
import { Button, Group, SimpleGrid, Stack, Tabs, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ses } from "../../api/ses.ts";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { TagsPart } from "../../components/tags-part.tsx";
import { UnsavedGuard } from "../../components/unsaved-guard.tsx";
import { type Draft, LivePreview } from "./live-preview.tsx";

const route = getRouteApi("/pages/templates/edit");

export function TemplatePage() {
  const { name } = route.useSearch();
  return (
    <PageFrame title={name ?? "New template"} wide>
      {name === undefined ? <Editor key="new" first={newDraft} /> : <EditorOf key={name} name={name} />}
    </PageFrame>
  );
}

/** What templates were looked at with, for as long as the dashboard stays open: the server keeps none of it. */
const lastData = new Map<string, string>();

const newDraft: Draft = { subject: "", html: "", text: "", data: "{}" };

function EditorOf({ name }: { name: string }) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ["template", name],
    queryFn: ({ signal }) => ses("GetEmailTemplate", { TemplateName: name }, signal),
    // What was read before may be old, and an editor begins with it.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Loaded query={query} failed="The template could not be read">
      {({ TemplateContent: content, Tags: tags = [] }) => (
        <>
          <Editor
            name={name}
            first={{
              subject: content?.Subject ?? "",
              html: content?.Html ?? "",
              text: content?.Text ?? "",
              data: lastData.get(name) ?? "{}",
            }}
          />
          {tags.length > 0 && (
            <TagsPart
              resource={`template/${name}`}
              tags={tags}
              readAnew={() => queryClient.invalidateQueries({ queryKey: ["template", name] })}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

/** A name that is given is a template's that is there. */
function Editor({ name: known, first }: { name?: string; first: Draft }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState(known ?? "");
  const [draft, setDraft] = useState(first);
  const [saved, setSaved] = useState(first);
  const change = (changed: Partial<Draft>) => setDraft({ ...draft, ...changed });
  const saving = useMutation({
    mutationFn: async () => {
      const template = {
        TemplateName: name,
        TemplateContent: {
          Subject: draft.subject || undefined,
          Html: draft.html || undefined,
          Text: draft.text || undefined,
        },
      };
      await (known === undefined ? ses("CreateEmailTemplate", template) : ses("UpdateEmailTemplate", template));
      return draft;
    },
    onSuccess: async (sent) => {
      // What was typed while it was on its way is not saved.
      setSaved(sent);
      lastData.set(name, draft.data);
      notifications.show({ color: "teal", message: `${name} is saved.` });
      await queryClient.invalidateQueries({ queryKey: ["templates"] });
      if (known === undefined) {
        await navigate({ to: "/templates/edit", search: { name }, replace: true, ignoreBlocker: true });
      }
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
      <form onSubmit={submit}>
        <Stack>
          {known === undefined && (
            <TextInput
              label="Name"
              required
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
          )}
          <TextInput
            label="Subject"
            value={draft.subject}
            onChange={({ currentTarget }) => change({ subject: currentTarget.value })}
          />
          <Tabs defaultValue="html" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="html">HTML</Tabs.Tab>
              <Tabs.Tab value="text">Text</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="html" pt="xs">
              <Source label="HTML" value={draft.html} onChange={(html) => change({ html })} />
            </Tabs.Panel>
            <Tabs.Panel value="text" pt="xs">
              <Source label="Text" value={draft.text} onChange={(text) => change({ text })} />
            </Tabs.Panel>
          </Tabs>
          <Textarea
            label="Data to look at it with"
            description="A JSON object; it is not saved"
            autosize
            minRows={3}
            maxRows={12}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            spellCheck={false}
            value={draft.data}
            onChange={({ currentTarget }) => change({ data: currentTarget.value })}
          />
          {saving.isError && <ErrorAlert title="The template was not saved" error={saving.error} />}
          <Group gap="xs">
            <Button type="submit" loading={saving.isPending}>
              {known === undefined ? "Create" : "Save"}
            </Button>
            <ButtonLink to="/templates" variant="subtle">
              All templates
            </ButtonLink>
          </Group>
        </Stack>
      </form>
      <LivePreview draft={draft} />
      <UnsavedGuard unsaved={differ(draft, saved)} what="The template" />
    </SimpleGrid>
  );
}

/** The data to look at it with is not saved, and so does not count. */
function differ(one: Draft, other: Draft) {
  return one.subject !== other.subject || one.html !== other.html || one.text !== other.text;
}

function Source(parts: { label: string; value: string; onChange: (value: string) => void }) {
  const { label, value, onChange } = parts;
  return (
    <Textarea
      aria-label={label}
      autosize
      minRows={14}
      maxRows={30}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
