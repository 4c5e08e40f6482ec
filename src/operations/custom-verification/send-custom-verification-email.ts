import { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { newVerificationLink } from "../../identities/verification-mail.ts";
import { restartAddressProof } from "../../stores/postgres/address-proofs.ts";
import {
  type CustomVerificationLink,
  insertCustomVerificationLink,
  withdrawCustomVerificationLink,
} from "../../stores/postgres/custom-verification-links.ts";
import { selectCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import { changeSettings } from "../account/settings.ts";
import { addIdentity } from "../identities/add-identity.ts";
import { acceptMessage } from "../sending/accept-message.ts";
import { prepare } from "../sending/envelope.ts";
import { givenText } from "../sending/given-addresses.ts";
import { findSender } from "../sending/sender.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";
import { verificationMessage } from "./verification-message.ts";

/** How long the failure URL of a link is kept, in milliseconds; the link itself is valid for a day. */
const keptMs = 30 * 24 * 3600_000;

/** SES's limit of an address. */
const maxAddress = 320;

/**
 * SendCustomVerificationEmail, of both APIs: adds the address as an identity that is not verified, and sends it a mail
 * with a link. An address that exists, verified or not, gets another mail. SES checks the address, the template, the
 * sender and then the configuration set.
 */
export function sendCustomVerificationEmail(
  services: CustomVerificationServices,
): Handler<"SendCustomVerificationEmail"> {
  const { identities, sending, publicUrl, abuseAddress } = services;
  const { database, settings } = identities;
  return async (input, context) => {
    const account = await settings.checkAccount();
    const address = givenAddress(input.EmailAddress);
    const { TemplateName: name = "" } = input;
    const template = await findTemplate(name);
    const { url, tokenHash } = newVerificationLink(publicUrl());
    const { addressRules } = sending;
    const message = prepare(
      {
        ...verificationMessage({ template, address, link: url, abuseAddress }),
        ConfigurationSetName: givenText(input.ConfigurationSetName),
      },
      { addressRules, addsFrom: true },
    );
    const recipients = () => [address];
    const sender = await findSender(sending, message, {
      action: "ses:SendCustomVerificationEmail",
      context,
      recipients,
    });

    const { successUrl, failureUrl } = template;
    const link = { tokenHash, address, sentAt: context.now, successUrl, failureUrl };
    const isNew = await addPending(link);
    const operation = "SendCustomVerificationEmail";
    try {
      // Without `tracking`: as in SES, neither opens nor clicks are tracked.
      const MessageId = await acceptMessage(sending, {
        message,
        failure: undefined,
        sender,
        account,
        operation,
        context,
      });
      if (!isNew)
        await changeSettings(settings, "identities", () => restartAddressProof(database, address, link.sentAt));
      return { MessageId };
    } catch (error) {
      // After any other error, the mail may have been committed.
      if (error instanceof ServiceError) await withdraw(link, isNew);
      throw error;
    }
  };

  async function findTemplate(name: string) {
    // PostgreSQL refuses a NUL.
    const template = name.includes("\0") ? undefined : await selectCustomVerificationTemplate(database, name);
    if (!template) throw errors.verificationTemplateOfMailNotFound(name);
    return template;
  }

  /** Adds the identity, if there is none, and the link; returns whether the identity is new. */
  async function addPending(link: CustomVerificationLink): Promise<boolean> {
    const { address, sentAt } = link;
    const isNew = await addIdentity(identities, {
      name: address,
      type: "EMAIL_ADDRESS",
      configurationSetName: null,
      tags: [],
      createdAt: sentAt,
      proofRequestedAt: sentAt,
      dkim: undefined,
    });
    await insertCustomVerificationLink(database, link, new Date(sentAt.getTime() - keptMs));
    return isNew;
  }

  async function withdraw(link: CustomVerificationLink, isNew: boolean): Promise<void> {
    await changeSettings(settings, "identities", () =>
      withdrawCustomVerificationLink(database, link, isNew ? link.sentAt : undefined),
    );
  }
}

/** The address to verify, in the form of identities' names. */
function givenAddress(given: string | undefined): string {
  if (!given?.trim()) throw errors.verificationAddressMissing();
  const identity = given.length > maxAddress ? undefined : normalizeIdentityName(given);
  if (identity?.type !== "EMAIL_ADDRESS") throw errors.verificationAddressInvalid(given);
  return identity.name;
}
