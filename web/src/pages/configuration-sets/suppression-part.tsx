/** Whom mail with a configuration set is kept from because of the suppression list. */
import { Radio, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { TextLink } from "../../components/links.tsx";
import { Part } from "../../components/part.tsx";
import { accountQuery, type PartOf, useReadAnew } from "./configuration-sets.ts";

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
      {reasons ? <Effect reasons={reasons} ofAccount={own === undefined} /> : <Text size="sm">As the account.</Text>}
      {scope === "TENANT" && (
        <Text size="sm">For mail that names a tenant, the tenant’s own list counts instead of the account’s.</Text>
      )}
    </Part>
  );
}

function choiceOf(reasons: readonly Reason[]) {
  return choices.find((choice) => causeOf(choice.reasons) === causeOf(reasons)) ?? choices[3];
}

/** What these reasons do. */
function Effect({ reasons, ofAccount }: { reasons: readonly Reason[]; ofAccount: boolean }) {
  const cause = causeOf(reasons);
  const list = <TextLink to="/suppression">suppression list</TextLink>;
  return (
    <Text size="sm">
      {ofAccount && "As the account: "}
      {cause === undefined ? (
        <>
          {ofAccount ? "mail" : "Mail"} goes to addresses on the {list}, too, and none of it puts an address there.
        </>
      ) : (
        <>
          {ofAccount ? "addresses" : "Addresses"} that are on the {list} for {cause} get no mail; such an event of this
          mail puts its address there.
        </>
      )}
    </Text>
  );
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
  const [choice, setChoice] = useState<string>(own === undefined ? "account" : choiceOf(own).value);
  const [tenants, setTenants] = useState(scope === "TENANT");
  const reasons = choices.find(({ value }) => value === choice)?.reasons;
  const ofAccount = account?.SuppressionAttributes?.SuppressedReasons;
  return (
    <FormModal
      title={`Suppression with ${name}`}
      submit="Save"
      failed="The suppression was not changed"
      save={() =>
        ses("PutConfigurationSetSuppressionOptions", {
          ConfigurationSetName: name,
          SuppressedReasons: reasons && [...reasons],
          SuppressionScope: tenants ? "TENANT" : scope && "ACCOUNT",
          // They would be taken away else.
          ValidationOptions,
        })
      }
      done={() => void readAnew()}
      close={close}
    >
      <Radio.Group label="What counts of the suppression list" value={choice} onChange={setChoice}>
        <Stack gap="xs" mt="xs">
          <Radio
            value="account"
            label="As the account"
            description={ofAccount && `Now: ${choiceOf(ofAccount).label.toLowerCase()}`}
          />
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
