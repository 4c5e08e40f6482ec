import type { Handlers } from "../../contract/types.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { tagResource } from "./tag-resource.ts";
import type { TagServices } from "./tagged-resource.ts";
import { untagResource } from "./untag-resource.ts";

export function tagOperations(services: TagServices) {
  return {
    ListTagsForResource: listTagsForResource(services),
    TagResource: tagResource(services),
    UntagResource: untagResource(services),
  } satisfies Handlers;
}
