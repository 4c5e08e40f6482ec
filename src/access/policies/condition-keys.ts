/** The condition keys that a request here has values for. Names ignore case, as in IAM. */
import type { Principal, RequestContext } from "./policy-request.ts";

/** The families of condition operators. */
export type Family = "string" | "numeric" | "date" | "bool" | "ip" | "arn";

/** A request as conditions see it. */
export interface KnownRequest {
  readonly principal: Principal;
  readonly context: () => RequestContext;
}

export interface ConditionKey {
  readonly name: string;
  /** The families whose operators compare this key's values. `Null` works with every key. */
  readonly families: readonly Family[];
  /** IAM asks for ForAllValues or ForAnyValue where a key has several values. */
  readonly multivalued: boolean;
  /** Its values in a request; none if the request lacks the key. */
  readonly values: (request: KnownRequest) => readonly string[];
}

const keys: readonly ConditionKey[] = [
  {
    name: "ses:Recipients",
    families: ["string"],
    multivalued: true,
    values: ({ context }) => context().recipients.filter((address) => address !== ""),
  },
  key("ses:FromAddress", ["string"], ({ context }) => context().fromAddress),
  key("ses:FromDisplayName", ["string"], ({ context }) => context().fromDisplayName),
  key("ses:FeedbackAddress", ["string"], ({ context }) => context().feedbackAddress),
  key("ses:ApiVersion", ["string"], ({ context }) => context().apiVersion),
  key("aws:CurrentTime", ["date"], ({ context }) => `${context().now.toISOString().slice(0, -".000Z".length)}Z`),
  key("aws:EpochTime", ["date", "numeric"], ({ context }) => String(Math.floor(context().now.getTime() / 1000))),
  key("aws:SourceIp", ["ip"], ({ context }) => context().sourceIp),
  key("aws:SecureTransport", ["bool"], ({ context }) => String(context().secureTransport)),
  key("aws:UserAgent", ["string"], ({ context }) => context().userAgent),
  key("aws:Referer", ["string"], ({ context }) => context().referer),
  key("aws:PrincipalArn", ["arn", "string"], ({ principal }) => principal.arn),
  key("aws:PrincipalAccount", ["string"], ({ principal }) => principal.accountId),
];

function key(
  name: string,
  families: readonly Family[],
  value: (request: KnownRequest) => string | undefined,
): ConditionKey {
  const values = (request: KnownRequest) => {
    const found = value(request);
    return found === undefined || found === "" ? [] : [found];
  };
  return { name, families, multivalued: false, values };
}

const byName: ReadonlyMap<string, ConditionKey> = new Map(keys.map((one) => [one.name.toLowerCase(), one]));

/** The key with this name; undefined if no request here has it. */
export function conditionKey(name: string): ConditionKey | undefined {
  return byName.get(name.toLowerCase());
}
