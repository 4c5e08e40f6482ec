import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { EmailIdentity } from "../../stores/postgres/identities.ts";
import { insertIdentity, selectIdentity } from "../../stores/postgres/identities.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { checkTags } from "../tags.ts";
import { parseIdentityName } from "./identity-name.ts";
import { dkimAttributes } from "./identity-status.ts";

/** SES's quota for an account. */
const MAX_IDENTITIES = 10_000;

/**
 * CreateEmailIdentity. SES checks whether the name is taken, the tags, and then the configuration set. The identity may
 * send at once: `identity-status.ts` says why.
 */
export function createEmailIdentity(services: SettingsServices): Handler<"CreateEmailIdentity"> {
  const { database, settings } = services;
  return async (input) => {
    const { name, type } = parseIdentityName(input.EmailIdentity ?? "");
    if (await selectIdentity(database, [name])) throw errors.identityExists(name);
    const tags = checkTags(input.Tags);
    const nextSigningKeyLength = readKeyLength(type, input.DkimSigningAttributes);
    // An empty name stands for none.
    const configurationSetName = input.ConfigurationSetName
      ? checkConfigurationSetName(input.ConfigurationSetName)
      : null;
    if (configurationSetName && !(await selectConfigurationSet(database, configurationSetName))) {
      throw errors.configurationSetNotFound(configurationSetName);
    }

    const identity: EmailIdentity = { name, type, configurationSetName, nextSigningKeyLength, tags };
    const outcome = await changeSettings(settings, "identities", () =>
      insertIdentity(database, identity, MAX_IDENTITIES),
    );
    if (outcome === "exists") throw errors.identityExists(name);
    if (outcome === "full") throw errors.identityLimit(MAX_IDENTITIES);
    return {
      IdentityType: type,
      VerifiedForSendingStatus: true,
      DkimAttributes: type === "DOMAIN" ? dkimAttributes(identity) : undefined,
    };
  };
}

/** The length of a key still to be made is a wish that can be kept; a key to sign with, or one to copy, can't. */
function readKeyLength(
  type: EmailIdentity["type"],
  dkim: Input<"CreateEmailIdentity">["DkimSigningAttributes"],
): EmailIdentity["nextSigningKeyLength"] {
  if (!dkim) return null;
  if (type !== "DOMAIN") throw errors.dkimNeedsDomain();
  if (dkim.DomainSigningSelector || dkim.DomainSigningPrivateKey || dkim.DomainSigningAttributesOrigin) {
    throw errors.notWritten("CreateEmailIdentity with a DKIM key or origin");
  }
  return dkim.NextSigningKeyLength ?? null;
}
