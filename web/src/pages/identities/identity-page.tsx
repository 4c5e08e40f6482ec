/** An identity: how it is verified, what to publish for it, and what its mail goes by. */
import { Group, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { serverQuery } from "../../api/server.ts";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { TagsPart } from "../../components/tags-part.tsx";
import { DkimPart } from "./dkim-part.tsx";
import { DnsPart } from "./dns-part.tsx";
import { type Identity, identityQuery, useForget } from "./identities.ts";
import { MailFromPart } from "./mail-from-part.tsx";
import { DefaultSetPart, FeedbackPart } from "./mail-parts.tsx";
import { SendingRule } from "./sending-rule.tsx";
import { VerificationPart } from "./verification-part.tsx";

const route = getRouteApi("/pages/identities/$identity");

export function IdentityPage() {
  const { identity: name } = route.useParams();
  const query = useQuery(identityQuery(name));
  const isDomain = !name.includes("@");
  return (
    <PageFrame
      title={name}
      about={isDomain ? "A domain that mail is sent from." : "An address that mail is sent from."}
      actions={query.data && <DeleteButton name={name} />}
      wide
    >
      <WhatWasSent name={name} />
      <Loaded query={query} failed="The identity could not be read">
        {(identity) => <Parts name={name} identity={identity} />}
      </Loaded>
    </PageFrame>
  );
}

function Parts({ name, identity }: { name: string; identity: Identity }) {
  const { data: server } = useQuery(serverQuery);
  const queryClient = useQueryClient();
  const captures = server?.delivery === "capture";
  const isDomain = identity.IdentityType === "DOMAIN";
  // Of an address without a domain of its own for bounces, the records are whoever's the domain is.
  const hasRecords = isDomain || identity.MailFromAttributes?.MailFromDomain !== undefined;
  return (
    <Stack>
      {!captures && <SendingRule />}
      <VerificationPart name={name} identity={identity} captures={captures} />
      {hasRecords && server && <DnsPart key={name} name={name} identity={identity} captures={captures} />}
      {isDomain && <DkimPart name={name} identity={identity} captures={captures} />}
      <MailFromPart name={name} identity={identity} captures={captures} />
      <FeedbackPart name={name} identity={identity} />
      <DefaultSetPart name={name} identity={identity} />
      <TagsPart
        resource={`identity/${name}`}
        tags={identity.Tags}
        readAnew={() => queryClient.invalidateQueries({ queryKey: identityQuery(name).queryKey })}
      />
    </Stack>
  );
}

function WhatWasSent({ name }: { name: string }) {
  return (
    <Group gap="md" component="nav" aria-label="What was sent from it">
      <TextLink to="/messages" search={{ identity: name }} size="sm">
        Its messages
      </TextLink>
      <TextLink to="/exports/new" search={{ source: "messages", identity: name }} size="sm">
        Export them
      </TextLink>
      <TextLink to="/" search={{ by: "identity" }} size="sm">
        Overview by identity
      </TextLink>
    </Group>
  );
}

function DeleteButton({ name }: { name: string }) {
  const navigate = useNavigate();
  const forget = useForget(name);
  return (
    <ConfirmButton
      label="Delete"
      button={{ size: "sm" }}
      question={`Delete ${name}?`}
      confirm="Delete the identity"
      failed="The identity was not deleted"
      run={() => ses("DeleteEmailIdentity", { EmailIdentity: name })}
      done={async () => {
        await navigate({ to: "/identities" });
        await forget();
      }}
    >
      Mail from it is refused from then on, unless another identity covers it.
      {name.includes("@") ? "" : " Its DKIM key is gone then: made again, it has another, with another record."}
    </ConfirmButton>
  );
}
