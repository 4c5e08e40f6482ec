/** The form of a new identity. */
import { Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { serverQuery } from "../../api/server.ts";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { ConfigurationSetField } from "./configuration-set-field.tsx";
import { canonicalName, identitiesKey } from "./identities.ts";
import { newSigningKey, signingAttributes } from "./signing-key.ts";
import { SigningKeyFields } from "./signing-key-fields.tsx";

export function NewIdentity({ done, close }: { done: (name: string) => void; close: () => void }) {
  const queryClient = useQueryClient();
  const { data: server } = useQuery(serverQuery);
  const [typed, setTyped] = useState("");
  const [key, setKey] = useState(newSigningKey);
  const [configurationSet, setConfigurationSet] = useState("");
  const name = typed.trim();
  const isAddress = name.includes("@");
  return (
    <FormModal
      title="New identity"
      submit="Create"
      failed="The identity was not created"
      size="lg"
      save={() =>
        ses("CreateEmailIdentity", {
          EmailIdentity: name,
          ConfigurationSetName: configurationSet || undefined,
          DkimSigningAttributes: isAddress ? undefined : signingAttributes(key),
        })
      }
      done={() => {
        void queryClient.invalidateQueries({ queryKey: [identitiesKey] });
        void queryClient.invalidateQueries({ queryKey: ["suggestions", "identities"] });
        done(canonicalName(name));
      }}
      close={close}
    >
      <TextInput
        label="Domain or address"
        description="A domain, such as example.com, for all its addresses; or a single address"
        required
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      {isAddress ? (
        server?.delivery !== "capture" && (
          <Text size="sm">A mail with a link is sent to it. Whoever reads it confirms there that it may send.</Text>
        )
      ) : (
        <SigningKeyFields form={key} onChange={setKey} />
      )}
      <ConfigurationSetField value={configurationSet} onChange={setConfigurationSet} />
    </FormModal>
  );
}
