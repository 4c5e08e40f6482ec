/** Errors about dedicated IP addresses and their pools. */
import { alreadyExists, badRequest, limitExceeded, notFound } from "./service-error.ts";

export const deliveryErrors = {
  // Dedicated IP addresses and their pools
  poolNameMissing: () => badRequest("PoolName is required."),
  scalingMode: () => badRequest("The ScalingMode parameter is invalid."),
  poolExists: (name: string) => alreadyExists(`The pool <${name}> already exists.`),
  poolNotFound: (name: string) => notFound(`The requested pool <${name}> does not exist.`),
  poolNameBlank: () => badRequest("Pool name can't be blank."),
  dedicatedIpNotFound: (address: string) => notFound(`Could not find dedicated IP <${address}> under this account.`),
  warmupPercentageMissing: () => badRequest("Warmup Percentage can't be null."),
  warmupPercentage: () => badRequest("Warmup Percentage must be between 0 and 100."),
  // From here on, our own texts.
  managedPool: () =>
    badRequest(
      "The ScalingMode MANAGED is not supported: Mailglass sends from the addresses that its operator registers, and does not schedule them by the feedback of mailbox providers. Use STANDARD.",
    ),
  poolName: (name: string, limit: number) =>
    badRequest(
      `Invalid pool name <${name}>: it can have up to ${limit} characters, except '/', ':' and control characters.`,
    ),
  poolLimit: (limit: number) => limitExceeded(`The account has the maximum number of dedicated IP pools, <${limit}>.`),
  poolBuiltIn: (name: string) => badRequest(`The pool <${name}> can't be deleted.`),
  poolInUse: (name: string, use: { addresses: boolean; configurationSets: readonly string[] }) => {
    const users = [
      ...(use.addresses ? ["dedicated IP addresses are in it"] : []),
      ...(use.configurationSets.length > 0
        ? [`configuration sets use it, such as ${use.configurationSets.map((set) => `<${set}>`).join(", ")}`]
        : []),
    ];
    return badRequest(`The pool <${name}> can't be deleted: ${users.join(", and ")}.`);
  },
  dedicatedIpPageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  dedicatedIpToken: (token: string) => badRequest(`Invalid NextToken <${token}>.`),
} as const;
