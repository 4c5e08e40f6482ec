/** The account and region that a request is about. See `docs/accounts.md`. */
import type { FastifyRequest } from "fastify";
import type { Caller } from "../access/authenticator.ts";
import { type Accounts, isAccountId } from "../accounts/accounts.ts";
import { createFirstUse } from "../accounts/first-use.ts";
import type { Scopes } from "../accounts/scopes.ts";
import { errors } from "../contract/errors.ts";
import type { Scope } from "../stores/postgres/scopes.ts";

/** Each throws the error to return, or rejects with it. A scope in memory is found without waiting. */
export interface RequestScopes {
  /**
   * The scope that a call of the SES API is about: of its signature, or for the dashboard as `adminScope`.
   * @param stated what an unauthenticated call says of itself.
   */
  scopeOf(request: FastifyRequest, stated: StatedCredential | undefined): Scope | Promise<Scope>;
  /**
   * The scope that a call of the admin API is about: the one that its parameters `account` and `region` name, which
   * must be in the caller's own account unless that is an operator; by default the caller's own.
   */
  adminScope(request: FastifyRequest): Scope | Promise<Scope>;
  /** The only scope that a call of the admin API may see; undefined if an operator has chosen none, and sees all. */
  limitedTo(request: FastifyRequest): Promise<Scope | undefined>;
}

/** A signature that is not verified. */
export interface StatedCredential {
  readonly accessKeyId: string;
  /** Empty if it is not given. */
  readonly region: string;
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
  // A reset gives it another ID, not another name.
  const standard = scopes.default;
  const firstUse = createFirstUse({ scopes, accounts });

  function scopeOf(request: FastifyRequest, stated: StatedCredential | undefined): Scope | Promise<Scope> {
    const { caller } = request;
    if (caller) return caller.kind === "session" ? adminScope(request) : own(caller);
    if (!stated) return adminScope(request);
    const region = serves(stated.region) ? stated.region : standard.region;
    const named = accountsFromKeys && isAccountId(stated.accessKeyId);
    return named ? firstUse(stated.accessKeyId, region) : known(standard.accountId, region);
  }

  function adminScope(request: FastifyRequest): Scope | Promise<Scope> {
    const choice = choiceIn(request.raw.url ?? "");
    return choice ? chosen(request, choice) : own(request.caller);
  }

  async function limitedTo(request: FastifyRequest): Promise<Scope | undefined> {
    const choice = choiceIn(request.raw.url ?? "");
    if (choice) return chosen(request, choice);
    return isOperator(request) ? undefined : own(request.caller);
  }

  /** The default account's callers may be told its name of before, while another process renames it. */
  function own(caller: Caller | undefined): Scope | Promise<Scope> {
    const region = caller?.region ?? standard.region;
    return known(!caller || caller.operator ? standard.accountId : caller.accountId, region);
  }

  async function chosen(request: FastifyRequest, { account, region }: Choice): Promise<Scope> {
    const mine = await own(request.caller);
    if (account !== undefined && account !== mine.accountId && !isOperator(request)) {
      throw errors.otherAccount(mine.accountId);
    }
    if (region !== undefined && !serves(region)) throw errors.regionNotServed(region);
    return known(account ?? mine.accountId, region ?? mine.region);
  }

  function known(account: string, region: string): Scope | Promise<Scope> {
    return scopes.inMemory(account, region) ?? found(account, region);
  }

  async function found(account: string, region: string): Promise<Scope> {
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

/** The signature of a request, not verified, in the header or the query; undefined if it is unsigned. */
export function statedCredential({ headers, raw }: FastifyRequest): StatedCredential | undefined {
  const inHeader = credentialPattern.exec(headers.authorization ?? "");
  const found = inHeader ?? presignedPattern.exec(raw.url ?? "");
  if (!found) return undefined;
  const [, accessKeyId = "", region = ""] = found;
  return { accessKeyId, region };
}

const credentialPattern = /Credential=([\w-]{1,128})\/(?:\d{8}\/([\w-]{1,32})\/)?/;
const presignedPattern = /[?&]X-Amz-Credential=([\w-]{1,128})(?:%2F|\/)\d{8}(?:%2F|\/)([\w-]{1,32})(?:%2F|\/)/i;

/** What the parameters of a request name; at least one of both. */
interface Choice {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** Undefined if the parameters name neither. Empty ones count as absent, as elsewhere in the admin API. */
function choiceIn(target: string): Choice | undefined {
  const mark = target.indexOf("?");
  if (mark < 0) return undefined;
  const parameters = new URLSearchParams(target.slice(mark + 1));
  const read = (name: string) => {
    const values = parameters.getAll(name);
    if (values.length > 1) throw errors.scopeParameter(name);
    return values[0] || undefined;
  };
  const choice = { account: read("account"), region: read("region") };
  return choice.account === undefined && choice.region === undefined ? undefined : choice;
}
