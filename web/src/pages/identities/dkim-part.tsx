/** How a domain's mail is signed: with which key, and whether at all. */
import { Switch, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { Part } from "../../components/part.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Time } from "../../time/zone.tsx";
import { type Identity, type PartOf, useReadAnew } from "./identities.ts";
import { newSigningKey, signingAttributes } from "./signing-key.ts";
import { SigningKeyFields } from "./signing-key-fields.tsx";
import { recordWords } from "./status-words.ts";

type Dkim = NonNullable<Identity["DkimAttributes"]>;

export function DkimPart({ name, identity, captures }: PartOf & { captures: boolean }) {
  const { DkimAttributes: dkim = {} } = identity;
  const { Status = "NOT_STARTED", SigningEnabled = false } = dkim;
  const { word, tone } = SigningEnabled ? recordWords[Status] : { word: "Off", tone: "neutral" as const };
  return (
    <Part
      title="DKIM signature"
      state={!captures && <StatusBadge tone={tone}>{word}</StatusBadge>}
      action={
        <ChangeButton
          what="Change the DKIM key"
          form={(close) => <KeyForm name={name} dkim={dkim} captures={captures} close={close} />}
        />
      }
    >
      <KeyText dkim={dkim} />
      {!captures && isChanging(identity) && (
        <Text size="sm">The key before signs on until the new one’s record is found.</Text>
      )}
      <SigningSwitch name={name} enabled={SigningEnabled} />
    </Part>
  );
}

/** Whether there is a key that waits to follow the one that signs. */
function isChanging({ VerificationStatus, DkimAttributes: { Tokens = [], Status } = {} }: Identity): boolean {
  return Tokens.length > 1 || (Status === "PENDING" && VerificationStatus === "SUCCESS");
}

function KeyText({ dkim }: { dkim: Dkim }) {
  const { SigningAttributesOrigin: origin, Tokens = [], CurrentSigningKeyLength, NextSigningKeyLength } = dkim;
  const [selector] = Tokens;
  if (selector === undefined) return <Text size="sm">There is no key.</Text>;
  if (origin === "EXTERNAL") {
    return (
      <Text size="sm">
        A key of your own, under the selector <b>{Tokens.at(-1)}</b>.
      </Text>
    );
  }
  return (
    <Text size="sm">
      A key made by this server
      {dkim.LastKeyGenerationTimestamp !== undefined && Tokens.length === 1 && (
        <>
          {" "}
          on <Time at={dkim.LastKeyGenerationTimestamp} />
        </>
      )}
      , of {bits(CurrentSigningKeyLength)} bits
      {Tokens.length > 1 && `; one of ${bits(NextSigningKeyLength)} bits is to follow it`}.
    </Text>
  );
}

const bits = (length: "RSA_1024_BIT" | "RSA_2048_BIT" | undefined) => (length === "RSA_1024_BIT" ? 1024 : 2048);

function SigningSwitch({ name, enabled }: { name: string; enabled: boolean }) {
  const readAnew = useReadAnew(name);
  const switching = useMutation({
    mutationFn: async (SigningEnabled: boolean) => {
      await ses("PutEmailIdentityDkimAttributes", { EmailIdentity: name, SigningEnabled });
      await readAnew();
    },
  });
  return (
    <>
      <Switch
        label="Sign mail"
        description="Unsigned mail is often taken for spam"
        checked={switching.isPending ? switching.variables : enabled}
        disabled={switching.isPending}
        onChange={({ currentTarget }) => switching.mutate(currentTarget.checked)}
      />
      {switching.isError && <ErrorAlert title="It was not changed" error={switching.error} />}
    </>
  );
}

function KeyForm({ name, dkim, captures, close }: { name: string; dkim: Dkim; captures: boolean; close: () => void }) {
  const readAnew = useReadAnew(name);
  const [key, setKey] = useState({
    ...newSigningKey,
    kind:
      dkim.SigningAttributesOrigin === "EXTERNAL"
        ? ("own" as const)
        : (dkim.NextSigningKeyLength ?? newSigningKey.kind),
  });
  return (
    <FormModal
      title={`DKIM key of ${name}`}
      submit="Save"
      failed="The key was not changed"
      size="lg"
      save={() =>
        ses("PutEmailIdentityDkimSigningAttributes", {
          EmailIdentity: name,
          SigningAttributesOrigin: key.kind === "own" ? "EXTERNAL" : "AWS_SES",
          SigningAttributes: signingAttributes(key),
        })
      }
      done={() => void readAnew()}
      close={close}
    >
      <SigningKeyFields form={key} onChange={setKey} />
      {!captures && (
        <Text size="sm" c="dimmed">
          A key that signs now signs on until the record of the new one is found. Leave its record for some days after:
          mail that is on its way was signed with it.
        </Text>
      )}
    </FormModal>
  );
}
