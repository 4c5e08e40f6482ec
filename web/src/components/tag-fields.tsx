/** The tags of a resource in a form, each a key and a value. */
import { ActionIcon, Button, Group, Stack, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";

export interface TagForm {
  /** Its own, for as long as the form is shown: keys may change. */
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

export function TagFields({
  tags,
  onChange,
}: {
  tags: readonly TagForm[];
  onChange: (tags: readonly TagForm[]) => void;
}) {
  const add = () => {
    const id = Math.max(-1, ...tags.map((tag) => tag.id)) + 1;
    onChange([...tags, { id, key: "", value: "" }]);
  };
  const change = (id: number, changed: Partial<TagForm>) =>
    onChange(tags.map((tag) => (tag.id === id ? { ...tag, ...changed } : tag)));
  return (
    <Stack gap="xs">
      {tags.map(({ id, key, value }, index) => (
        <Group key={id} gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            label={`Tag ${index + 1}`}
            flex={1}
            miw={0}
            required
            maxLength={128}
            value={key}
            onChange={({ currentTarget }) => change(id, { key: currentTarget.value })}
          />
          <TextInput
            label={`Value ${index + 1}`}
            flex={1}
            miw={0}
            maxLength={256}
            value={value}
            onChange={({ currentTarget }) => change(id, { value: currentTarget.value })}
          />
          <ActionIcon
            variant="default"
            size="lg"
            onClick={() => onChange(tags.filter((tag) => tag.id !== id))}
            aria-label={`Remove tag ${index + 1}`}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button variant="default" onClick={add} style={{ alignSelf: "flex-start" }}>
        Add a tag
      </Button>
    </Stack>
  );
}

/** The tags of a form as the SES API takes them. */
export function tagsOf(tags: readonly TagForm[]): { Key: string; Value: string }[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
