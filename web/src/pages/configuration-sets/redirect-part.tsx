/** Over which domain the tracked links of mail with a configuration set lead. */
import { List, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { Part } from "../../components/part.tsx";
import { type PartOf, useReadAnew } from "./configuration-sets.ts";

const policies = [
  {
    value: "OPTIONAL",
    label: "http for the pixel, links as they are",
    words: "Links keep their own http or https; the pixel goes by http.",
  },
  {
    value: "REQUIRE_OPEN_ONLY",
    label: "https for the pixel, links as they are",
    words: "Links keep their own http or https; the pixel goes by https.",
  },
  { value: "REQUIRE", label: "https for pixel and links", words: "Links and pixel go by https." },
] as const;

type Policy = (typeof policies)[number]["value"];

export function RedirectPart({ name, set }: PartOf) {
  const { CustomRedirectDomain: domain, HttpsPolicy: policy = "OPTIONAL" } = set.TrackingOptions ?? {};
  return (
    <Part
      title="Domain of tracked links"
      action={
        <ChangeButton
          what="Change the domain of tracked links"
          form={(close) => <RedirectForm name={name} set={set} close={close} />}
        />
      }
    >
      {domain === undefined ? (
        <Text size="sm">Where mail is tracked, its links and its pixel lead over this server’s own address.</Text>
      ) : (
        <>
          <Text size="sm">
            Where mail is tracked, its links and its pixel lead over <b>{domain}</b>.{" "}
            {policies.find(({ value }) => value === policy)?.words}
          </Text>
          <Needs domain={domain} policy={policy} />
        </>
      )}
    </Part>
  );
}

/** What has to be there for links to work. */
function Needs({ domain, policy }: { domain: string; policy: Policy }) {
  return (
    <>
      <Text size="sm">For them to work it takes:</Text>
      <List size="sm">
        <List.Item>in DNS, a CNAME or an address record by which {domain} leads to this server;</List.Item>
        <List.Item>
          that requests for /o/ and /c/ reach it there,{" "}
          {policy === "REQUIRE" ? "at port 443" : "at port 80 and, for https, at port 443"}
          {" – as by a reverse proxy that keeps their paths;"}
        </List.Item>
        <List.Item>a certificate for {domain} at port 443.</List.Item>
      </List>
    </>
  );
}

function RedirectForm({ name, set, close }: PartOf & { close: () => void }) {
  const readAnew = useReadAnew(name);
  const { CustomRedirectDomain, HttpsPolicy } = set.TrackingOptions ?? {};
  const [domain, setDomain] = useState(CustomRedirectDomain ?? "");
  const [policy, setPolicy] = useState<Policy>(HttpsPolicy ?? "OPTIONAL");
  const given = domain.trim();
  return (
    <FormModal
      title={`Domain of tracked links with ${name}`}
      submit="Save"
      failed="The domain was not changed"
      save={() =>
        ses("PutConfigurationSetTrackingOptions", {
          ConfigurationSetName: name,
          CustomRedirectDomain: given || undefined,
          HttpsPolicy: given ? policy : undefined,
        })
      }
      done={() => void readAnew()}
      close={close}
    >
      <TextInput
        label="Domain"
        description="Such as links.example.com; empty: this server’s own address. Where senders must be verified, so must it, or a domain above it."
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        value={domain}
        onChange={({ currentTarget }) => setDomain(currentTarget.value)}
      />
      {given !== "" && (
        <Radio.Group
          label="Scheme"
          value={policy}
          onChange={(chosen) => setPolicy(policies.find(({ value }) => value === chosen)?.value ?? policy)}
        >
          <Stack gap="xs" mt="xs">
            {policies.map(({ value, label }) => (
              <Radio key={value} value={value} label={label} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </FormModal>
  );
}
