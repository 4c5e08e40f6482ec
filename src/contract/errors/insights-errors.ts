/** Errors about insights and metrics. */
import { badRequest, notFound } from "./service-error.ts";

export const insightsErrors = {
  // Virtual Deliverability Manager
  vdmDisabled: () => notFound("To use this feature you must enable Virtual Deliverability Manager"),
  vdmDisabledForExports: () => badRequest("To use this feature you must enable Virtual Deliverability Manager"),
  messageNotFound: (id: string, account: string) => notFound(`Message <${id}> not found for account <${account}>`),

  // Metrics
  repeatedQueryId: () => badRequest("All queries must have a unique identifier."),
  startNotBeforeEnd: () => badRequest("Expected start date to be before the end date."),

  // Dimensions of metrics
  unsupportedDimension: () => badRequest("Unsupported dimension provided."),
  invalidIsp: () => badRequest("Invalid ISP name provided."),
  invalidIdentityDimension: () => badRequest("Invalid email identity provided."),
  emptyTenantDimension: () => badRequest("TenantName cannot be empty"),
  // SES's text is unknown.
  invalidTenantDimension: () => badRequest("Invalid tenant name provided."),
} as const;
