/** The form of a new source: its kind, and the few things that the kind needs. */
import { Radio, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { MirrorSettings, MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { createMirrorSource } from "../../api/mirror.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { newSecrets } from "./new-secrets.ts";
import classes from "./new-source.module.css";
import { SetupTexts } from "./setup-texts.tsx";
import { kinds, useReadAnew } from "./sources.ts";

type Kind = MirrorSource["kind"];

const kindNames: readonly Kind[] = ["sqs", "sns", "firehose", "s3", "eventbridge"];

interface Typed {
  readonly queueUrl: string;
  readonly topicArns: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly raw: boolean;
}

const nothing: Typed = { queueUrl: "", topicArns: "", bucket: "", prefix: "", region: "", raw: false };

export function NewSource({ close }: { close: () => void }) {
  const readAnew = useReadAnew();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("sqs");
  const [typed, setTyped] = useState(nothing);
  const [accounts, setAccounts] = useState("");
  return (
    <FormModal
      title="New source"
      size="lg"
      submit="Create"
      failed="The source was not created"
      save={async () => {
        const source = await createMirrorSource({
          name: name.trim(),
          kind,
          settings: settingsOf(kind, typed),
          accounts: listed(accounts),
          region: isPosted(kind) ? typed.region.trim() : undefined,
        });
        newSecrets.keep(source);
        readAnew();
        await navigate({ to: "/mirror/$id", params: { id: source.id } });
      }}
      close={close}
    >
      <TextInput
        label="Name"
        required
        data-autofocus
        autoComplete="off"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Radio.Group
        label="How its events come"
        value={kind}
        onChange={(chosen) => setKind(kindNames.find((one) => one === chosen) ?? kind)}
      >
        <Stack gap="xs" mt="xs">
          {kindNames.map((one) => (
            <Radio key={one} value={one} label={kinds[one].name} description={kinds[one].about} />
          ))}
        </Stack>
      </Radio.Group>
      <SetupFirst
        kind={kind}
        use={(settings, { sesAccount }) => {
          setTyped({ ...typed, ...typedOf(settings) });
          setAccounts(sesAccount);
        }}
      />
      <KindFields kind={kind} typed={typed} change={(change) => setTyped({ ...typed, ...change })} />
      <TextInput
        label="Accounts"
        description={
          namesAccount(kind)
            ? "The IDs of the accounts whose events it may bring, separated by commas; empty: the account in the address above"
            : "The IDs of the accounts whose events it may bring, separated by commas"
        }
        required={!namesAccount(kind)}
        autoComplete="off"
        value={accounts}
        onChange={({ currentTarget }) => setAccounts(currentTarget.value)}
      />
    </FormModal>
  );
}

/** What is fetched is made on AWS first; what is posted needs the URL of its source. */
function SetupFirst({ kind, use }: { kind: Kind; use: Parameters<typeof SetupTexts>[0]["use"] }) {
  if (kind !== "sqs" && kind !== "s3") {
    return (
      <Text size="sm" c="dimmed">
        Create the source first: its page then shows what to set up on AWS.
      </Text>
    );
  }
  return (
    <details className={classes.setup}>
      <summary>
        {kind === "sqs" ? "There is no queue yet: set it up on AWS" : "There are no files yet: set it up on AWS"}
      </summary>
      <SetupTexts
        key={kind}
        about={{ kind }}
        initial={{ sesAccount: "", sesRegion: "", configurationSet: "" }}
        use={use}
      />
    </details>
  );
}

function typedOf(settings: MirrorSettings): Partial<Typed> {
  if ("queueUrl" in settings) return { queueUrl: settings.queueUrl };
  if (!("bucket" in settings)) return {};
  const { bucket, prefix, region } = settings;
  return { bucket, prefix, region };
}

function KindFields(parts: { kind: Kind; typed: Typed; change: (change: Partial<Typed>) => void }) {
  const { kind, typed, change } = parts;
  const field = (name: Exclude<keyof Typed, "raw">, label: string, description: string, required = true) => (
    <TextInput
      label={label}
      description={description}
      required={required}
      autoComplete="off"
      value={typed[name]}
      onChange={({ currentTarget }) => change({ [name]: currentTarget.value })}
    />
  );
  if (kind === "sqs") {
    return field("queueUrl", "Queue URL", "Such as https://sqs.eu-west-1.amazonaws.com/111122223333/ses-events");
  }
  if (kind === "sns") {
    return (
      <>
        {field("topicArns", "Topic ARNs", "Separated by commas. Messages of other topics are refused")}
        <Switch
          label="Raw message delivery"
          description="Raw messages have no signature: their URL has a secret instead"
          checked={typed.raw}
          onChange={({ currentTarget }) => change({ raw: currentTarget.checked })}
        />
      </>
    );
  }
  if (kind === "s3") {
    return (
      <>
        {field("bucket", "Bucket", "Where Firehose puts its files")}
        {field("prefix", "Prefix", "What the keys of the files begin with; may be empty", false)}
        {field("region", "Region", "Of the bucket, such as eu-west-1")}
      </>
    );
  }
  return field("region", "Region", "Of the mail, such as eu-west-1");
}

/** Its settings name no region. */
function isPosted(kind: Kind): boolean {
  return kind === "firehose" || kind === "eventbridge";
}

function namesAccount(kind: Kind): boolean {
  return kind === "sqs" || kind === "sns";
}

function settingsOf(kind: Kind, { queueUrl, topicArns, bucket, prefix, region, raw }: Typed): object {
  if (kind === "sqs") return { queueUrl: queueUrl.trim() };
  if (kind === "sns") return { topicArns: listed(topicArns) ?? [], raw };
  if (kind === "s3") return { bucket: bucket.trim(), prefix: prefix.trim(), region: region.trim() };
  return {};
}

/** The texts between commas; undefined if there are none. */
function listed(text: string): string[] | undefined {
  const all = text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  return all.length === 0 ? undefined : all;
}
