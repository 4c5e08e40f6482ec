import { concerning, refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { checkTags, mergeTags } from "../tags.ts";
import { findTaggedResource, type TagServices } from "./tagged-resource.ts";

/** TagResource: adds tags, and replaces the values of keys that the resource has. No tags change nothing. */
export function tagResource(services: TagServices): Handler<"TagResource"> {
  return async (input) => {
    const { ResourceArn, Tags } = input;
    if (ResourceArn === undefined || Tags === undefined) throw errors.tagRequestInvalid();
    const resource = await findTaggedResource(services, ResourceArn);
    if (resource.inOtherRegion) throw errors.tagOfOtherRegion();
    refuse(concerning(violations("TagResource", input), "tags"));
    const given = checkTags(Tags);
    if (given.length > 0) await resource.change((tags) => mergeTags(tags, given));
    return {};
  };
}
