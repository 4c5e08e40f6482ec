import { errors } from "../../contract/errors.ts";
import type { CallContext, Handler, Input } from "../../contract/types.ts";
import { acceptMessage } from "./accept-message.ts";
import type { AcceptedMessage } from "./accepted-message.ts";
import { type Preparation, prepare } from "./envelope.ts";
import { givenText } from "./given-addresses.ts";
import { findSender } from "./sender.ts";
import type { SendingServices } from "./sending-services.ts";
import { findTemplate, prepareTemplated, type TemplatedMessage, templateData } from "./templated-message.ts";

/** SendEmail: returns once the message, its SEND event and, in capture mode, its outcome are committed. */
export function sendEmail(services: SendingServices): Handler<"SendEmail"> {
  return async (input, context) => ({ MessageId: await sendMessage(services, input, v2Origin, context) });
}

/** Where a message comes from. */
export interface MessageOrigin {
  /** The value of `ses:operation`. */
  readonly operation: AcceptedMessage["operation"];
  /** The longest message, in bytes; 40 MB by default. */
  readonly maxBytes?: number;
}

const v2Origin: MessageOrigin = { operation: "SendEmail" };

/**
 * Sends one message from one of the APIs or SMTP; resolves to its ID once it is committed.
 * @throws ServiceError if SES would refuse it.
 */
export async function sendMessage(
  services: SendingServices,
  input: Input<"SendEmail">,
  { operation, maxBytes }: MessageOrigin,
  context: CallContext,
): Promise<string> {
  await services.settings.checkAccount();
  const { addressRules } = services;
  const preparation = { addressRules, addsFrom: operation !== "SendSmtpEmail", maxBytes };
  const { message, failure } = await prepareContent(services, input, preparation);
  const sender = await findSender(services, message);
  const listed = await services.lists.listed(message);
  const tracking = await services.tracking(message, sender);
  return acceptMessage(services, { message, failure, sender, listed, tracking, operation, context });
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
