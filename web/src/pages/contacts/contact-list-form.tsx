/** The form of a contact list: its description and topics. */
import { ActionIcon, Button, Fieldset, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import { contactListQuery, contactListsQuery, type Topic } from "./contact-lists.ts";

interface TopicForm {
  /** Its own, for as long as the form is shown: names may change. */
  key: number;
  name: string;
  displayName: string;
  description: string;
  byDefault: "OPT_IN" | "OPT_OUT";
}

/** `list` is the one to change; a new one where there is none. */
export function ContactListForm(parts: {
  list?: { name: string; description: string | undefined; topics: readonly Topic[] };
  done: (name: string) => void;
  close: () => void;
}) {
  const { list, done, close } = parts;
  const queryClient = useQueryClient();
  const [name, setName] = useState(list?.name ?? "");
  const [description, setDescription] = useState(list?.description ?? "");
  const [topics, setTopics] = useState<readonly TopicForm[]>(() => (list?.topics ?? []).map(formOf));
  const change = (key: number, changed: Partial<TopicForm>) =>
    setTopics(topics.map((topic) => (topic.key === key ? { ...topic, ...changed } : topic)));
  const add = () => {
    const key = Math.max(-1, ...topics.map((topic) => topic.key)) + 1;
    setTopics([...topics, { key, name: "", displayName: "", description: "", byDefault: "OPT_OUT" }]);
  };
  const content = {
    ContactListName: name,
    Description: description || undefined,
    Topics: topics.map((topic) => ({
      TopicName: topic.name,
      DisplayName: topic.displayName,
      Description: topic.description || undefined,
      DefaultSubscriptionStatus: topic.byDefault,
    })),
  };
  return (
    <FormModal
      title={list ? `Change ${list.name}` : "New contact list"}
      submit={list ? "Save" : "Create"}
      failed={list ? "The list was not changed" : "The list was not created"}
      size="lg"
      save={() => (list ? ses("UpdateContactList", content) : ses("CreateContactList", content))}
      done={() => {
        void queryClient.invalidateQueries({ queryKey: contactListsQuery.queryKey });
        void queryClient.invalidateQueries({ queryKey: contactListQuery(name).queryKey });
        done(name);
      }}
      close={close}
    >
      {!list && (
        <TextInput
          label="Name"
          description="Letters, digits, _ and -; it can’t be changed later"
          required
          data-autofocus
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
      )}
      <Textarea
        label="Description"
        autosize
        value={description}
        onChange={({ currentTarget }) => setDescription(currentTarget.value)}
      />
      {topics.map((topic, index) => (
        <TopicFields
          key={topic.key}
          topic={topic}
          number={index + 1}
          onChange={(changed) => change(topic.key, changed)}
          onRemove={() => setTopics(topics.filter(({ key }) => key !== topic.key))}
        />
      ))}
      <Button variant="default" onClick={add} style={{ alignSelf: "flex-start" }}>
        Add a topic
      </Button>
    </FormModal>
  );
}

function TopicFields(parts: {
  topic: TopicForm;
  number: number;
  onChange: (changed: Partial<TopicForm>) => void;
  onRemove: () => void;
}) {
  const { topic, number, onChange, onRemove } = parts;
  return (
    <Fieldset legend={`Topic ${number}`}>
      <Stack gap="xs">
        <Group grow align="flex-start">
          <TextInput
            label="Topic name"
            required
            value={topic.name}
            onChange={({ currentTarget }) => onChange({ name: currentTarget.value })}
          />
          <TextInput
            label="Shown as"
            required
            value={topic.displayName}
            onChange={({ currentTarget }) => onChange({ displayName: currentTarget.value })}
          />
        </Group>
        <TextInput
          label="Topic description"
          value={topic.description}
          onChange={({ currentTarget }) => onChange({ description: currentTarget.value })}
        />
        <Group align="flex-end" justify="space-between">
          <Select
            label="Who has not chosen"
            data={[
              { value: "OPT_IN", label: "gets it" },
              { value: "OPT_OUT", label: "does not get it" },
            ]}
            allowDeselect={false}
            value={topic.byDefault}
            onChange={(chosen) => onChange({ byDefault: chosen === "OPT_IN" ? "OPT_IN" : "OPT_OUT" })}
          />
          <ActionIcon variant="default" size="lg" onClick={onRemove} aria-label={`Remove topic ${number}`}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function formOf(topic: Topic, key: number): TopicForm {
  return {
    key,
    name: topic.TopicName ?? "",
    displayName: topic.DisplayName ?? "",
    description: topic.Description ?? "",
    byDefault: topic.DefaultSubscriptionStatus ?? "OPT_OUT",
  };
}
