/** Links from an alert to what it is about, and to the mail behind a rate. */
import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import type { Alert } from "../../../../src/admin-api/alerts.ts";
import type { MessageFilters } from "../../../../src/admin-api/message-search.ts";
import { scoped } from "../../api/scope.ts";
import { useShowsAll } from "../../api/scopes.ts";
import { stringifySearch } from "../../search-params.ts";
import { TextLink } from "../links.tsx";

/** The name of the subject, which leads to its page. */
export function SubjectLink({ alert }: { alert: Alert }) {
  const { type, name, id } = alert.subject;
  const all = useShowsAll();
  if (type === "source") {
    if (id === undefined) return name;
    return (
      <TextLink to="/mirror/$id" params={{ id }} size="sm">
        {name}
      </TextLink>
    );
  }
  if (all) return <ElsewhereLink alert={alert} path={`/${folders[type]}/${encodeURIComponent(name)}`} text={name} />;
  switch (type) {
    case "identity":
      return (
        <TextLink to="/identities/$identity" params={{ identity: name }} size="sm">
          {name}
        </TextLink>
      );
    case "configuration-set":
      return (
        <TextLink to="/configuration-sets/$name" params={{ name }} size="sm">
          {name}
        </TextLink>
      );
    case "tenant":
      return (
        <TextLink to="/tenants/$name" params={{ name }} size="sm">
          {name}
        </TextLink>
      );
  }
}

const folders = { identity: "identities", "configuration-set": "configuration-sets", tenant: "tenants" } as const;

/** Leads to the messages that bounced or were complained about; nothing for a source. */
export function AlertMessagesLink({ alert, children }: { alert: Alert; children: ReactNode }) {
  const all = useShowsAll();
  const search = messagesOf(alert);
  if (!search) return null;
  if (all) return <ElsewhereLink alert={alert} path={`/messages${stringifySearch({ ...search })}`} text={children} />;
  return (
    <TextLink to="/messages" search={search} size="sm">
      {children}
    </TextLink>
  );
}

/** To a page of another account or region: the document is loaded anew. */
function ElsewhereLink({ alert, path, text }: { alert: Alert; path: string; text: ReactNode }) {
  const { account, region } = alert;
  return (
    <Anchor size="sm" href={scoped(path, { account, region })}>
      {text}
    </Anchor>
  );
}

const dayMs = 24 * 3_600_000;

function messagesOf({ kind, subject, measuredAt, windowDays = 1 }: Alert): MessageFilters | undefined {
  if (subject.type === "source" || measuredAt === undefined) return undefined;
  const { name } = subject;
  return {
    ...(subject.type === "identity" && { identity: name }),
    ...(subject.type === "configuration-set" && { configurationSet: name }),
    ...(subject.type === "tenant" && { tenant: name }),
    lastDelivery: [kind === "bounce-rate" ? "PERMANENT_BOUNCE" : "COMPLAINT"],
    from: new Date(Date.parse(measuredAt) - windowDays * dayMs).toISOString(),
    to: measuredAt,
  };
}
