/** The account and region that a request is about. See `docs/accounts.md`. */
import type { FastifyRequest } from "fastify";
import type { Caller } from "../access/authenticator.ts";
import { type Accounts, isAccountId } from "../accounts/accounts.ts";
import { createFirstUse } from "../accounts/first-use.ts";
import type { Scopes } from "../accounts/scopes.ts";
import { errors } from "../contract/errors.ts";
import type { Scope } from "../stores/postgres/scopes.ts";

/** Each rejects with the error to return. */
export interface RequestScopes {
  /** The scope that a call of the SES API is about: of its signature, or for the dashboard as `adminScope`. */
  scopeOf(request: FastifyRequest): Promise<Scope>;
  /**
   * The scope that a call of the admin API is about: the one that its parameters `account` and `region` name, which
   * must be in the caller's own account unless that is an operator; by default the caller's own.
   */
  adminScope(request: FastifyRequest): Promise<Scope>;
  /** The only scope that a call of the admin API may see; undefined if an operator has chosen none, and sees all. */
  limitedTo(request: FastifyRequest): Promise<Scope | undefined>;
}

export interface RequestScopeServices {
  scopes: Scopes;
  accounts: Pick<Accounts, "create">;
  serves: (region: string) => boolean;
  /** Whether, without authentication, an access key ID of twelve digits names the account. */
  accountsFromKeys: boolean;
}

export function createRequestScopes(services: RequestScopeServices): RequestScopes {
  const { scopes, accounts, serves, accountsFromKeys } = services;
  // Its names stay when it is reset.
  const standard = scopes.default;
  const firstUse = createFirstUse({ scopes, accounts });

  async function scopeOf(request: FastifyRequest): Promise<Scope> {
    const { caller } = request;
    if (caller) return caller.kind === "session" ? adminScope(request) : own(caller);
    const credential = statedCredential(request);
    if (!credential) return adminScope(request);
    const region = serves(credential.region) ? credential.region : standard.region;
    const named = accountsFromKeys && isAccountId(credential.accessKeyId);
    return named ? firstUse(credential.accessKeyId, region) : known(standard.accountId, region);
  }

  async function adminScope(request: FastifyRequest): Promise<Scope> {
    return (await chosen(request)) ?? own(request.caller);
  }

  async function limitedTo(request: FastifyRequest): Promise<Scope | undefined> {
    const scope = await chosen(request);
    return scope ?? (isOperator(request) ? undefined : own(request.caller));
  }

  /** The default account's callers may be told its name of before, while another process renames it. */
  async function own(caller: Caller | undefined): Promise<Scope> {
    const region = caller?.region ?? standard.region;
    return known(!caller || caller.operator ? standard.accountId : caller.accountId, region);
  }

  async function chosen(request: FastifyRequest): Promise<Scope | undefined> {
    const { account, region } = choiceIn(request.raw.url ?? "");
    if (account === undefined && region === undefined) return undefined;
    const mine = await own(request.caller);
    if (account !== undefined && account !== mine.accountId && !isOperator(request)) {
      throw errors.otherAccount(mine.accountId);
    }
    if (region !== undefined && !serves(region)) throw errors.regionNotServed(region);
    return known(account ?? mine.accountId, region ?? mine.region);
  }

  async function known(account: string, region: string): Promise<Scope> {
    const scope = isAccountId(account) ? await scopes.of(account, region) : undefined;
    if (!scope) throw errors.accountUnknown(account);
    return scope;
  }

  return { scopeOf, adminScope, limitedTo };
}

/** Whether the caller administers the server: with a key of the default account, or without authentication. */
export function isOperator({ caller }: FastifyRequest): boolean {
  return caller === undefined || caller.operator;
}

/** The access key ID and region of a signature that is not verified, in the header or the query; undefined if unsigned. */
export function statedCredential({ headers, raw }: FastifyRequest) {
  const inHeader = credentialPattern.exec(headers.authorization ?? "");
  const found = inHeader ?? presignedPattern.exec(raw.url ?? "");
  if (!found) return undefined;
  const [, accessKeyId = "", region = ""] = found;
  return { accessKeyId, region };
}

const credentialPattern = /Credential=([\w-]{1,128})\/(?:\d{8}\/([\w-]{1,32})\/)?/;
const presignedPattern = /[?&]X-Amz-Credential=([\w-]{1,128})(?:%2F|\/)\d{8}(?:%2F|\/)([\w-]{1,32})(?:%2F|\/)/i;

/** Empty parameters count as absent, as elsewhere in the admin API. */
function choiceIn(target: string): { account: string | undefined; region: string | undefined } {
  const mark = target.indexOf("?");
  if (mark < 0) return { account: undefined, region: undefined };
  const parameters = new URLSearchParams(target.slice(mark + 1));
  const read = (name: string) => {
    const values = parameters.getAll(name);
    if (values.length > 1) throw errors.scopeParameter(name);
    return values[0] || undefined;
  };
  return { account: read("account"), region: read("region") };
}
