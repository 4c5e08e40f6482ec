/** What an identity's mail goes by besides: whether bounces are forwarded, and its default configuration set. */
import { Switch, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { TextLink } from "../../components/links.tsx";
import { Part } from "../../components/part.tsx";
import { ConfigurationSetField } from "./configuration-set-field.tsx";
import { type PartOf, useReadAnew } from "./identities.ts";

export function FeedbackPart({ name, identity: { FeedbackForwardingStatus = false } }: PartOf) {
  const readAnew = useReadAnew(name);
  const switching = useMutation({
    mutationFn: async (EmailForwardingEnabled: boolean) => {
      await ses("PutEmailIdentityFeedbackAttributes", { EmailIdentity: name, EmailForwardingEnabled });
      await readAnew();
    },
  });
  return (
    <Part title="Bounces and complaints by mail">
      <Switch
        label="Forward each to its mail’s sender"
        description="Or to the address for feedback that the request named. They are in Messages either way."
        checked={switching.isPending ? switching.variables : FeedbackForwardingStatus}
        disabled={switching.isPending}
        onChange={({ currentTarget }) => switching.mutate(currentTarget.checked)}
      />
      {switching.isError && <ErrorAlert title="It was not changed" error={switching.error} />}
    </Part>
  );
}

export function DefaultSetPart({ name, identity: { ConfigurationSetName: set } }: PartOf) {
  return (
    <Part
      title="Default configuration set"
      action={
        <ChangeButton
          what="Change the default configuration set"
          form={(close) => <DefaultSetForm name={name} first={set ?? ""} close={close} />}
        />
      }
    >
      <Text size="sm">
        {set === undefined ? (
          "None: mail that names no configuration set goes by the account’s settings."
        ) : (
          <>
            Mail that names no other goes by{" "}
            <TextLink to="/configuration-sets/$name" params={{ name: set }} size="sm">
              {set}
            </TextLink>
            .
          </>
        )}
      </Text>
    </Part>
  );
}

function DefaultSetForm({ name, first, close }: { name: string; first: string; close: () => void }) {
  const readAnew = useReadAnew(name);
  const [set, setSet] = useState(first);
  return (
    <FormModal
      title={`Default configuration set of ${name}`}
      submit="Save"
      failed="The default configuration set was not changed"
      save={() =>
        ses("PutEmailIdentityConfigurationSetAttributes", {
          EmailIdentity: name,
          ConfigurationSetName: set || undefined,
        })
      }
      done={() => void readAnew()}
      close={close}
    >
      <ConfigurationSetField value={set} onChange={setSet} />
    </FormModal>
  );
}
