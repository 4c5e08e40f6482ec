/** All errors that clients can see, in one table by their cause. Texts are SES's own if they are known. Callers throw the result. */
import { accountErrors } from "./errors/account-errors.ts";
import { authenticationErrors } from "./errors/authentication-errors.ts";
import { configurationSetErrors } from "./errors/configuration-set-errors.ts";
import { deliverabilityErrors } from "./errors/deliverability-errors.ts";
import { deliveryErrors } from "./errors/delivery-errors.ts";
import { identityErrors } from "./errors/identity-errors.ts";
import { insightsErrors } from "./errors/insights-errors.ts";
import { jobErrors } from "./errors/job-errors.ts";
import { recipientErrors } from "./errors/recipient-errors.ts";
import { requestErrors } from "./errors/request-errors.ts";
import { sendingErrors } from "./errors/sending-errors.ts";
import { tenantErrors } from "./errors/tenant-errors.ts";

export const errors = {
  ...accountErrors,
  ...authenticationErrors,
  ...configurationSetErrors,
  ...deliverabilityErrors,
  ...deliveryErrors,
  ...identityErrors,
  ...insightsErrors,
  ...jobErrors,
  ...recipientErrors,
  ...requestErrors,
  ...sendingErrors,
  ...tenantErrors,
} as const;
