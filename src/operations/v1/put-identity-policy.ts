import { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import { v1Errors } from "../../contract/v1/errors.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { updateIdentityPolicy } from "../../stores/postgres/identity-policies.ts";
import { changeSettings } from "../account/settings.ts";
import { addPolicy } from "../identity-policies/create-email-identity-policy.ts";
import type { IdentityPolicyServices } from "../identity-policies/identity-policy-services.ts";
import { readPolicyKey, readPolicyText } from "../identity-policies/policy-input.ts";
import { givenIdentity } from "./given-identity.ts";

/** PutIdentityPolicy: adds or replaces a policy. SES checks the document before the identity, as observed. */
export function putIdentityPolicy(services: IdentityPolicyServices): Handler<"PutIdentityPolicy"> {
  const { database, settings, scope } = services;
  return async (input) => {
    const given = givenIdentity(scope, input.Identity);
    const identity = normalizeIdentityName(given)?.name;
    const text = await readDocument(services, identity ?? given, input.Policy);
    const key = await readKey(services, given, input.PolicyName);
    const outcome = await addPolicy(services, { ...key, text });
    if (outcome === "no-identity") throw errors.policyIdentity();
    if (outcome === "full") throw v1Errors.policyLimit(key.identity);
    // If it was deleted meanwhile, both calls succeeded in order: it was put, then deleted.
    if (outcome === "exists") {
      await changeSettings(settings, "identities", () => updateIdentityPolicy(database, { ...key, text }));
    }
    return {};
  };
}

async function readDocument(services: IdentityPolicyServices, identity: string, document: string | undefined) {
  try {
    return await readPolicyText(services, identity, document);
  } catch (error) {
    const isRefused = error instanceof ServiceError && error.code === "BadRequestException";
    throw isRefused ? v1Errors.policyInvalid(error.text) : error;
  }
}

async function readKey(services: IdentityPolicyServices, EmailIdentity: string, PolicyName: string | undefined) {
  try {
    return await readPolicyKey(services, { EmailIdentity, PolicyName });
  } catch (error) {
    throw error instanceof ServiceError && error.code === "NotFoundException" ? errors.policyIdentity() : error;
  }
}
