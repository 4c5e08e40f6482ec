/** A message: what is known of it, what happened to it on its way to each recipient, and the mail itself. */
import { Group, Paper, Title } from "@mantine/core";
import { IconArrowLeft, IconMailOff } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { readMessage } from "../../api/admin.ts";
import { ApiError } from "../../api/api-error.ts";
import { useLiveQueries } from "../../api/live.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { LoadingRows } from "../../components/loading-rows.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { MailPanel } from "./mail-panel.tsx";
import classes from "./message.module.css";
import { MessageFacts } from "./message-facts.tsx";
import { Recipients } from "./recipients.tsx";

const route = getRouteApi("/pages/messages/$messageId");

const messageQuery = (id: string) =>
  queryOptions({ queryKey: ["message", id], queryFn: ({ signal }) => readMessage(id, signal) });

export function MessagePage() {
  const { messageId } = route.useParams();
  const { data: message, error, refetch } = useQuery(messageQuery(messageId));
  useLiveQueries(["message", messageId], (event) => event.messageId === messageId);
  const { recipient: asked } = route.useSearch();
  if (!message) {
    return (
      <PageFrame title="Message" wide>
        {error ? <Unread error={error} retry={() => void refetch()} /> : <LoadingRows rows={10} />}
      </PageFrame>
    );
  }
  const { recipients, size } = message;
  // Events that belong to no one recipient have none.
  const known = recipients.filter((one) => one.recipient !== "");
  const recipient = known.find((one) => one.recipient === asked) ?? known[0];
  return (
    <PageFrame title={message.subject || "No subject"} wide actions={<BackLink />}>
      {error && <ErrorAlert title="What is new could not be read" error={error} retry={() => void refetch()} />}
      <div className={classes.columns}>
        <Panel title={known.length > 1 ? `Recipients (${known.length})` : "Recipient"}>
          <Recipients message={message} opened={recipient?.recipient} />
        </Panel>
        <Panel title="The mail" className={classes.mail}>
          {size === undefined ? (
            <EmptyState
              title="Content not available"
              description="The mirror gets events only, not the mail itself. Simulated mail has no content either."
              icon={<IconMailOff aria-hidden />}
            />
          ) : (
            <MailPanel messageId={messageId} recipient={recipient?.recipient ?? ""} size={size} />
          )}
        </Panel>
        <Panel title="Facts">
          <MessageFacts message={message} />
        </Panel>
      </div>
    </PageFrame>
  );
}

/** Back to where one came from, with the search as it was. */
function BackLink() {
  return (
    <ButtonLink
      to="/messages"
      variant="default"
      leftSection={<IconArrowLeft size={16} aria-hidden />}
      onClick={(event) => {
        // Who came by a link from elsewhere has no search to go back to.
        if (window.history.state?.__TSR_index > 0 && !event.ctrlKey && !event.metaKey) {
          event.preventDefault();
          window.history.back();
        }
      }}
    >
      Back
    </ButtonLink>
  );
}

function Panel({ title, className, children }: { title: string; className?: string; children: ReactNode }) {
  return (
    <Paper withBorder p={{ base: "sm", sm: "md" }} component="section" aria-label={title} miw={0} className={className}>
      <Group mb="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
      </Group>
      {children}
    </Paper>
  );
}

function Unread({ error, retry }: { error: unknown; retry: () => void }) {
  if (!(error instanceof ApiError && error.isNotFound)) {
    return <ErrorAlert title="The message could not be read" error={error} retry={retry} />;
  }
  return (
    <EmptyState
      title="There is no such message"
      description="Its id may be mistyped, or the message may be older than what is kept."
      icon={<IconMailOff aria-hidden />}
      action={
        <ButtonLink to="/messages" variant="default">
          To the messages
        </ButtonLink>
      }
    />
  );
}
