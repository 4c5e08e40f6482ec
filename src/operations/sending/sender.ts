/** Determines a message's identity and configuration set, and whether they may send. */
import { errors } from "../../contract/errors.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { PreparedMessage } from "./envelope.ts";
import type { SendingServices } from "./sending-services.ts";

/** The identity and the configuration set that send the message. */
export interface Sender {
  identity: string;
  configurationSet: string | undefined;
  /** The configuration set's options; undefined without one. */
  options: ConfigurationSet | undefined;
}

/**
 * Finds the identity and the configuration set. Throws a ServiceError if an identity must be verified and is not, if
 * its MAIL FROM domain must be found and is not, or if the configuration set can't be used to send.
 */
export async function findSender(
  { settings, verification, scope }: SendingServices,
  message: Pick<PreparedMessage, "from" | "fromHeader" | "configurationSetName">,
): Promise<Sender> {
  const identities = await Promise.all(message.fromHeader.map((from) => settings.identityOf(from.address)));
  if (verification === "required") {
    const missing = message.fromHeader.filter((_, index) => !identities[index]?.verified);
    if (missing.length > 0) {
      throw errors.identityNotVerified(
        scope.region,
        missing.map(({ address }) => address),
      );
    }
  }
  const identity = await settings.identityOf(message.from.address);
  if (identity?.refusedMailFrom !== undefined) throw errors.mailFromNotVerified(identity.refusedMailFrom);
  const standard = identity?.configurationSetName ?? undefined;
  const configurationSet = message.configurationSetName ?? standard;
  // The identity still names a default that has been deleted.
  if (standard !== undefined && message.configurationSetName === undefined) {
    if (!(await settings.configurationSet(standard))) throw errors.defaultConfigurationSetNotFound(standard);
  }
  const options = configurationSet === undefined ? undefined : await settings.checkConfigurationSet(configurationSet);
  // Without an identity, verification is off. Use the domain, which is what SES would have verified.
  return { identity: identity?.name ?? message.from.domain, configurationSet, options };
}
