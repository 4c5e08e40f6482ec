import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import { givenKey, wantedEasyKey } from "../../identities/dkim-key-store.ts";
import { type IdentityName, parseIdentityName } from "../../identities/identity-name.ts";
import { maySend, verificationStatus } from "../../identities/status.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { type NewIdentity, selectIdentity } from "../../stores/postgres/identities.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { checkTags } from "../tags.ts";
import { addIdentity } from "./add-identity.ts";
import { dkimAttributes } from "./dkim-attributes.ts";
import { readWantedDkim } from "./dkim-input.ts";
import type { IdentityServices } from "./identity-services.ts";

/**
 * CreateEmailIdentity. SES checks whether the name is taken, the tags, and then the configuration set. The response
 * already contains a domain's DKIM key. The lookup of its record, or the mail to an address, follows soon after.
 */
export function createEmailIdentity(services: IdentityServices): Handler<"CreateEmailIdentity"> {
  const { database, proving, clock } = services;
  return async (input) => {
    const { name, type } = parseIdentityName(input.EmailIdentity ?? "");
    if (await selectIdentity(database, name)) throw errors.identityExists(name);
    const tags = checkTags(input.Tags);
    const dkim = readDkim(services, { name, type }, input.DkimSigningAttributes);
    // An empty name means none.
    const configurationSetName = input.ConfigurationSetName
      ? checkConfigurationSetName(input.ConfigurationSetName)
      : null;
    if (configurationSetName && !(await selectConfigurationSet(database, configurationSetName))) {
      throw errors.configurationSetNotFound(configurationSetName);
    }

    const created = { name, type, configurationSetName, tags, createdAt: clock(), dkim };
    if (!(await addIdentity(services, created))) throw errors.identityExists(name);

    const identity = await selectIdentity(database, name);
    // Another call has just deleted the identity. Both calls succeeded in order: it was created, then deleted.
    if (!identity) throw errors.identityNotFound(name);
    return {
      IdentityType: type,
      VerifiedForSendingStatus: maySend(verificationStatus(identity, proving, clock())),
      DkimAttributes: type === "DOMAIN" ? dkimAttributes(identity, undefined, proving) : undefined,
    };
  };
}

function readDkim(
  services: IdentityServices,
  { name, type }: IdentityName,
  attributes: Input<"CreateEmailIdentity">["DkimSigningAttributes"],
): NewIdentity["dkim"] {
  if (type !== "DOMAIN") {
    if (attributes) throw errors.dkimNeedsDomain();
    return undefined;
  }
  const wanted = readWantedDkim(undefined, attributes);
  return wanted.origin === "EXTERNAL"
    ? givenKey(services, name, wanted.selector, wanted.key)
    : { ...wantedEasyKey(wanted.bits ?? 2048), pair: undefined };
}
