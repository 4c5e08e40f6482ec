/** Who a message is sent by: whether they may, and under which identity and configuration set. */
import { errors } from "../../contract/errors.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { PreparedMessage } from "./envelope.ts";
import type { SendingServices } from "./sending-services.ts";

/** The identity and the configuration set under which the message goes. */
export interface Sender {
  identity: string;
  configurationSet: string | undefined;
  /** What the configuration set says; undefined without one. */
  options: ConfigurationSet | undefined;
}

/**
 * Finds the identity and the configuration set.
 * Throws a ServiceError where an identity must be verified and is not, its MAIL FROM domain must be found and is not, or
 * the configuration set may not be sent with.
 */
export async function findSender(
  { settings, verification, region }: SendingServices,
  message: Pick<PreparedMessage, "from" | "fromHeader" | "configurationSetName">,
): Promise<Sender> {
  const identities = await Promise.all(message.fromHeader.map((from) => settings.identityOf(from.address)));
  if (verification === "required") {
    const missing = message.fromHeader.filter((_, index) => !identities[index]?.verified);
    if (missing.length > 0) {
      throw errors.identityNotVerified(
        region,
        missing.map(({ address }) => address),
      );
    }
  }
  const identity = await settings.identityOf(message.from.address);
  if (identity?.refusedMailFrom !== undefined) throw errors.mailFromNotVerified(identity.refusedMailFrom);
  const configurationSet = message.configurationSetName ?? identity?.configurationSetName ?? undefined;
  const options = configurationSet === undefined ? undefined : await settings.checkConfigurationSet(configurationSet);
  // Where no identity was created, verification is off: the domain is what SES would have verified.
  return { identity: identity?.name ?? message.from.domain, configurationSet, options };
}
