import { errors } from "../../contract/errors.ts";
import type { CallContext, Handler, Input } from "../../contract/types.ts";
import { type GivenContent, givenRaw } from "../../events/given-content.ts";
import { mailboxOf } from "../../mail/address.ts";
import { refuseEndpoint } from "../multi-region-endpoints/refuse-endpoint.ts";
import { acceptMessage } from "./accept-message.ts";
import type { AcceptedMessage } from "./accepted-message.ts";
import type { SendAction } from "./authorize-sender.ts";
import { type Preparation, type PreparedMessage, prepare, tenantOfRequest } from "./envelope.ts";
import { givenText } from "./given-addresses.ts";
import { findSender } from "./sender.ts";
import type { SendingServices } from "./sending-services.ts";
import { findTemplate, prepareTemplated, type TemplatedMessage, templateData } from "./templated-message.ts";
import { checkTenantAccess } from "./tenant-access.ts";

/** SendEmail: returns once the message, its SEND event and, in capture mode, its outcome are committed. */
export function sendEmail(services: SendingServices): Handler<"SendEmail"> {
  return async (input, context) => {
    refuseEndpoint(input);
    return { MessageId: await sendMessage(services, input, v2, context) };
  };
}

/** How a message came in. */
export interface Intake {
  /** The value of `ses:operation`. */
  readonly operation: AcceptedMessage["operation"];
  /** The longest message, in bytes; 40 MB by default. */
  readonly maxBytes?: number;
}

const v2: Intake = { operation: "SendEmail" };

/**
 * Sends one message from one of the APIs or SMTP; resolves to its ID once it is committed.
 * @throws ServiceError if SES would refuse it.
 */
export async function sendMessage(
  services: SendingServices,
  input: Input<"SendEmail">,
  intake: Intake,
  context: CallContext,
): Promise<string> {
  return acceptMessage(services, await admitMessage(services, input, intake, context));
}

/**
 * Checks a message, and prepares it for `acceptMessage`. Changes nothing.
 * @throws ServiceError if SES would refuse it.
 */
export async function admitMessage(
  services: SendingServices,
  input: Input<"SendEmail">,
  { operation, maxBytes }: Intake,
  context: CallContext,
): Promise<AcceptedMessage> {
  const account = await services.settings.checkAccount();
  const { addressRules } = services;
  const preparation = { addressRules, addsFrom: operation !== "SendSmtpEmail", maxBytes };
  const { message, failure } = await prepareContent(services, input, preparation);
  const action = actionOf(input);
  const recipients = () => message.recipients.map(({ address }) => mailboxOf(address));
  const sender = await findSender(services, message, { action, context, recipients });
  const listed = await services.lists.listed(message);
  const tracking = await services.tracking(message, sender);
  const given = services.recordsGiven ? givenBy(input) : undefined;
  return { message, failure, sender, account, listed, tracking, operation, context, given };
}

function givenBy({ FromEmailAddress, Content }: Input<"SendEmail">): GivenContent {
  if (Content?.Raw?.Data !== undefined) return { raw: givenRaw(Content.Raw.Data, givenText(FromEmailAddress)) };
  return Content?.Template ? { template: { data: Content.Template.TemplateData } } : {};
}

/** IAM's action for each kind of content. Mail over SMTP is raw. */
function actionOf({ Content }: Input<"SendEmail">): SendAction {
  if (Content?.Raw !== undefined) return "ses:SendRawEmail";
  return Content?.Template !== undefined ? "ses:SendTemplatedEmail" : "ses:SendEmail";
}

async function prepareContent(
  services: SendingServices,
  input: Input<"SendEmail">,
  preparation: Preparation,
): Promise<TemplatedMessage> {
  const { Simple, Raw, Template } = input.Content ?? {};
  if (Template === undefined || Simple !== undefined || Raw !== undefined) {
    const tenant = tenantOfRequest(input, preparation.addressRules);
    if (tenant) await checkTenantAccess(services, tenant);
    const message = prepare(input, preparation);
    if (Raw !== undefined) await checkTenantOfRaw(services, message);
    return { message, failure: undefined };
  }
  if (givenText(input.FromEmailAddress) === undefined) throw errors.fromMissingForTemplate();
  const { Headers, Attachments, TemplateData } = Template;
  const data = templateData(TemplateData);
  const template = await findTemplate(services, Template);
  const tenant = tenantOfRequest(input, preparation.addressRules);
  if (tenant) await checkTenantAccess(services, { ...tenant, template: template.name || undefined });
  return prepareTemplated(input, template, data, { Headers, Attachments, preparation });
}

/** A raw message's own fields name the sender, and may name the tenant and the configuration set. */
async function checkTenantOfRaw(services: SendingServices, message: PreparedMessage): Promise<void> {
  const { tenantName, from, fromHeader, configurationSetName } = message;
  if (tenantName === undefined) return;
  await checkTenantAccess(services, { tenantName, from: [from, ...fromHeader], configurationSetName });
}
