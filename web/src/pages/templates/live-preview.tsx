/** How a template looks with its data, while it is written. */
import { Alert, Code, Paper, Stack, Tabs, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { TemplatePreview } from "../../../../src/admin-api/templates.ts";
import { previewFrameUrl, previewTemplate } from "../../api/admin.ts";
import { messageOf } from "../../components/error-alert.tsx";
import classes from "./live-preview.module.css";

/** A template as it is being written; empty parts are none. */
export interface Draft {
  subject: string;
  html: string;
  text: string;
  /** A JSON object. */
  data: string;
}

/** So long after the last key it is filled anew. */
const pauseMs = 300;

export function LivePreview({ draft }: { draft: Draft }) {
  const [settled] = useDebouncedValue(draft, pauseMs);
  const empty = [settled.subject, settled.html, settled.text].every((part) => part.trim() === "");
  // What was shown last stays while something is half written.
  const last = useRef<TemplatePreview>(undefined);
  const { data, error } = useQuery({
    queryKey: ["template preview", settled],
    queryFn: ({ signal }) =>
      previewTemplate(
        {
          TemplateContent: {
            Subject: settled.subject || undefined,
            Html: settled.html || undefined,
            Text: settled.text || undefined,
          },
          TemplateData: settled.data,
        },
        signal,
      ),
    enabled: !empty,
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
  const filled = data?.fault === undefined ? data : undefined;
  useEffect(() => {
    if (filled) last.current = filled;
  }, [filled]);
  const shown = empty ? undefined : (filled ?? last.current);
  const fault = data?.fault ?? (error ? messageOf(error) : undefined);
  return (
    <Stack component="section" aria-label="Preview">
      <Title order={2} size="h4">
        Preview
      </Title>
      <div role="status">
        {fault !== undefined && !empty && (
          <Alert color="orange" variant="light" title="It can’t be filled like this">
            <Fault text={fault} />
          </Alert>
        )}
      </div>
      {shown && <Filled preview={shown} />}
      {empty && <Text c="dimmed">Write a subject, HTML or text.</Text>}
      {!shown && fault !== undefined && <Text c="dimmed">It is shown once it can be filled.</Text>}
    </Stack>
  );
}

/** Handlebars' parser tells where in several lines; what it expected there are names of its own, in the last. */
function Fault({ text }: { text: string }) {
  const [first, ...place] = text.split("\n").filter((line) => !line.startsWith("Expecting "));
  return (
    <>
      {first}
      {place.length > 0 && (
        <Code block mt="xs" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {place.join("\n")}
        </Code>
      )}
    </>
  );
}

type Part = "html" | "text";

function Filled({ preview: { subject, html, text } }: { preview: TemplatePreview }) {
  const [chosen, setChosen] = useState<Part>("html");
  // What was chosen may not be there yet, or not any more.
  const tab = html === undefined ? "text" : text === undefined ? "html" : chosen;
  return (
    <>
      <Text fw={600} style={{ overflowWrap: "anywhere" }}>
        {subject ?? "(no subject)"}
      </Text>
      {html === undefined && text === undefined && <Text c="dimmed">It has neither HTML nor text yet.</Text>}
      <Tabs value={tab} onChange={(part) => setChosen(part === "text" ? "text" : "html")}>
        <Tabs.List>
          <Tabs.Tab value="html" disabled={html === undefined}>
            HTML, as shown
          </Tabs.Tab>
          <Tabs.Tab value="text" disabled={text === undefined}>
            Text, as shown
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="html" pt="xs">
          {html !== undefined && <HtmlFrame html={html} />}
        </Tabs.Panel>
        <Tabs.Panel value="text" pt="xs">
          {text !== undefined && (
            <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {text}
            </Code>
          )}
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** The frame has an origin of its own and a policy under which nothing of the HTML runs or loads. */
function HtmlFrame({ html }: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const loaded = useRef(false);
  const send = () => frame.current?.contentWindow?.postMessage(html, "*");
  useEffect(() => {
    if (loaded.current) frame.current?.contentWindow?.postMessage(html, "*");
  }, [html]);
  return (
    <Stack gap={4}>
      <Paper withBorder className={classes.paper}>
        <iframe
          ref={frame}
          src={previewFrameUrl}
          sandbox="allow-scripts"
          title="The HTML as mail clients show it"
          className={classes.frame}
          onLoad={() => {
            loaded.current = true;
            send();
          }}
        />
      </Paper>
      <Text size="xs" c="dimmed">
        Pictures of other servers are not loaded here, and links lead nowhere.
      </Text>
    </Stack>
  );
}
