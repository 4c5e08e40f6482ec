import type { HttpsPolicy, TrackingConfigurationOverrides } from "@aws-sdk/client-sesv2";
import { describe, expect, it } from "vitest";
import { chooseTracking } from "./tracking-choice.ts";

type Switch = "ENABLED" | "DISABLED";

interface Given {
  vdm?: boolean;
  metrics?: boolean;
  set?: Switch;
  published?: { opens: boolean; clicks: boolean };
  override?: TrackingConfigurationOverrides;
}

function chosen({ vdm = true, metrics = false, set, published, override }: Given): string {
  const { opens, clicks } = chooseTracking({
    account: { vdm: { enabled: vdm, engagementMetrics: metrics, optimizedSharedDelivery: false } },
    configurationSet: set && {
      name: "set",
      trackingOptions: null,
      vdmOptions: { DashboardOptions: { EngagementMetrics: set } },
    },
    published,
    override,
    publicUrl: "http://127.0.0.1:8025",
  });
  return [opens && "opens", clicks && "clicks"].filter(Boolean).join(" ");
}

describe("what is tracked", () => {
  it.each<[Given, string]>([
    [{}, ""],
    [{ metrics: true }, "opens clicks"],
    [{ metrics: true, vdm: false }, ""],
    [{ metrics: true, set: "DISABLED" }, ""],
    [{ set: "ENABLED" }, "opens clicks"],
    [{ set: "ENABLED", vdm: false }, ""],
    [{ override: { OpenTrackingEnabled: "ENABLED" } }, "opens"],
    [{ vdm: false, override: { ClickTrackingEnabled: "ENABLED" } }, "clicks"],
    [{ metrics: true, override: { OpenTrackingEnabled: "DISABLED" } }, "clicks"],
    [{ set: "ENABLED", override: { OpenTrackingEnabled: "DISABLED", ClickTrackingEnabled: "DISABLED" } }, ""],
    [{ published: { opens: true, clicks: false } }, "opens"],
    [{ published: { opens: false, clicks: true }, vdm: false }, "clicks"],
    [{ published: { opens: true, clicks: true }, set: "DISABLED" }, "opens clicks"],
    [{ published: { opens: false, clicks: false }, metrics: true }, "opens clicks"],
    [{ published: { opens: true, clicks: true }, override: { OpenTrackingEnabled: "DISABLED" } }, "clicks"],
  ])("%j: %s", (given, expected) => {
    expect(chosen(given)).toBe(expected);
  });
});

describe("under which address", () => {
  const account = { vdm: { enabled: true, engagementMetrics: true, optimizedSharedDelivery: false } };
  const domain = "links.example.com";
  it.each<[HttpsPolicy | undefined, string, string]>([
    [undefined, "http://links.example.com", "//links.example.com"],
    ["OPTIONAL", "http://links.example.com", "//links.example.com"],
    ["REQUIRE_OPEN_ONLY", "https://links.example.com", "//links.example.com"],
    ["REQUIRE", "https://links.example.com", "https://links.example.com"],
  ])("the redirect domain's, with HttpsPolicy %s", (HttpsPolicy, openBase, clickBase) => {
    const trackingOptions = { CustomRedirectDomain: domain, HttpsPolicy };
    const configurationSet = { name: "set", vdmOptions: null, trackingOptions };
    const others = { published: undefined, override: undefined, publicUrl: "http://x.example" };
    const tracking = chooseTracking({ account, configurationSet, ...others });
    expect(tracking).toEqual({ opens: true, clicks: true, openBase, clickBase });
  });

  it("the public one, without its path", () => {
    const publicUrl = "https://mail.example.com:8443/ses/";
    const none = { configurationSet: undefined, published: undefined, override: undefined };
    expect(chooseTracking({ account, ...none, publicUrl })).toMatchObject({
      openBase: "https://mail.example.com:8443",
      clickBase: "https://mail.example.com:8443",
    });
  });
});
