import { expect, it } from "vitest";
import type { ServiceError } from "./errors/service-error.ts";
import { errors } from "./errors.ts";

// SES's texts, as other emulators observed them and users quote them.
it.each<[error: ServiceError, code: string, status: number, text: string]>([
  [
    errors.policyName(),
    "BadRequestException",
    400,
    "PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.",
  ],
  [errors.policyExists("p"), "AlreadyExistsException", 400, "Policy <p> already exists"],
  [errors.policyNotFound("p"), "NotFoundException", 404, "Policy <p> does not exist"],
  [
    errors.policyLimit("example.com"),
    "LimitExceededException",
    400,
    "Number of policies for <example.com> exceeds max allowed number of policies per resource",
  ],
  [
    errors.notAuthorized({
      principal: "arn:aws:iam::123456789012:user/n",
      action: "ses:SendEmail",
      resource: "arn:aws:ses:us-east-1:888888888888:identity/example.com",
    }),
    "AccessDeniedException",
    403,
    "User `arn:aws:iam::123456789012:user/n' is not authorized to perform `ses:SendEmail' on resource `arn:aws:ses:us-east-1:888888888888:identity/example.com'",
  ],
])("%s", (error, code, status, text) => {
  expect(error).toMatchObject({ code, status, text });
});
