/** What the pages know of identities. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { readIdentityDns } from "../../api/admin.ts";
import { type Answer, ses } from "../../api/ses.ts";

export type Identity = Answer<"GetEmailIdentity">;
export type Status = NonNullable<Identity["VerificationStatus"]>;

/** What all queries of lists of identities begin with. */
export const identitiesKey = "identities";

/** While something is looked for, the server finds it by itself. */
const lookMs = 5_000;

const identityKey = (name: string) => ["identity", name];

/** One identity with all that it says. */
export function identityQuery(name: string) {
  return queryOptions({
    queryKey: [...identityKey(name), "settings"],
    queryFn: ({ signal }) => ses("GetEmailIdentity", { EmailIdentity: name }, signal),
    refetchInterval: ({ state: { data } }) => (data && waits(data) ? lookMs : false),
  });
}

/** Whether something that the identity asks for is still looked for. */
function waits({ VerificationStatus, DkimAttributes, MailFromAttributes }: Identity): boolean {
  const { Status, Tokens = [] } = DkimAttributes ?? {};
  const states = [VerificationStatus, Status, MailFromAttributes?.MailFromDomainStatus];
  // Of two keys the second waits for its record.
  return Tokens.length > 1 || states.some((status) => status === "PENDING" || status === "TEMPORARY_FAILURE");
}

/** Its DNS records. They are read anew when something is asked for, found or lost. */
export function identityDnsQuery(name: string, { VerificationStatus, DkimAttributes, MailFromAttributes }: Identity) {
  const { Status, SigningEnabled, Tokens } = DkimAttributes ?? {};
  const { MailFromDomain, MailFromDomainStatus } = MailFromAttributes ?? {};
  return queryOptions({
    queryKey: [
      ...identityKey(name),
      "dns",
      [VerificationStatus, Status, SigningEnabled, Tokens, MailFromDomain, MailFromDomainStatus],
    ],
    queryFn: ({ signal }) => readIdentityDns(name, signal),
    // The records of this identity as it was stay until those of now are there.
    placeholderData: (before, query) => (query?.queryKey[1] === name ? before : undefined),
  });
}

/** The domain of an identity: its own name or, for an address, what stands behind the `@`. */
export function domainOf(name: string): string {
  return name.slice(name.lastIndexOf("@") + 1);
}

/** The name of an identity as the server has it, of one that it took: the domain in lower case and ASCII. */
export function canonicalName(text: string): string {
  const domain = domainOf(text);
  return text.slice(0, text.length - domain.length) + (URL.parse(`http://${domain}`)?.hostname ?? domain);
}

/** The nearest domain above an identity that is verified, so that it covers it; null where there is none. */
export function coveringQuery(name: string) {
  const labels = domainOf(name).split(".");
  const above = labels.map((_, index) => labels.slice(index).join(".")).filter((domain) => domain !== name);
  return queryOptions({
    queryKey: [identitiesKey, "above", name],
    queryFn: async ({ signal }) => {
      const verified = new Set<string | undefined>();
      // What SES can look for is a part of the names: the last two labels find all of them.
      const Filter = { IDENTITY_NAME_CONTAINS: labels.slice(-2).join("."), IDENTITY_TYPE: "DOMAIN" as const };
      let token: string | undefined;
      do {
        const page = await ses("ListEmailIdentities", { Filter, NextToken: token, PageSize: 1000 }, signal);
        for (const { IdentityName, VerificationStatus } of page.EmailIdentities ?? []) {
          if (VerificationStatus === "SUCCESS" || VerificationStatus === "TEMPORARY_FAILURE")
            verified.add(IdentityName);
        }
        token = page.NextToken;
      } while (token !== undefined);
      return above.find((domain) => verified.has(domain)) ?? null;
    },
  });
}

/** The names of all configuration sets. */
export const configurationSetNamesQuery = queryOptions({
  queryKey: ["suggestions", "configuration sets", "all"],
  queryFn: async ({ signal }) => {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await ses("ListConfigurationSets", { NextToken: token, PageSize: 1000 }, signal);
      names.push(...(page.ConfigurationSets ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return names;
  },
});

/** Reads an identity and its records anew, as once it was changed; resolves when that is done. */
export function useReadAnew(name: string): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: identityKey(name) }),
      queryClient.invalidateQueries({ queryKey: [identitiesKey] }),
    ]);
  };
}

/** Forgets an identity that is not there any more. */
export function useForget(name: string): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    queryClient.removeQueries({ queryKey: identityKey(name) });
    await queryClient.invalidateQueries({ queryKey: [identitiesKey] });
    await queryClient.invalidateQueries({ queryKey: ["suggestions", "identities"] });
  };
}

/** What each part of an identity's page is given. */
export interface PartOf {
  readonly name: string;
  readonly identity: Identity;
}
