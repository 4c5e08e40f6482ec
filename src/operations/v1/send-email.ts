import type { Handler } from "../../contract/v1/types.ts";
import { sendMessage } from "../sending/send-email.ts";
import type { SendingServices } from "../sending/sending-services.ts";
import { v1Intake } from "./v1-intake.ts";

/** SendEmail: v2's SendEmail with Simple content. */
export function sendEmail(services: SendingServices): Handler<"SendEmail"> {
  return async (input, context) => {
    const message = {
      FromEmailAddress: input.Source,
      FromEmailAddressIdentityArn: input.SourceArn,
      Destination: input.Destination,
      ReplyToAddresses: input.ReplyToAddresses,
      FeedbackForwardingEmailAddress: input.ReturnPath,
      FeedbackForwardingEmailAddressIdentityArn: input.ReturnPathArn,
      Content: { Simple: { Subject: input.Message?.Subject, Body: input.Message?.Body } },
      EmailTags: input.Tags,
      ConfigurationSetName: input.ConfigurationSetName,
    };
    return { MessageId: await sendMessage(services, message, v1Intake("SendEmail"), context) };
  };
}
