/** Determines a message's identity and configuration set, and whether they may send. */
import { errors } from "../../contract/errors.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { SendRequest } from "./authorize-sender.ts";
import type { SenderOfMessage } from "./envelope.ts";
import type { SendingServices } from "./sending-services.ts";

/** The identity and the configuration set that send the message. */
export interface Sender {
  identity: string;
  /** The scope of the identity if another account owns it. */
  identityOwner?: Scope | undefined;
  configurationSet: string | undefined;
  /** The configuration set's options; undefined without one. */
  options: ConfigurationSet | undefined;
}

/**
 * Finds the identity and the configuration set. Throws a ServiceError if the caller may not use an identity, if an
 * identity must be verified and is not, if its MAIL FROM domain must be found and is not, or if the configuration set
 * can't be used to send.
 */
export async function findSender(
  { settings, authorize }: Pick<SendingServices, "settings" | "authorize">,
  message: SenderOfMessage,
  request: SendRequest,
): Promise<Sender> {
  const { identity, owner } = await authorize(message, request);
  if (identity?.refusedMailFrom !== undefined) throw errors.mailFromNotVerified(identity.refusedMailFrom);
  // The default of another account's identity is a configuration set of that account.
  const standard = owner ? undefined : (identity?.configurationSetName ?? undefined);
  const configurationSet = message.configurationSetName ?? standard;
  // The identity still names a default that has been deleted.
  if (standard !== undefined && message.configurationSetName === undefined) {
    if (!(await settings.configurationSet(standard))) throw errors.defaultConfigurationSetNotFound(standard);
  }
  const options = configurationSet === undefined ? undefined : await settings.checkConfigurationSet(configurationSet);
  // Without an identity, verification is off. Use the domain, which is what SES would have verified.
  return { identity: identity?.name ?? message.from.domain, identityOwner: owner, configurationSet, options };
}
