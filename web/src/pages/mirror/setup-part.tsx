/** How to set a source's transport up on AWS. */
import { Text } from "@mantine/core";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { Part } from "../../components/part.tsx";
import { SetupTexts } from "./setup-texts.tsx";

export function SetupPart({ source }: { source: MirrorSource }) {
  const { id, accounts, region, checklist } = source;
  const [seen] = checklist.types.flatMap(({ configurationSets }) => configurationSets.map(({ name }) => name ?? ""));
  return (
    <Part title="AWS setup">
      <Text size="sm">
        Generates a script or template that creates this source&apos;s resources on AWS. Run it with credentials of the
        SES account. Mailglass itself makes no calls to AWS.
      </Text>
      <SetupTexts
        key={id}
        about={{ source: id }}
        initial={{ sesAccount: accounts[0] ?? "", sesRegion: region, configurationSet: seen ?? "" }}
      />
    </Part>
  );
}
