import type { BulkEmailStatus as V1Status } from "@aws-sdk/client-ses";
import type { BulkEmailStatus } from "@aws-sdk/client-sesv2";
import type { Handler } from "../../contract/v1/types.ts";
import { sendBulk } from "../sending/send-bulk-email.ts";
import type { SendingServices } from "../sending/sending-services.ts";
import { v1Intake } from "./v1-intake.ts";

const statuses: Readonly<Record<BulkEmailStatus, V1Status>> = {
  ACCOUNT_DAILY_QUOTA_EXCEEDED: "AccountDailyQuotaExceeded",
  ACCOUNT_SENDING_PAUSED: "AccountSendingPaused",
  ACCOUNT_SUSPENDED: "AccountSuspended",
  ACCOUNT_THROTTLED: "AccountThrottled",
  CONFIGURATION_SET_NOT_FOUND: "ConfigurationSetDoesNotExist",
  CONFIGURATION_SET_SENDING_PAUSED: "ConfigurationSetSendingPaused",
  FAILED: "Failed",
  INVALID_PARAMETER: "InvalidParameterValue",
  INVALID_SENDING_POOL_NAME: "InvalidSendingPoolName",
  MAIL_FROM_DOMAIN_NOT_VERIFIED: "MailFromDomainNotVerified",
  MESSAGE_REJECTED: "MessageRejected",
  SUCCESS: "Success",
  TEMPLATE_NOT_FOUND: "TemplateDoesNotExist",
  TRANSIENT_FAILURE: "TransientFailure",
};

/** SendBulkTemplatedEmail: v2's SendBulkEmail with a stored template. */
export function sendBulkTemplatedEmail(services: SendingServices): Handler<"SendBulkTemplatedEmail"> {
  return async (input, context) => {
    const bulk = {
      FromEmailAddress: input.Source,
      FromEmailAddressIdentityArn: input.SourceArn,
      ReplyToAddresses: input.ReplyToAddresses,
      FeedbackForwardingEmailAddress: input.ReturnPath,
      FeedbackForwardingEmailAddressIdentityArn: input.ReturnPathArn,
      DefaultContent: {
        Template: {
          TemplateName: input.Template,
          TemplateArn: input.TemplateArn,
          TemplateData: input.DefaultTemplateData,
        },
      },
      DefaultEmailTags: input.DefaultTags,
      BulkEmailEntries: input.Destinations?.map(({ Destination, ReplacementTags, ReplacementTemplateData }) => ({
        Destination,
        ReplacementTags,
        ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData } },
      })),
      ConfigurationSetName: input.ConfigurationSetName,
    };
    const results = await sendBulk(services, bulk, v1Intake("SendBulkTemplatedEmail"), context);
    return {
      Status: results.map(({ Status, ...rest }) => ({ Status: Status && statuses[Status], ...rest })),
    };
  };
}
