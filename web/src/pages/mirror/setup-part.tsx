/** How to set a source's transport up on AWS. */
import { Text } from "@mantine/core";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { Part } from "../../components/part.tsx";
import { SetupTexts } from "./setup-texts.tsx";

export function SetupPart({ source }: { source: MirrorSource }) {
  const { id, accounts, region, checklist } = source;
  const [seen] = checklist.types.flatMap(({ configurationSets }) => configurationSets.map(({ name }) => name ?? ""));
  return (
    <Part title="Set-up on AWS">
      <Text size="sm">
        Shows what makes this source&apos;s side on AWS, to run there with credentials of the SES account. Nothing is
        called on AWS from here.
      </Text>
      <SetupTexts
        key={id}
        about={{ source: id }}
        initial={{ sesAccount: accounts[0] ?? "", sesRegion: region, configurationSet: seen ?? "" }}
      />
    </Part>
  );
}
