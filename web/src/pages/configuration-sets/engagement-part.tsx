/** Whether opens and clicks of mail with a configuration set are tracked. */
import { Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { Part } from "../../components/part.tsx";
import { accountQuery, type PartOf, useReadAnew } from "./configuration-sets.ts";

type Choice = "ENABLED" | "DISABLED" | "account";

export function EngagementPart({ name, set }: PartOf) {
  const { data: account } = useQuery(accountQuery);
  const own = set.VdmOptions?.DashboardOptions?.EngagementMetrics;
  return (
    <Part
      title="Opens and clicks"
      action={
        <ChangeButton
          what="Change opens and clicks"
          form={(close) => <EngagementForm name={name} set={set} close={close} />}
        />
      }
    >
      <Text size="sm">{effectOf(own, account)} What a request says of its own mail counts before this.</Text>
    </Part>
  );
}

function effectOf(own: "ENABLED" | "DISABLED" | undefined, account: Answer<"GetAccount"> | undefined): string {
  if (own === "DISABLED") return "Opens and clicks are not tracked.";
  if (account?.VdmAttributes?.VdmEnabled === "DISABLED") {
    return "Opens and clicks are not tracked: the account’s Virtual Deliverability Manager (VDM) is disabled.";
  }
  if (own === "ENABLED") return "Opens and clicks of HTML mail are tracked, by a pixel and by links over the server.";
  if (!account) return "Opens and clicks are tracked as the account says.";
  return isTracking(account) ? "As the account: opens and clicks are tracked." : "As the account: nothing is tracked.";
}

const isTracking = ({ VdmAttributes: vdm }: Answer<"GetAccount">) =>
  vdm?.VdmEnabled === "ENABLED" && vdm.DashboardAttributes?.EngagementMetrics === "ENABLED";

function EngagementForm({ name, set, close }: PartOf & { close: () => void }) {
  const readAnew = useReadAnew(name);
  const { data: account } = useQuery(accountQuery);
  const { DashboardOptions, GuardianOptions } = set.VdmOptions ?? {};
  const [choice, setChoice] = useState<Choice>(DashboardOptions?.EngagementMetrics ?? "account");
  const save = () => {
    const chosen = choice === "account" ? undefined : { EngagementMetrics: choice };
    // The options of a guardian do nothing here, but they are not this form's to take away.
    const options = { DashboardOptions: chosen, GuardianOptions };
    return ses("PutConfigurationSetVdmOptions", {
      ConfigurationSetName: name,
      VdmOptions: chosen || GuardianOptions ? options : undefined,
    });
  };
  return (
    <FormModal
      title={`Opens and clicks with ${name}`}
      submit="Save"
      failed="The tracking was not changed"
      save={save}
      done={() => void readAnew()}
      close={close}
    >
      <Radio.Group
        label="Track opens and clicks"
        value={choice}
        onChange={(chosen) => setChoice(chosen === "ENABLED" || chosen === "DISABLED" ? chosen : "account")}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="account"
            label="As the account"
            description={account && `Now ${isTracking(account) ? "they are tracked" : "nothing is tracked"}`}
          />
          <Radio
            value="ENABLED"
            label="Yes"
            description="HTML mail gets a pixel at its end, and its links lead over this server"
          />
          <Radio value="DISABLED" label="No" description="Mail goes out as it was written" />
        </Stack>
      </Radio.Group>
    </FormModal>
  );
}
