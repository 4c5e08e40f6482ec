/** A configuration set: what it does, part by part, and what was sent with it. */
import { Code, Group, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { TextLink } from "../../components/links.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { TagsPart } from "../../components/tags-part.tsx";
import { configurationSetQuery, configurationSetsKey, useReadAnew } from "./configuration-sets.ts";
import { DeliveryPart } from "./delivery-part.tsx";
import { EngagementPart } from "./engagement-part.tsx";
import { RedirectPart } from "./redirect-part.tsx";
import { SendingPart } from "./sending-part.tsx";
import { SuppressionPart } from "./suppression-part.tsx";

const route = getRouteApi("/pages/configuration-sets/$name");

export function ConfigurationSetPage() {
  const { name } = route.useParams();
  const query = useQuery(configurationSetQuery(name));
  const readAnew = useReadAnew(name);
  return (
    <PageFrame
      title={name}
      about={
        <>
          For mail that names this set in <Code>ConfigurationSetName</Code> or the header{" "}
          <Code>X-SES-CONFIGURATION-SET</Code>, or whose identity has it as its default.
        </>
      }
      actions={query.data && <DeleteButton name={name} />}
    >
      <WhatWasSent name={name} />
      <Loaded query={query} failed="The configuration set could not be read">
        {(set) => (
          <Stack>
            <SendingPart name={name} set={set} />
            <DeliveryPart name={name} set={set} />
            <SuppressionPart name={name} set={set} />
            <EngagementPart name={name} set={set} />
            <RedirectPart name={name} set={set} />
            <TagsPart resource={`configuration-set/${name}`} tags={set.Tags} readAnew={readAnew} />
          </Stack>
        )}
      </Loaded>
    </PageFrame>
  );
}

function WhatWasSent({ name }: { name: string }) {
  return (
    <Group gap="md" component="nav" aria-label="What was sent with it">
      <TextLink to="/messages" search={{ configurationSet: name }} size="sm">
        Its messages
      </TextLink>
      <TextLink to="/exports/new" search={{ source: "metrics", configurationSet: name }} size="sm">
        Export its metrics
      </TextLink>
      <TextLink to="/" search={{ by: "configurationSet" }} size="sm">
        Overview by configuration set
      </TextLink>
    </Group>
  );
}

function DeleteButton({ name }: { name: string }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <ConfirmButton
      label="Delete"
      button={{ size: "sm" }}
      question={`Delete ${name}?`}
      confirm="Delete"
      failed="The configuration set was not deleted"
      run={() => ses("DeleteConfigurationSet", { ConfigurationSetName: name })}
      done={async () => {
        void queryClient.invalidateQueries({ queryKey: [configurationSetsKey] });
        void queryClient.invalidateQueries({ queryKey: ["suggestions", "configuration sets"] });
        await navigate({ to: "/configuration-sets" });
        queryClient.removeQueries({ queryKey: configurationSetQuery(name).queryKey });
      }}
    >
      Mail that names it is refused from then on, and so is mail from identities that have it as their default, until
      they have another. What was sent with it stays, with its figures.
    </ConfirmButton>
  );
}
