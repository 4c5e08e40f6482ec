import type { Handler } from "../../contract/v1/types.ts";
import { sendMessage } from "../sending/send-email.ts";
import type { SendingServices } from "../sending/sending-services.ts";
import { v1Intake } from "./v1-intake.ts";

/**
 * SendRawEmail: v2's SendEmail with Raw content. Without Destinations, the message's own headers name the recipients;
 * without Source, its From names the sender.
 */
export function sendRawEmail(services: SendingServices): Handler<"SendRawEmail"> {
  return async (input, context) => {
    const message = {
      FromEmailAddress: input.Source,
      FromEmailAddressIdentityArn: input.SourceArn ?? input.FromArn,
      Destination: { ToAddresses: input.Destinations },
      FeedbackForwardingEmailAddressIdentityArn: input.ReturnPathArn,
      Content: { Raw: { Data: input.RawMessage?.Data } },
      EmailTags: input.Tags,
      ConfigurationSetName: input.ConfigurationSetName,
    };
    return { MessageId: await sendMessage(services, message, v1Intake("SendRawEmail"), context) };
  };
}
