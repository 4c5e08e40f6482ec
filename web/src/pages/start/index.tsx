/** The first page of a server that has sent nothing yet: connect an SDK, send something, see it arrive. */
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { serverQuery } from "../../api/server.ts";
import { TextLink } from "../../components/links.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { Connect } from "./connect.tsx";
import { TryIt } from "./try-it.tsx";

export function StartPage() {
  const { data: server } = useQuery(serverQuery);
  return (
    <PageFrame title="Getting started" about="Point an AWS SDK at this server, send mail, and see what becomes of it.">
      <Stack gap="sm" component="section" aria-labelledby="connect">
        <Title order={2} size="h4" id="connect">
          Connect an SDK
        </Title>
        <Connect />
      </Stack>
      <Stack gap="sm" component="section" aria-labelledby="try">
        <Title order={2} size="h4" id="try">
          Or send from here
        </Title>
        <Text>
          The mailbox simulator&apos;s addresses force an outcome, as those of Amazon SES do. Mail to them never leaves
          this server.
        </Text>
        <TryIt />
      </Stack>
      <Stack gap={4} component="section" aria-labelledby="next">
        <Title order={2} size="h4" id="next">
          Then
        </Title>
        <Text>
          All mail is in <TextLink to="/messages">Messages</TextLink>, how it fares in{" "}
          <TextLink to="/">Overview</TextLink>. <Afterwards delivery={server?.delivery} />
        </Text>
      </Stack>
    </PageFrame>
  );
}

function Afterwards({ delivery }: { delivery: "capture" | "relay" | "mx" | undefined }) {
  if (delivery === "capture") return "This server captures mail: nothing leaves it, whoever it is for.";
  if (delivery === undefined) return null;
  return (
    <>
      This server delivers mail: show in <TextLink to="/identities">Identities</TextLink> that a sender is yours before
      you send from it.
    </>
  );
}
