import { errors } from "../../contract/errors.ts";
import type { CallContext, Handler, Input } from "../../contract/types.ts";
import { mailboxOf } from "../../mail/address.ts";
import { acceptMessage } from "./accept-message.ts";
import type { SendAction } from "./authorize-sender.ts";
import { type Preparation, prepare } from "./envelope.ts";
import { givenText } from "./given-addresses.ts";
import { findSender } from "./sender.ts";
import type { SendingServices } from "./sending-services.ts";
import { findTemplate, prepareTemplated, type TemplatedMessage, templateData } from "./templated-message.ts";

/** SendEmail: returns once the message, its SEND event and, in capture mode, its outcome are committed. */
export function sendEmail(services: SendingServices): Handler<"SendEmail"> {
  return async (input, context) => ({ MessageId: await sendMessage(services, input, "SendEmail", context) });
}

/**
 * Sends one message from the API or SMTP; resolves to its ID once it is committed.
 * @throws ServiceError if SES would refuse it.
 */
export async function sendMessage(
  services: SendingServices,
  input: Input<"SendEmail">,
  operation: "SendEmail" | "SendSmtpEmail",
  context: CallContext,
): Promise<string> {
  await services.settings.checkAccount();
  const preparation = { addressRules: services.addressRules, addsFrom: operation === "SendEmail" };
  const { message, failure } = await prepareContent(services, input, preparation);
  const action = actionOf(input);
  const recipients = () => message.recipients.map(({ address }) => mailboxOf(address));
  const sender = await findSender(services, message, { action, context, recipients });
  const listed = await services.lists.listed(message);
  const tracking = await services.tracking(message, sender);
  return acceptMessage(services, { message, failure, sender, listed, tracking, operation, context });
}

/** IAM's action for each kind of content. Mail over SMTP is raw. */
function actionOf({ Content }: Input<"SendEmail">): SendAction {
  if (Content?.Raw !== undefined) return "ses:SendRawEmail";
  return Content?.Template !== undefined ? "ses:SendTemplatedEmail" : "ses:SendEmail";
}

async function prepareContent(
  { templates }: SendingServices,
  input: Input<"SendEmail">,
  preparation: Preparation,
): Promise<TemplatedMessage> {
  const { Simple, Raw, Template } = input.Content ?? {};
  if (Template === undefined || Simple !== undefined || Raw !== undefined) {
    return { message: prepare(input, preparation), failure: undefined };
  }
  if (givenText(input.FromEmailAddress) === undefined) throw errors.fromMissingForTemplate();
  const { Headers, Attachments, TemplateData } = Template;
  const data = templateData(TemplateData);
  return prepareTemplated(input, await findTemplate(templates, Template), data, {
    Headers,
    Attachments,
    preparation,
  });
}
