/** The lines that connect an SDK to this server. */
import { Anchor, Code, Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useResourceScope } from "../../api/scopes.ts";
import { serverQuery } from "../../api/server.ts";
import { sessionQuery } from "../../api/session.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { snippets } from "./connection.ts";
import { languages } from "./languages.ts";

const route = getRouteApi("/pages/start");

export function Connect() {
  const { language = "environment" } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { data: server } = useQuery(serverQuery);
  const scope = useResourceScope();
  const required = session?.required ?? false;
  const connection = {
    url: location.origin,
    region: scope?.region ?? server?.region ?? "us-east-1",
    accessKeyId: required ? (session?.signedInAs ?? "ACCESS_KEY_ID") : "any",
    secretAccessKey: required ? "SECRET_ACCESS_KEY" : "any",
  };
  return (
    <Stack gap="sm">
      <Text>
        {required ? (
          <>
            Calls must be signed with an access key of this server. On the server, <Code>mailglass keys create</Code>{" "}
            makes one and shows its secret, once.
          </>
        ) : (
          "This server takes any credentials: SDKs want some, so give them any."
        )}
      </Text>
      <Tabs
        value={language}
        onChange={(chosen) =>
          void navigate({ search: { language: languages.find((one) => one === chosen) }, replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List aria-label="Language">
          {languages.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {snippets[one].name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {languages.map((one) => (
          <Tabs.Panel key={one} value={one} pt="md">
            <Stack gap="xs">
              <CodeBlock label={`Connect by ${snippets[one].name}`} text={snippets[one].lines(connection)} />
              <Text size="sm" c="dimmed">
                {snippets[one].about}
              </Text>
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
      <Text size="sm" c="dimmed">
        Code that talks to Amazon SES&apos;s API v2 needs no other change.{" "}
        <Anchor
          href="https://docs.aws.amazon.com/ses/latest/APIReference-V2/Welcome.html"
          target="_blank"
          rel="noreferrer"
        >
          Its reference
        </Anchor>{" "}
        is this server&apos;s, too.
      </Text>
    </Stack>
  );
}
