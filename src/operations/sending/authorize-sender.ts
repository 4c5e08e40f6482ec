/**
 * Finds the identities that authorize a message's addresses, and decides whether the caller may use them: by the rights
 * of its access key and the policies of the identities. An identity is the caller's own, or the one that an ARN names,
 * possibly of another account (SES: sending authorization).
 */
import type { FastifyBaseLogger } from "fastify";
import { isPermitted } from "../../access/policies/decide.ts";
import { readStoredPolicies } from "../../access/policies/policy.ts";
import { type Principal, type RequestContext, userOf } from "../../access/policies/policy-request.ts";
import type { Statement } from "../../access/policies/statement.ts";
import { BoundedMap } from "../../common/bounded-map.ts";
import { errors } from "../../contract/errors.ts";
import type { CallContext } from "../../contract/types.ts";
import { type Address, mailboxOf } from "../../mail/address.ts";
import { identityArn } from "../../publishing/ses-event/sending-account.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { AccountSettings, SendingIdentity } from "../account/settings.ts";
import type { SenderOfMessage } from "./envelope.ts";
import { coversAddress, type NamedIdentity, readIdentityArn } from "./identity-arn.ts";

/** What policies are asked about a send. */
export interface SendRequest {
  /** The IAM action. */
  readonly action: SendAction;
  readonly context: CallContext;
  /** All recipients, with domains in lower case. Called only if a policy's condition needs them. */
  readonly recipients: () => readonly string[];
}

export type SendAction =
  | "ses:SendEmail"
  | "ses:SendRawEmail"
  | "ses:SendTemplatedEmail"
  | "ses:SendBulkEmail"
  | "ses:SendCustomVerificationEmail";

/** The identity of a message's sender. */
export interface AuthorizedSender {
  /** Undefined if there is none, which is accepted only while identities need not be verified. */
  readonly identity: SendingIdentity | undefined;
  /** The identity's scope if another account owns it. */
  readonly owner: Scope | undefined;
}

/**
 * Rejects with a bad request for an ARN that can't be an identity's here, with access-denied if a right or a policy is
 * lacking, and with a rejection if an identity must be verified and is not.
 */
export type AuthorizeSender = (message: SenderOfMessage, request: SendRequest) => Promise<AuthorizedSender>;

export interface AuthorizationServices {
  /** The caller's account and region. */
  scope: Scope;
  settings: AccountSettings;
  /** The settings of an account in this region; undefined if it has nothing here. */
  settingsOfAccount: (accountId: string) => Promise<{ scope: Scope; settings: AccountSettings } | undefined>;
  /** `required`: the sender must be a verified identity. */
  verification: "off" | "required";
  log: Pick<FastifyBaseLogger, "error">;
}

/** An address of a message, with the identity that authorizes it. */
interface Use extends AuthorizedSender {
  readonly address: Address;
  /** The ARN of the identity. An address without an identity stands for itself. */
  readonly resource: string;
  /** Whether another account must permit it. */
  readonly foreign: boolean;
  /** Whether the request names the identity. */
  readonly named: boolean;
}

const none: readonly never[] = [];

/** How many identities' policies are kept parsed. */
const capacity = 64;

