import { describe, expect, it } from "vitest";
import {
  authentication,
  identityVerification,
  isLoopback,
  rateLimits,
  readConfig,
  recommendations,
  settings,
  testEndpoints,
  unknownSettings,
  webhookPrivateDestinations,
} from "./config.ts";
import { servedRegions } from "./regions.ts";
import { ConfigError } from "./setting.ts";

describe("readConfig", () => {
  it("has defaults for an empty environment", () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 8025,
      delivery: "capture",
      insightsScope: "all",
      auth: undefined,
      smtpPort: 1025,
      smtpsPort: undefined,
      retrySeconds: [1800, 3600, 7200, 10800],
      dnsServers: [],
    });
    expect(config.hostname).toMatch(/^[a-z0-9.-]+$/);
    expect(config.postgresUrl).toBeUndefined();
    expect(config.dataDir).toMatch(/\/data$/);
  });

  it("names blocklists by their zones, or as given", () => {
    expect(readConfig({ MAILGLASS_DNSBLS: "BL.test, zen=key.zen.test" }).dnsbls).toEqual([
      { name: "bl.test", zone: "bl.test" },
      { name: "zen", zone: "key.zen.test" },
    ]);
  });

  it("checks for recommendations as soon as mail leaves", () => {
    const on = (environment: Readonly<Record<string, string>>) => recommendations(readConfig(environment));
    expect(on({})).toBe("off");
    expect(on({ MAILGLASS_RECOMMENDATIONS: "on" })).toBe("on");
    expect(on({ MAILGLASS_DELIVERY: "mx" })).toBe("on");
    expect(on({ MAILGLASS_DELIVERY: "mx", MAILGLASS_RECOMMENDATIONS: "off" })).toBe("off");
  });

  it("takes an empty variable for an unset one", () => {
    expect(readConfig({ MAILGLASS_PORT: "", MAILGLASS_POSTGRES_URL: "" })).toMatchObject({ port: 8025 });
  });

  it.each([
    ["MAILGLASS_PORT", "http"],
    ["MAILGLASS_PORT", "65536"],
    ["MAILGLASS_PORT", "-1"],
    ["MAILGLASS_PORT", "1.5"],
    ["MAILGLASS_DELIVERY", "pigeon"],
    ["MAILGLASS_POSTGRES_URL", "mysql://x"],
    ["MAILGLASS_CLICKHOUSE_URL", "not a url"],
    ["MAILGLASS_ACCOUNT_ID", "12"],
    ["MAILGLASS_REGION", "mars"],
    ["MAILGLASS_REGIONS", "eu-west-1,mars"],
    ["MAILGLASS_REGIONS", "eu-west-1,,"],
    ["MAILGLASS_ACCOUNTS_FROM_KEYS", "yes"],
    ["MAILGLASS_LOG_LEVEL", "loud"],
    ["MAILGLASS_EXPORT_URL_SECONDS", "0"],
    ["MAILGLASS_SMTP_PORT", "on"],
    ["MAILGLASS_MASTER_KEY", "c2hvcnQ="],
    ["MAILGLASS_HOSTNAME", "-x"],
    ["MAILGLASS_DNS_SERVERS", "localhost"],
    ["MAILGLASS_DNS_SERVERS", "127.0.0.1:99999"],
    ["MAILGLASS_RECOMMENDATIONS", "yes"],
    ["MAILGLASS_DNSBLS", "zen.spamhaus.org,"],
    ["MAILGLASS_DNSBLS", "https://zen.spamhaus.org"],
    ["MAILGLASS_DNSBLS", `${"x".repeat(64)}.test`],
    ["MAILGLASS_DNSBLS", `${"x.".repeat(95)}test`],
    ["MAILGLASS_DNSBLS", "zen=a.test,zen=b.test"],
    ["MAILGLASS_DNSBLS", "zen="],
    ["MAILGLASS_DNSBLS", Array.from({ length: 21 }, (_, index) => `l${index}.test`).join(",")],
    ["MAILGLASS_RETRY_SECONDS", "60,soon"],
    ["MAILGLASS_RELAY_URL", "http://relay"],
    ["MAILGLASS_TRUSTED_PROXIES", "10.0.0.0/33"],
    ["MAILGLASS_TRUSTED_PROXIES", "proxy.example"],
    ["MAILGLASS_EVENTBRIDGE_SOURCE", "two words"],
    ["MAILGLASS_EVENTBRIDGE_SOURCE", "x".repeat(257)],
    ["MAILGLASS_CLOUDWATCH_NAMESPACE", "AWS/SES"],
    ["MAILGLASS_CLOUDWATCH_NAMESPACE", "aws/ses"],
    ["MAILGLASS_CLOUDWATCH_NAMESPACE", ":mail"],
    ["MAILGLASS_CLOUDWATCH_NAMESPACE", "Grüße"],
    ["MAILGLASS_CLOUDWATCH_NAMESPACE", "x".repeat(256)],
  ])("refuses %s=%s with one line that names it", (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name}: [^\n]+${value}[^\n]*$`));
  });

  it("refuses accounts from unverified keys where authentication is required", () => {
    const accounts = { MAILGLASS_ACCOUNTS_FROM_KEYS: "on" };
    expect(readConfig(accounts).accountsFromKeys).toBe("on");
    for (const required of [{ MAILGLASS_AUTH: "required" }, { MAILGLASS_HOST: "0.0.0.0" }]) {
      expect(() => readConfig({ ...accounts, ...required })).toThrow(/^MAILGLASS_ACCOUNTS_FROM_KEYS: [^\n]+$/);
    }
    expect(readConfig({ ...accounts, MAILGLASS_HOST: "0.0.0.0", MAILGLASS_AUTH: "off" }).auth).toBe("off");
  });

  it.each([
    ["", ["us-east-1"], ["us-east-1"]],
    [
      "eu-west-1, ap-south-1,us-east-1",
      ["us-east-1", "eu-west-1", "ap-south-1"],
      ["us-east-1", "eu-west-1", "ap-south-1"],
    ],
    ["*", ["us-east-1", "xx-new-place-9"], undefined],
  ])("with MAILGLASS_REGIONS=%s serves %j", (text, served, smtp) => {
    const { serves, smtpRegions } = servedRegions(readConfig({ MAILGLASS_REGIONS: text }));
    for (const region of served) expect(serves(region)).toBe(true);
    for (const region of ["us-west-1x", "mars", ""]) expect(serves(region)).toBe(false);
    if (smtp) expect(smtpRegions).toEqual(smtp);
    expect(smtpRegions[0]).toBe("us-east-1");
  });

  it.each([
    ["", []],
    ["download", ["download"]],
    ["download, reports ,my.bucket-1", ["download", "reports", "my.bucket-1"]],
  ])("reads the export buckets %j", (text, buckets) => {
    expect(readConfig({ MAILGLASS_EXPORT_BUCKETS: text }).exportBuckets).toEqual(buckets);
  });

  it.each(["Reports", "a", "re/ports", "..", "reports,", "mail", "download,exports"])(
    "refuses the export buckets %j",
    (text) =>
      expect(() => readConfig({ MAILGLASS_EXPORT_BUCKETS: text })).toThrow(
        /^MAILGLASS_EXPORT_BUCKETS: .* can't be a bucket's name/,
      ),
  );

  it("reads DNS servers of both families, with and without a port", () => {
    const given = "127.0.0.1, [::1]:5353,192.0.2.1:53,2001:db8::1";
    expect(readConfig({ MAILGLASS_DNS_SERVERS: given }).dnsServers).toEqual(given.split(",").map((one) => one.trim()));
  });

  it("wants a relay's URL where mail goes to one", () => {
    expect(() => readConfig({ MAILGLASS_DELIVERY: "relay" })).toThrow(/^MAILGLASS_RELAY_URL: /);
  });

  it("lets nobody in without a key as soon as others can reach the server", () => {
    expect(authentication(readConfig({}))).toBe("off");
    expect(authentication(readConfig({ MAILGLASS_HOST: "0.0.0.0" }))).toBe("required");
    expect(authentication(readConfig({ MAILGLASS_SMTP_HOST: "0.0.0.0" }))).toBe("required");
    expect(authentication(readConfig({ MAILGLASS_HOST: "0.0.0.0", MAILGLASS_AUTH: "off" }))).toBe("off");
  });

  it.each([
    [{}, false],
    [{ MAILGLASS_PUBLIC_URL: "http://localhost:8025" }, false],
    [{ MAILGLASS_PUBLIC_URL: "https://ses.localhost/" }, false],
    [{ MAILGLASS_PUBLIC_URL: "http://127.0.0.1:8025" }, false],
    [{ MAILGLASS_PUBLIC_URL: "http://[::1]:8025" }, false],
    [{ MAILGLASS_PUBLIC_URL: "https://mail.example.com" }, true],
    [{ MAILGLASS_PUBLIC_URL: "http://10.0.0.1" }, true],
    [{ MAILGLASS_PUBLIC_URL: "https://localhost.example.com" }, true],
    [{ MAILGLASS_TRUSTED_PROXIES: "127.0.0.1" }, true],
    [{ MAILGLASS_PUBLIC_URL: "http://localhost", MAILGLASS_TRUSTED_PROXIES: "10.0.0.0/8" }, true],
    [{ MAILGLASS_SMTP_HOST: "0.0.0.0" }, true],
    [{ MAILGLASS_HOST: "::" }, true],
  ])(
    "asks for a key, limits calls and has no paths for tests as soon as others can come, directly or by a proxy: %j",
    (environment, reachable) => {
      const config = readConfig(environment);
      expect([authentication(config), rateLimits(config)]).toEqual(reachable ? ["required", "ses"] : ["off", "off"]);
      expect(webhookPrivateDestinations(config)).toBe(reachable ? "refuse" : "allow");
      expect(testEndpoints(config)).toBe(reachable ? "off" : "on");
      expect(testEndpoints(readConfig({ ...environment, MAILGLASS_TEST_ENDPOINTS: "on" }))).toBe("on");
      expect(testEndpoints(readConfig({ ...environment, MAILGLASS_TEST_ENDPOINTS: "off" }))).toBe("off");
      const open = readConfig({ ...environment, MAILGLASS_AUTH: "off", MAILGLASS_RATE_LIMITS: "off" });
      expect([authentication(open), rateLimits(open)]).toEqual(["off", "off"]);
    },
  );

  it("wants verified identities as soon as mail leaves", () => {
    const relay = { MAILGLASS_DELIVERY: "relay", MAILGLASS_RELAY_URL: "smtp://relay.example.com" };
    expect(identityVerification(readConfig({}))).toBe("off");
    expect(identityVerification(readConfig(relay))).toBe("required");
    expect(identityVerification(readConfig({ ...relay, MAILGLASS_IDENTITY_VERIFICATION: "off" }))).toBe("off");
  });

  it("keeps exports out of the bucket with the mail", () => {
    const environment = { MAILGLASS_S3_BUCKET: "mailglass", MAILGLASS_EXPORT_BUCKETS: "reports,mailglass" };
    expect(() => readConfig(environment)).toThrow(/^MAILGLASS_EXPORT_BUCKETS: mailglass is MAILGLASS_S3_BUCKET/);
  });

  it("finds the names that nobody knows", () => {
    expect(unknownSettings({ MAILGLASS_PROT: "1", MAILGLASS_PORT: "1", HOME: "/" })).toEqual(["MAILGLASS_PROT"]);
  });

  it("gives each setting one name and a meaning", () => {
    const names = Object.values(settings).map((setting) => setting.name);
    expect(new Set(names).size).toBe(names.length);
    for (const setting of Object.values(settings)) expect(setting.meaning).toMatch(/\w.*\.$|\)$/s);
  });
});

describe("isLoopback", () => {
  it.each([
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["::1", true],
    ["localhost", true],
    ["0.0.0.0", false],
    ["::", false],
    ["10.0.0.1", false],
    ["127.example.com", false],
  ])("%s: %s", (host, expected) => expect(isLoopback(host)).toBe(expected));
});
