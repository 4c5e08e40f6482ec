import type { Handler } from "../../contract/v1/types.ts";
import { sendMessage } from "../sending/send-email.ts";
import type { SendingServices } from "../sending/sending-services.ts";
import { v1Intake } from "./v1-intake.ts";

/** SendTemplatedEmail: v2's SendEmail with a stored template. */
export function sendTemplatedEmail(services: SendingServices): Handler<"SendTemplatedEmail"> {
  return async (input, context) => {
    const message = {
      FromEmailAddress: input.Source,
      FromEmailAddressIdentityArn: input.SourceArn,
      Destination: input.Destination,
      ReplyToAddresses: input.ReplyToAddresses,
      FeedbackForwardingEmailAddress: input.ReturnPath,
      FeedbackForwardingEmailAddressIdentityArn: input.ReturnPathArn,
      Content: {
        Template: {
          TemplateName: input.Template,
          TemplateArn: input.TemplateArn,
          TemplateData: input.TemplateData,
        },
      },
      EmailTags: input.Tags,
      ConfigurationSetName: input.ConfigurationSetName,
    };
    return { MessageId: await sendMessage(services, message, v1Intake("SendTemplatedEmail"), context) };
  };
}
