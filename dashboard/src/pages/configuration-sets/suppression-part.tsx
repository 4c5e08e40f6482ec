/** Whom mail with a configuration set is kept from because of the suppression list. */
import { Radio, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { TextLink } from "../../components/links.tsx";
import { ChangeButton } from "./change-button.tsx";
import { accountQuery, type PartOf, useReadAnew } from "./configuration-sets.ts";
import { Part } from "./part.tsx";

type Reason = "BOUNCE" | "COMPLAINT";

const choices = [
  { value: "both", label: "Bounces and complaints", reasons: ["BOUNCE", "COMPLAINT"] },
  { value: "bounces", label: "Bounces only", reasons: ["BOUNCE"] },
  { value: "complaints", label: "Complaints only", reasons: ["COMPLAINT"] },
  { value: "none", label: "Nothing: mail goes to addresses on the list, too", reasons: [] },
] as const satisfies readonly { value: string; label: string; reasons: readonly Reason[] }[];

export function SuppressionPart({ name, set }: PartOf) {
  const { data: account } = useQuery(accountQuery);
  const { SuppressedReasons: own, SuppressionScope: scope } = set.SuppressionOptions ?? {};
  const reasons = own ?? account?.SuppressionAttributes?.SuppressedReasons;
  return (
    <Part
      title="Suppression"
      action={
        <ChangeButton
          what="Change suppression"
          form={(close) => <SuppressionForm name={name} set={set} close={close} />}
        />
      }
    >
      <Text size="sm">
        {own === undefined && "As the account: "}
        {reasons && effectOf(reasons, own === undefined)} <TextLink to="/suppression">The list</TextLink>
      </Text>
      {scope === "TENANT" && (
        <Text size="sm">For mail that names a tenant, the tenant’s own list counts instead of the account’s.</Text>
      )}
    </Part>
  );
}

/** What these reasons do, in a sentence; `goesOn` where it does not begin one. */
function effectOf(reasons: readonly Reason[], goesOn: boolean): string {
  const cause = causeOf(reasons);
  const sentence =
    cause === undefined
      ? "Mail goes to addresses on the suppression list, too, and none of it puts an address there."
      : `Addresses that are on the suppression list for ${cause} get no mail, and ${cause} of this mail puts them there.`;
  return goesOn ? `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1)}` : sentence;
}

function causeOf(reasons: readonly Reason[]): string | undefined {
  const bounce = reasons.includes("BOUNCE") && "a bounce";
  const complaint = reasons.includes("COMPLAINT") && "a complaint";
  return bounce && complaint ? `${bounce} or ${complaint}` : bounce || complaint || undefined;
}

function SuppressionForm({ name, set, close }: PartOf & { close: () => void }) {
  const readAnew = useReadAnew(name);
  const { data: account } = useQuery(accountQuery);
  const { SuppressedReasons: own, SuppressionScope: scope, ValidationOptions } = set.SuppressionOptions ?? {};
  const [choice, setChoice] = useState<string>(
    choices.find(({ reasons }) => causeOf(reasons) === causeOf(own ?? []))?.value ?? "none",
  );
  const [ownReasons, setOwnReasons] = useState(own !== undefined);
  const [tenants, setTenants] = useState(scope === "TENANT");
  const reasons = choices.find(({ value }) => value === choice)?.reasons ?? [];
  const ofAccount = causeOf(account?.SuppressionAttributes?.SuppressedReasons ?? []);
  return (
    <FormModal
      title={`Suppression with ${name}`}
      submit="Save"
      failed="The suppression was not changed"
      save={() =>
        ses("PutConfigurationSetSuppressionOptions", {
          ConfigurationSetName: name,
          SuppressedReasons: ownReasons ? [...reasons] : undefined,
          SuppressionScope: tenants ? "TENANT" : scope && "ACCOUNT",
          // They would be taken away else.
          ValidationOptions,
        })
      }
      done={() => void readAnew()}
      close={close}
    >
      <Radio.Group
        label="What counts of the suppression list"
        value={ownReasons ? choice : "account"}
        onChange={(chosen) => {
          setOwnReasons(chosen !== "account");
          if (chosen !== "account") setChoice(chosen);
        }}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="account" label="As the account" description={account && `Now ${ofAccount ?? "nothing"}`} />
          {choices.map(({ value, label }) => (
            <Radio key={value} value={value} label={label} />
          ))}
        </Stack>
      </Radio.Group>
      <Switch
        label="For a tenant’s mail, use the tenant’s own list"
        description="Mail that has a TenantName; all other mail has the account’s list"
        checked={tenants}
        onChange={({ currentTarget }) => setTenants(currentTarget.checked)}
      />
    </FormModal>
  );
}
