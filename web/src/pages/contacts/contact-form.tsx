/** The form of a contact: what it wants, and its attributes. */
import { JsonInput, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { LoadingRows } from "../../components/loading-rows.tsx";
import { contactQuery, contactsKey, type Topic } from "./contact-lists.ts";

type Choice = "OPT_IN" | "OPT_OUT" | "default";

interface ContactParts {
  list: string;
  topics: readonly Topic[];
  close: () => void;
}

/** Changes a contact: what it is must be read first, since saving replaces its attributes. */
export function EditContact({ address, ...parts }: ContactParts & { address: string }) {
  const query = useQuery({ ...contactQuery(parts.list, address), staleTime: 0 });
  // What was read before may be old.
  if (!query.data || !query.isFetchedAfterMount) {
    const data = query.isFetchedAfterMount ? query.data : undefined;
    return (
      <Modal opened onClose={parts.close} title={address} closeButtonProps={{ "aria-label": "Close" }}>
        {data === undefined && !query.isError ? (
          <LoadingRows rows={3} />
        ) : (
          <Loaded query={query} failed="The contact could not be read">
            {() => <Text>This contact is not on the list any more.</Text>}
          </Loaded>
        )}
      </Modal>
    );
  }
  const { AttributesData, TopicPreferences = [], UnsubscribeAll = false } = query.data;
  const chosen = new Map(TopicPreferences.map(({ TopicName, SubscriptionStatus }) => [TopicName, SubscriptionStatus]));
  return (
    <ContactForm
      {...parts}
      address={address}
      first={{ attributes: AttributesData ?? "", unsubscribed: UnsubscribeAll, choices: chosen }}
    />
  );
}

/** Adds a contact. */
export function AddContact(parts: ContactParts) {
  return <ContactForm {...parts} first={{ attributes: "", unsubscribed: false, choices: new Map() }} />;
}

function ContactForm(
  parts: ContactParts & {
    address?: string;
    first: {
      attributes: string;
      unsubscribed: boolean;
      choices: ReadonlyMap<string | undefined, "OPT_IN" | "OPT_OUT" | undefined>;
    };
  },
) {
  const { list, topics, close, address: known, first } = parts;
  const queryClient = useQueryClient();
  const [address, setAddress] = useState(known ?? "");
  const [attributes, setAttributes] = useState(first.attributes);
  const [unsubscribed, setUnsubscribed] = useState(first.unsubscribed);
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(
    new Map(topics.map(({ TopicName = "" }) => [TopicName, first.choices.get(TopicName) ?? "default"])),
  );
  const save = () => {
    const contact = {
      ContactListName: list,
      EmailAddress: address,
      UnsubscribeAll: unsubscribed,
      AttributesData: attributes.trim() === "" ? undefined : attributes,
      TopicPreferences: [...choices].flatMap(([TopicName, SubscriptionStatus]) =>
        SubscriptionStatus === "default" ? [] : [{ TopicName, SubscriptionStatus }],
      ),
    };
    return known === undefined ? ses("CreateContact", contact) : ses("UpdateContact", contact);
  };
  return (
    <FormModal
      title={known === undefined ? `Add a contact to ${list}` : known}
      submit={known === undefined ? "Add" : "Save"}
      failed={known === undefined ? "The contact was not added" : "The contact was not changed"}
      save={save}
      done={() => void queryClient.invalidateQueries({ queryKey: [contactsKey, list] })}
      close={close}
    >
      {known === undefined && (
        <TextInput
          label="Address"
          type="email"
          autoComplete="off"
          required
          data-autofocus
          value={address}
          onChange={({ currentTarget }) => setAddress(currentTarget.value)}
        />
      )}
      <Switch
        label="Unsubscribed from all mail of this list"
        checked={unsubscribed}
        onChange={({ currentTarget }) => setUnsubscribed(currentTarget.checked)}
      />
      <Stack gap="xs">
        {topics.map((topic) => (
          <TopicChoice
            key={topic.TopicName}
            topic={topic}
            // SES has no way to take a choice back: it can only be the other one then.
            mayDefault={first.choices.get(topic.TopicName) === undefined}
            value={choices.get(topic.TopicName ?? "") ?? "default"}
            onChange={(choice) => setChoices(new Map([...choices, [topic.TopicName ?? "", choice]]))}
          />
        ))}
      </Stack>
      <JsonInput
        label="Attributes"
        description="A JSON object for templates, or nothing"
        validationError="This is not valid JSON"
        formatOnBlur
        autosize
        minRows={3}
        value={attributes}
        onChange={setAttributes}
      />
    </FormModal>
  );
}

function TopicChoice(parts: { topic: Topic; mayDefault: boolean; value: Choice; onChange: (choice: Choice) => void }) {
  const { topic, mayDefault, value, onChange } = parts;
  const gets = topic.DefaultSubscriptionStatus === "OPT_IN";
  const choices: { value: Choice; label: string }[] = [
    { value: "OPT_IN", label: "Gets it" },
    { value: "OPT_OUT", label: "Does not get it" },
  ];
  if (mayDefault)
    choices.unshift({ value: "default", label: `Has not chosen (${gets ? "gets it" : "does not get it"})` });
  return (
    <Select
      label={topic.DisplayName || topic.TopicName}
      data={choices}
      allowDeselect={false}
      value={value}
      onChange={(chosen) => onChange(choices.find((choice) => choice.value === chosen)?.value ?? value)}
    />
  );
}
