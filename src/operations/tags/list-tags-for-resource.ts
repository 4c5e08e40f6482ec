import { concerning, refuse, violations } from "../../contract/constraints.ts";
import type { Handler } from "../../contract/types.ts";
import { findTaggedResource, type TagServices } from "./tagged-resource.ts";

/**
 * ListTagsForResource. With the ARN of another region, a resource that exists has no tags, as in SES. Unlike SES, which
 * answers a missing ARN with an internal failure, it is a bad request.
 */
export function listTagsForResource(services: TagServices): Handler<"ListTagsForResource"> {
  return async (input) => {
    const { ResourceArn } = input;
    if (ResourceArn === undefined) refuse(concerning(violations("ListTagsForResource", input), "resourceArn"));
    const { tags, inOtherRegion } = await findTaggedResource(services, ResourceArn ?? "");
    return { Tags: inOtherRegion ? [] : tags };
  };
}
