/** The tags of a resource on its page, and changing them by TagResource and UntagResource. */
import { DataList, Text } from "@mantine/core";
import { useState } from "react";
import { type NamedScope, useResourceScope } from "../api/scopes.ts";
import { ses } from "../api/ses.ts";
import { ChangeButton } from "./change-button.tsx";
import { FormModal } from "./form-modal.tsx";
import { Part } from "./part.tsx";
import { TagFields, type TagForm, tagsOf } from "./tag-fields.tsx";

type Tags = readonly { Key: string | undefined; Value: string | undefined }[];

/** `resource` is the end of its ARN, such as `template/welcome`; undefined if its tags can't be changed. */
export function TagsPart(parts: { resource?: string; tags: Tags | undefined; readAnew?: () => Promise<void> }) {
  const { resource, tags = [], readAnew = async () => {} } = parts;
  const scope = useResourceScope();
  const changeable = resource !== undefined && scope !== undefined;
  return (
    <Part
      title="Tags"
      action={
        changeable && (
          <ChangeButton
            what="Change tags"
            form={(close) => <TagsForm arn={arnOf(scope, resource)} tags={tags} readAnew={readAnew} close={close} />}
          />
        )
      }
    >
      {tags.length === 0 ? (
        <Text size="sm">None. Tags have no effect on mail: they are for tools such as Terraform, and for people.</Text>
      ) : (
        <DataList labelWidth="8.5rem" gap="xs">
          {tags.map(({ Key, Value }) => (
            <DataList.Item key={Key}>
              <DataList.ItemLabel style={{ overflowWrap: "anywhere" }}>{Key}</DataList.ItemLabel>
              <DataList.ItemValue style={{ overflowWrap: "anywhere", minWidth: 0 }}>{Value || "–"}</DataList.ItemValue>
            </DataList.Item>
          ))}
        </DataList>
      )}
    </Part>
  );
}

/** The ARN of a resource of SES. */
export function arnOf({ account, region }: NamedScope, resource: string): string {
  return `arn:aws:ses:${region}:${account}:${resource}`;
}

function TagsForm(parts: { arn: string; tags: Tags; readAnew: () => Promise<void>; close: () => void }) {
  const { arn, tags, readAnew, close } = parts;
  const [form, setForm] = useState<readonly TagForm[]>(() =>
    tags.map(({ Key: key = "", Value: value = "" }, id) => ({ id, key, value })),
  );
  return (
    <FormModal
      title="Tags"
      submit="Save"
      failed="The tags were not changed"
      save={() => changeTags(arn, tags, tagsOf(form))}
      done={() => void readAnew()}
      close={close}
    >
      <TagFields tags={form} onChange={setForm} />
    </FormModal>
  );
}

/** Adds and changes first: what the server refuses then has changed nothing. */
async function changeTags(arn: string, before: Tags, after: readonly { Key: string; Value: string }[]): Promise<void> {
  const keys = new Set(after.map(({ Key }) => Key));
  const isNew = (tag: Tags[number]) => !before.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value);
  // The server says what is wrong with a key that is there twice.
  const changed = keys.size < after.length ? [...after] : after.filter(isNew);
  if (changed.length > 0) await ses("TagResource", { ResourceArn: arn, Tags: changed });
  const gone = before.flatMap(({ Key }) => (Key === undefined || keys.has(Key) ? [] : [Key]));
  if (gone.length > 0) await ses("UntagResource", { ResourceArn: arn, TagKeys: gone });
}
