import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { findTaggedResource, type TagServices } from "./tagged-resource.ts";

/** UntagResource: removes the tags with these keys; keys that the resource lacks are ignored. */
export function untagResource(services: TagServices): Handler<"UntagResource"> {
  return async ({ ResourceArn, TagKeys }) => {
    const keys = new Set<string | undefined>(TagKeys?.filter((key) => key !== ""));
    if (ResourceArn === undefined || keys.size === 0) throw errors.tagRequestInvalid();
    const resource = await findTaggedResource(services, ResourceArn);
    if (resource.inOtherRegion) throw errors.untagOfOtherRegion();
    await resource.change((tags) => tags.filter((tag) => !keys.has(tag.Key)));
    return {};
  };
}
