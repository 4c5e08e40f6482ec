/** Checks what a custom verification template says, in SES's order: the sender, the redirection URLs, then the content. */
import { errors } from "../../contract/errors.ts";
import { newVerificationLink } from "../../identities/verification-mail.ts";
import { parseAddress } from "../../mail/address.ts";
import { MailError } from "../../mail/mail-error.ts";
import type { CustomVerificationParts } from "../../stores/postgres/custom-verification-templates.ts";
import { prepare } from "../sending/envelope.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";
import { verificationMessage } from "./verification-message.ts";

/** SES's limit of the whole mail: "less than 10 MB". */
const maxBytes = 10 * 1024 * 1024 - 1;

/** The members of a request that has parts, in v1 and v2. */
export interface GivenParts {
  FromEmailAddress?: string | undefined;
  TemplateSubject?: string | undefined;
  TemplateContent?: string | undefined;
  SuccessRedirectionURL?: string | undefined;
  FailureRedirectionURL?: string | undefined;
}

/**
 * Checks the parts that are given and returns them as they are stored. Rejects if the sender is not verified and has to
 * be, if a URL can't be redirected to, or if no mail could be made of the subject and the content.
 */
export async function checkTemplateParts(
  services: CustomVerificationServices,
  given: GivenParts,
): Promise<Partial<CustomVerificationParts>> {
  const { FromEmailAddress: fromAddress, SuccessRedirectionURL: successUrl, FailureRedirectionURL: failureUrl } = given;
  if (fromAddress !== undefined) await checkFrom(services, fromAddress);
  if (successUrl !== undefined && !isRedirectable(successUrl)) throw errors.successUrlInvalid();
  if (failureUrl !== undefined && !isRedirectable(failureUrl)) throw errors.failureUrlInvalid();
  const { TemplateSubject: subject, TemplateContent: content } = given;
  if (subject !== undefined || content !== undefined) checkMail(services, subject ?? "", content ?? "");
  return { fromAddress, subject, content, successUrl, failureUrl };
}

async function checkFrom({ sending, verification }: CustomVerificationServices, given: string): Promise<void> {
  const { address } = readAddress(given, sending);
  if (verification === "off") return;
  const identity = await sending.settings.identityOf(address);
  if (!identity?.verified) throw errors.fromAddressNotVerified(given);
}

function readAddress(given: string, { addressRules }: CustomVerificationServices["sending"]) {
  try {
    // A line break could only come from a value that the client did not check.
    if (!/[\r\n\0]/.test(given)) return parseAddress(given, addressRules);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
  }
  throw errors.emailAddressInvalid(given);
}

/** Whether people can be sent to a URL: an absolute one that browsers open, without credentials. */
function isRedirectable(text: string): boolean {
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) ? URL.parse(text) : null;
  return url !== null && url.username === "" && url.password === "";
}

/** Makes the mail once, so that a template that is stored can be sent. */
function checkMail({ sending, abuseAddress, publicUrl }: CustomVerificationServices, subject: string, content: string) {
  const bytes = Buffer.byteLength(content);
  if (bytes > maxBytes) throw errors.messageTooLong(maxBytes, bytes);
  const address = "somebody@example.com";
  const template = { fromAddress: address, subject, content };
  const { url: link } = newVerificationLink(publicUrl());
  const { addressRules } = sending;
  prepare(verificationMessage({ template, address, link, abuseAddress }), { addressRules, addsFrom: true, maxBytes });
}
