/** Policies and requests for tests. */
import type { PolicyRequest, RequestContext } from "../../src/access/policies/policy-request.ts";

export const owner = "888888888888";
export const delegate = "123456789012";
export const identityArn = `arn:aws:ses:us-east-1:${owner}:identity/example.com`;

/** A statement as an object; `undefined` leaves an element out. */
export function sampleStatement(elements: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Effect: "Allow",
    Principal: { AWS: delegate },
    Action: ["ses:SendEmail", "ses:SendRawEmail"],
    Resource: identityArn,
    ...elements,
  };
}

export function samplePolicy(...statements: unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export interface RequestOptions {
  readonly accountId?: string;
  readonly user?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Partial<RequestContext>;
}

export function sampleRequest(options: RequestOptions = {}): PolicyRequest {
  const { accountId = delegate, user = "John", action = "ses:SendEmail", resource = identityArn, context } = options;
  return {
    principal: { accountId, arn: `arn:aws:iam::${accountId}:user/${user}` },
    action,
    resource,
    context: () => ({
      recipients: ["a@example.com"],
      fromAddress: "sender@example.com",
      fromDisplayName: undefined,
      feedbackAddress: undefined,
      apiVersion: "2",
      now: new Date("2018-09-15T12:00:00.400Z"),
      sourceIp: "203.0.113.9",
      secureTransport: true,
      userAgent: "aws-cli/2",
      referer: undefined,
      ...context,
    }),
  };
}
