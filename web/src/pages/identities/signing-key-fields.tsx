/** The choice of a domain's DKIM key. */
import { Radio, Stack, Textarea, TextInput } from "@mantine/core";
import type { SigningKeyForm } from "./signing-key.ts";

const choices = [
  { value: "RSA_2048_BIT", label: "A key made by this server, of 2048 bits", description: undefined },
  {
    value: "RSA_1024_BIT",
    label: "A key made by this server, of 1024 bits",
    description: "Only where the DNS provider takes no long records.",
  },
  { value: "own", label: "A key of your own (BYODKIM)", description: undefined },
] as const;

export function SigningKeyFields({
  form,
  onChange,
}: {
  form: SigningKeyForm;
  onChange: (form: SigningKeyForm) => void;
}) {
  const { kind, selector, privateKey } = form;
  return (
    <>
      <Radio.Group
        label="DKIM key"
        description="Mail is signed with it, and its record in DNS verifies the domain"
        value={kind}
        onChange={(chosen) => onChange({ ...form, kind: choices.find(({ value }) => value === chosen)?.value ?? kind })}
      >
        <Stack gap="xs" mt="xs">
          {choices.map(({ value, label, description }) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      {kind === "own" && (
        <>
          <TextInput
            label="Selector"
            description="Its record is at SELECTOR._domainkey below the domain"
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={selector}
            onChange={({ currentTarget }) => onChange({ ...form, selector: currentTarget.value })}
          />
          <Textarea
            label="Private key"
            description="RSA of 1024 to 2048 bits, as in its PEM file. It is kept encrypted and never shown again."
            required
            autoComplete="off"
            spellCheck={false}
            autosize
            minRows={4}
            maxRows={10}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            value={privateKey}
            onChange={({ currentTarget }) => onChange({ ...form, privateKey: currentTarget.value })}
          />
        </>
      )}
    </>
  );
}