export function createSenderAuthorization(services: AuthorizationServices): AuthorizeSender {
  const { scope, settings, settingsOfAccount, verification, log } = services;
  const parsed = new BoundedMap<string, readonly Statement[]>({ capacity, evicts: "oldest" });

  return async (message, request) => {
    const { from, fromHeader, feedbackAddress, identityArns: arns } = message;
    const source = arns.source === undefined ? undefined : readIdentityArn(arns.source, scope);
    const named = (arn: string | undefined, addresses: readonly Address[]) => {
      if (arn !== undefined) return readIdentityArn(arn, scope);
      return source && addresses.some((address) => coversAddress(source, address)) ? source : undefined;
    };
    const feedbackAddresses = feedbackAddress ? [feedbackAddress] : none;
    // Without a feedback address its ARN has nothing to authorize, but must be one.
    const ofFeedback = named(arns.feedback, feedbackAddresses);
    const senders = await usesOf(fromHeader, named(arns.from, fromHeader));
    const same = source ? undefined : senders.find(({ address }) => address.address === from.address);
    const sender = same ?? (await useOf(from, covering(source, [from])));
    const feedback = feedbackAddress ? await usesOf(feedbackAddresses, ofFeedback) : none;
    const sending = same ? senders : [sender, ...senders];
    const uses = feedback.length === 0 ? sending : [...sending, ...feedback];

    checkRights(uses, request);
    const asked = { message, request };
    for (const use of sending) checkPolicies(use, use.address, asked);
    for (const use of feedback) for (const { address } of senders) checkPolicies(use, address, asked);
    if (verification === "required") {
      const unverified = uses.filter((use) => (use.named || senders.includes(use)) && !use.identity?.verified);
      if (unverified.length > 0) throw notVerified(unverified.map(({ address }) => address));
    }
    return sender;
  };

  /** The identities of addresses: the named one where it covers them, which must be somewhere, and else the caller's own. */
  async function usesOf(addresses: readonly Address[], named: NamedIdentity | undefined): Promise<Use[]> {
    covering(named, addresses);
    // One after the other: nearly always it is a single one, and its identity is cached.
    const uses: Use[] = [];
    for (const address of addresses) {
      uses.push(await useOf(address, named && coversAddress(named, address) ? named : undefined));
    }
    return uses;
  }

  function covering(named: NamedIdentity | undefined, addresses: readonly Address[]): NamedIdentity | undefined {
    if (named && !addresses.some((address) => coversAddress(named, address))) throw notVerified(addresses);
    return named;
  }

  function useOf(address: Address, named: NamedIdentity | undefined): Promise<Use> {
    if (named) return namedUse(address, named);
    return settings.identityOf(address.address).then((identity) => ownUse(address, identity));
  }

  function ownUse(address: Address, identity: SendingIdentity | undefined): Use {
    const resource = identityArn(scope, identity?.name ?? mailboxOf(address));
    return { address, resource, identity, owner: undefined, foreign: false, named: false };
  }

  async function namedUse(address: Address, named: NamedIdentity): Promise<Use> {
    const resource = identityArn({ accountId: named.accountId, region: scope.region }, named.name);
    const foreign = named.accountId !== scope.accountId;
    const owner = foreign ? await settingsOfAccount(named.accountId) : undefined;
    const identity = foreign
      ? await owner?.settings.identityNamed(named.name)
      : await settings.identityNamed(named.name);
    return { address, resource, identity, owner: owner?.scope, foreign, named: true };
  }

  function checkRights(uses: readonly Use[], { action, context }: SendRequest): void {
    const operation = action === "ses:SendBulkEmail" ? "SendBulkEmail" : "SendEmail";
    const resources = uses.map(({ resource }) => resource);
    if (context.mayCall(operation, resources)) return;
    const [first = ""] = resources;
    throw denied(resources.find((one) => !context.mayCall(operation, [one])) ?? first, { action, context });
  }

  /** Another account's identity that doesn't exist is denied as one that has no policy: who may not use it learns nothing. */
  function checkPolicies(use: Use, from: Address, asked: { message: SenderOfMessage; request: SendRequest }): void {
    const { resource, identity, foreign } = use;
    const statements = identity && identity.policies.length > 0 ? statementsOf(resource, identity.policies) : [];
    if (statements.length === 0 && !foreign) return;
    const { message, request } = asked;
    const { action } = request;
    const principal = principalOf(request.context);
    const context = () => contextOf(from, message, request);
    const permitted = identity && isPermitted(statements, { principal, action, resource, context });
    if (!permitted) throw denied(resource, request);
  }

  function statementsOf(resource: string, policies: readonly string[]): readonly Statement[] {
    const key = JSON.stringify([resource, ...policies]);
    const known = parsed.get(key);
    if (known) return known;
    const { statements, faults } = readStoredPolicies(policies, resource);
    for (const fault of faults) {
      log.error(
        { identity: resource, fault },
        "a policy of an identity can't be read: it denies all mail of the identity",
      );
    }
    parsed.set(key, statements);
    return statements;
  }

  function notVerified(addresses: readonly Address[]) {
    return errors.identityNotVerified(
      scope.region,
      addresses.map(({ address }) => address),
    );
  }

  function principalOf({ callerIdentity }: CallContext): Principal {
    return userOf(scope.accountId, callerIdentity);
  }

  function denied(resource: string, { action, context }: Pick<SendRequest, "action" | "context">) {
    return errors.notAuthorized({ principal: principalOf(context).arn, action, resource });
  }
}

function contextOf(from: Address, message: SenderOfMessage, { recipients, context }: SendRequest) {
  const { now, sourceIp, client } = context;
  return {
    recipients: recipients(),
    fromAddress: mailboxOf(from),
    fromDisplayName: from.displayName,
    feedbackAddress: mailboxOf(message.feedbackAddress ?? message.from),
    now,
    sourceIp,
    ...client,
  } satisfies RequestContext;
}
