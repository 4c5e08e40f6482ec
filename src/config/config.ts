/** The configuration: all settings, read from the environment, and values derived from several of them. */
import { isIP } from "node:net";
import { accessSettings } from "./access-settings.ts";
import { accountSettings } from "./account-settings.ts";
import { alertSettings } from "./alert-settings.ts";
import { deliverySettings } from "./delivery-settings.ts";
import { insightsSettings } from "./insights-settings.ts";
import { jobSettings } from "./job-settings.ts";
import { mailPortSettings } from "./mail-port-settings.ts";
import { mirrorSettings } from "./mirror-settings.ts";
import { publishingSettings } from "./publishing-settings.ts";
import { recommendationSettings } from "./recommendation-settings.ts";
import { retentionSettings } from "./retention-settings.ts";
import { serverSettings } from "./server-settings.ts";
import { ConfigError, type Environment, readSettings, type SettingValues } from "./setting.ts";
import { storeSettings } from "./store-settings.ts";
import { testingSettings } from "./testing-settings.ts";
import { webhookSettings } from "./webhook-settings.ts";

/** All settings, by their names in `Config`. */
export const settings = {
  ...serverSettings,
  ...accessSettings,
  ...storeSettings,
  ...deliverySettings,
  ...mailPortSettings,
  ...accountSettings,
  ...insightsSettings,
  ...webhookSettings,
  ...jobSettings,
  ...publishingSettings,
  ...mirrorSettings,
  ...alertSettings,
  ...recommendationSettings,
  ...retentionSettings,
  ...testingSettings,
};

/** The values of all settings. */
export type Config = SettingValues<typeof settings>;

/** Variables with a setting's prefix that are no settings: most likely misspelled, or from a later version. */
export function unknownSettings(environment: Environment): string[] {
  const known = new Set(Object.values(settings).map((entry) => entry.name));
  return Object.keys(environment).filter((name) => name.startsWith("MAILGLASS_") && !known.has(name));
}

/**
 * Reads the settings from an environment. An empty variable counts as unset.
 * @throws ConfigError for the first value that can't be used, or for settings that don't go together.
 */
export function readConfig(environment: Environment): Config {
  const config = readSettings(settings, environment);
  checkTogether(config);
  return config;
}

function checkTogether(config: Config): void {
  const { s3Bucket, exportBuckets, delivery, relayUrl } = config;
  if (s3Bucket !== undefined && exportBuckets.includes(s3Bucket)) {
    throw new ConfigError(
      `${settings.exportBuckets.name}: ${s3Bucket} is MAILGLASS_S3_BUCKET, where an export could overwrite mail; name \`download\` or another bucket`,
    );
  }
  if (delivery === "relay" && relayUrl === undefined) {
    throw new ConfigError(
      `${settings.relayUrl.name}: MAILGLASS_DELIVERY=relay wants it, such as smtp://relay.example.com:587`,
    );
  }
  if (config.accountsFromKeys === "on" && authentication(config) === "required") {
    throw new ConfigError(
      `${settings.accountsFromKeys.name}: authentication is required here, so the account of a call is that of its access key; set it to off, or MAILGLASS_AUTH to off`,
    );
  }
}

/** The settings that tell where the server can be reached from. */
type ReachSettings = Pick<Config, "host" | "smtpHost" | "publicUrl" | "trustedProxies">;

/**
 * Whether other machines can reach the server, directly or through a reverse proxy. A proxy is assumed if one is
 * trusted, or if clients use a URL that is not one of this machine.
 */
export function isReachable(config: ReachSettings): boolean {
  const { host, smtpHost = host, publicUrl, trustedProxies } = config;
  const publicHost = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.hostname.replace(/^\[|\]$/g, "");
  return !(
    isLoopback(host) &&
    isLoopback(smtpHost) &&
    (publicHost === undefined || isLoopback(publicHost)) &&
    trustedProxies.length === 0
  );
}

/** Whether callers must authenticate. The default requires it as soon as other machines can reach the server. */
export function authentication(config: Pick<Config, "auth"> & ReachSettings): "off" | "required" {
  return config.auth ?? (isReachable(config) ? "required" : "off");
}

/** Whether calls are limited to SES's rates. The default limits them as soon as other machines can reach the server. */
export function rateLimits(config: Pick<Config, "rateLimits"> & ReachSettings): "off" | "ses" {
  return config.rateLimits ?? (isReachable(config) ? "ses" : "off");
}

/** Whether webhooks may post to private addresses. The default refuses them as soon as other machines can reach the server. */
export function webhookPrivateDestinations(
  config: Pick<Config, "webhookPrivateDestinations"> & ReachSettings,
): "refuse" | "allow" {
  return config.webhookPrivateDestinations ?? (isReachable(config) ? "refuse" : "allow");
}

/** Whether the paths for test suites exist. By default they do unless other machines can reach the server. */
export function testEndpoints(config: Pick<Config, "testEndpoints"> & ReachSettings): "on" | "off" {
  return config.testEndpoints ?? (isReachable(config) ? "off" : "on");
}

/** Whether senders must be verified identities. The default requires it as soon as mail leaves. */
export function identityVerification(config: Pick<Config, "identityVerification" | "delivery">): "off" | "required" {
  return config.identityVerification ?? (config.delivery === "capture" ? "off" : "required");
}

/** Whether domains and addresses are checked for recommendations. By default they are as soon as mail leaves. */
export function recommendations(config: Pick<Config, "recommendations" | "delivery">): "on" | "off" {
  return config.recommendations ?? (config.delivery === "capture" ? "off" : "on");
}

/** Whether an address that the server listens on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return /(^|\.)localhost$/i.test(host) || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
