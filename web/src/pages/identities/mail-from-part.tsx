/** The domain that bounces of an identity's mail come back to. */
import { Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { Part } from "../../components/part.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { domainOf, type PartOf, useReadAnew } from "./identities.ts";
import { recordWords } from "./status-words.ts";

const behaviors = {
  USE_DEFAULT_VALUE: {
    label: "Send it with the server’s own domain",
    text: "Without its MX record mail goes out with the server’s own domain for bounces.",
  },
  REJECT_MESSAGE: { label: "Refuse it", text: "Without its MX record mail is refused." },
} as const;
type Behavior = keyof typeof behaviors;

export function MailFromPart({ name, identity, captures }: PartOf & { captures: boolean }) {
  const { MailFromDomain, MailFromDomainStatus, BehaviorOnMxFailure } = identity.MailFromAttributes ?? {};
  const words = MailFromDomainStatus && !captures && recordWords[MailFromDomainStatus];
  return (
    <Part
      title="MAIL FROM domain"
      state={words && <StatusBadge tone={words.tone}>{words.word}</StatusBadge>}
      action={
        <Group gap="xs" justify="flex-end">
          {MailFromDomain !== undefined && <RemoveButton name={name} domain={MailFromDomain} />}
          <ChangeButton
            what="Change the MAIL FROM domain"
            form={(close) => <MailFromForm name={name} identity={identity} close={close} />}
          />
        </Group>
      }
    >
      {MailFromDomain === undefined ? (
        <Text size="sm">
          {name.includes("@")
            ? "None of its own: bounces come back where those of its domain do, or else to the server’s own domain."
            : `None of its own: bounces come back to the server’s own domain. With one below ${name} mail passes DMARC by SPF as well.`}
        </Text>
      ) : (
        <Text size="sm">
          Bounces come back to <b>{MailFromDomain}</b>. {behaviors[BehaviorOnMxFailure ?? "USE_DEFAULT_VALUE"].text}
        </Text>
      )}
    </Part>
  );
}

function MailFromForm({ name, identity, close }: PartOf & { close: () => void }) {
  const readAnew = useReadAnew(name);
  const { MailFromDomain = "", BehaviorOnMxFailure = "USE_DEFAULT_VALUE" } = identity.MailFromAttributes ?? {};
  const [domain, setDomain] = useState(MailFromDomain);
  const [behavior, setBehavior] = useState<Behavior>(BehaviorOnMxFailure);
  return (
    <FormModal
      title={`MAIL FROM domain of ${name}`}
      submit="Save"
      failed="The MAIL FROM domain was not set"
      save={() =>
        ses("PutEmailIdentityMailFromAttributes", {
          EmailIdentity: name,
          MailFromDomain: domain.trim(),
          BehaviorOnMxFailure: behavior,
        })
      }
      done={() => void readAnew()}
      close={close}
    >
      <TextInput
        label="Domain"
        description={`Below ${domainOf(name)}, and used for nothing else`}
        placeholder={`bounce.${domainOf(name)}`}
        required
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={domain}
        onChange={({ currentTarget }) => setDomain(currentTarget.value)}
      />
      <Radio.Group
        label="Mail while its MX record is not found"
        value={behavior}
        onChange={(chosen) => setBehavior(chosen === "REJECT_MESSAGE" ? chosen : "USE_DEFAULT_VALUE")}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="USE_DEFAULT_VALUE" label={behaviors.USE_DEFAULT_VALUE.label} />
          <Radio value="REJECT_MESSAGE" label={behaviors.REJECT_MESSAGE.label} />
        </Stack>
      </Radio.Group>
    </FormModal>
  );
}

function RemoveButton({ name, domain }: { name: string; domain: string }) {
  const readAnew = useReadAnew(name);
  return (
    <ConfirmButton
      label="Remove"
      accessibleLabel={`Remove the MAIL FROM domain ${domain}`}
      question={`Remove ${domain}?`}
      confirm="Remove"
      failed="The MAIL FROM domain was not removed"
      run={() => ses("PutEmailIdentityMailFromAttributes", { EmailIdentity: name })}
      done={() => void readAnew()}
    >
      Bounces of mail that is sent from then on come back to the server’s own domain. Leave the records for some days:
      mail that is on its way has its bounces come back to {domain}.
    </ConfirmButton>
  );
}
