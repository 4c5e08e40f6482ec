/** Errors about the account, tags and multi-region endpoints. */
import { badRequest, notFound, ServiceError, sendingPaused } from "./service-error.ts";

export const accountErrors = {
  // The account
  accountSendingPaused: () => sendingPaused("Sending paused for this account."),
  websiteUrlInvalid: () => badRequest("Url contains invalid format"),
  // Our own texts.
  sandboxUnavailable: () =>
    badRequest(
      "ProductionAccessEnabled can't be false: Mailglass has no sandbox, all accounts have production access.",
    ),
  pricingPlan: (plan: string) =>
    badRequest(
      `The pricing plan <${plan}> is not available: Mailglass has no pricing plans, so the plan is always NONE.`,
    ),

  // Tags
  tooManyTags: (limit: number) =>
    badRequest(
      `Maximum of ${limit} user tags are allowed per resource, consider reducing the number of tags in the request`,
    ),
  tagCharacters: () =>
    badRequest("Tags can only contain letters, numbers, spaces, and the following special characters: _ . : / = + - @"),
  systemTag: () => badRequest("Caller is an end user and not allowed to mutate system tags"),
  emptyTagKey: () => badRequest(),
  repeatedTagKey: () => badRequest("Cannot provide multiple tags with the same key"),
  // SES sends this one without a text.
  tagRequestInvalid: () => new ServiceError("ValidationException"),
  resourceArnFormat: () => badRequest("ResourceArn is not the expected format"),
  resourceOfOtherAccount: () => badRequest("Operations on a resource created in a different account is not allowed"),
  taggedResourceNotFound: (kind: string, name: string) => notFound(`No ${kind} present with name: ${name}`),
  // The missing space is SES's.
  taggedTenantNotFound: (name: string, id: string) =>
    notFound(`No Tenant present with name: ${name}with tenantId: ${id}`),
  tagOfOtherRegion: () => badRequest("Failed to tag resource"),
  untagOfOtherRegion: () => badRequest("Failed to untag resource"),

  // Multi-region endpoints: our own texts
  multiRegionRoutes: () => badRequest("RoutesDetails must contain exactly one route."),
  multiRegionEndpointRefused: (name: string) =>
    badRequest(
      `The multi-region endpoint <${name}> can't be created: Mailglass does not divide mail between regions. Send to one region, without an EndpointId.`,
    ),
  multiRegionEndpointNotFound: (name: string) => notFound(`The multi-region endpoint <${name}> does not exist.`),
  multiRegionEndpointToken: () => badRequest("Invalid Next Token"),
  /** For SendEmail and SendBulkEmail. */
  endpointUnknown: (id: string) =>
    badRequest(
      `The multi-region endpoint <${id}> does not exist: Mailglass has no multi-region endpoints. Leave EndpointId out.`,
    ),
} as const;
