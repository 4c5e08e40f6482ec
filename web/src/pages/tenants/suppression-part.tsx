/** Whom mail for a tenant is kept from, and which list counts. */
import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { TextLink } from "../../components/links.tsx";
import { Part } from "../../components/part.tsx";
import { type Reason, type Tenant, useReadAnew } from "./tenants.ts";

const choices = [
  { value: "account", label: "As the account", reasons: undefined },
  { value: "both", label: "Bounces and complaints", reasons: ["BOUNCE", "COMPLAINT"] },
  { value: "bounces", label: "Bounces only", reasons: ["BOUNCE"] },
  { value: "complaints", label: "Complaints only", reasons: ["COMPLAINT"] },
  { value: "none", label: "Nothing: mail goes to addresses on the list, too", reasons: [] },
] as const satisfies readonly { value: string; label: string; reasons: readonly Reason[] | undefined }[];

type Attributes = Tenant["SuppressionAttributes"];

export function SuppressionPart({ name, attributes }: { name: string; attributes: Attributes }) {
  const own = attributes?.SuppressionScope === "TENANT";
  return (
    <Part
      title="Suppression"
      action={
        <ChangeButton
          what="Change suppression"
          form={(close) => <SuppressionForm name={name} attributes={attributes} close={close} />}
        />
      }
    >
      <Text size="sm">
        What counts: <b>{choiceOf(attributes?.SuppressedReasons).label}</b>.{" "}
        {own ? (
          <>
            The{" "}
            <TextLink to="/suppression" search={{ tenant: name }}>
              tenant’s own list
            </TextLink>{" "}
            counts.
          </>
        ) : (
          <>
            The <TextLink to="/suppression">account’s list</TextLink> counts.
          </>
        )}{" "}
        A configuration set may say otherwise for its mail.
      </Text>
    </Part>
  );
}

function choiceOf(reasons: readonly Reason[] | undefined) {
  const text = (list: readonly Reason[] | undefined) => list && [...list].sort().join();
  return choices.find((choice) => text(choice.reasons) === text(reasons)) ?? choices[0];
}

function SuppressionForm(parts: { name: string; attributes: Attributes; close: () => void }) {
  const { name, attributes, close } = parts;
  const readAnew = useReadAnew(name);
  const [choice, setChoice] = useState<string>(choiceOf(attributes?.SuppressedReasons).value);
  const [list, setList] = useState<string>(attributes?.SuppressionScope ?? "ACCOUNT");
  const reasons = choices.find(({ value }) => value === choice)?.reasons;
  return (
    <FormModal
      title={`Suppression for ${name}`}
      submit="Save"
      failed="The suppression was not changed"
      save={() =>
        ses("PutTenantSuppressionAttributes", {
          TenantName: name,
          // SES takes both or none.
          SuppressedReasons: reasons && [...reasons],
          SuppressionScope: reasons && (list === "TENANT" ? "TENANT" : "ACCOUNT"),
        })
      }
      done={readAnew}
      close={close}
    >
      <Radio.Group label="What counts of the suppression list" value={choice} onChange={setChoice}>
        <Stack gap="xs" mt="xs">
          {choices.map(({ value, label }) => (
            <Radio key={value} value={value} label={label} />
          ))}
        </Stack>
      </Radio.Group>
      {reasons !== undefined && (
        <Radio.Group label="Which list" value={list} onChange={setList}>
          <Stack gap="xs" mt="xs">
            <Radio value="ACCOUNT" label="The account’s list" />
            <Radio value="TENANT" label="The tenant’s own list" />
          </Stack>
        </Radio.Group>
      )}
    </FormModal>
  );
}
