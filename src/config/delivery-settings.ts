/** Settings of outgoing mail: its destination, names and retries. */
import { hostname as machineName } from "node:os";
import { optional, setting } from "./setting.ts";
import { dnsServerList, hostnameOf, oneOf, secondsList, url, wholeNumber } from "./values.ts";

export const deliverySettings = {
  delivery: setting(
    "MAILGLASS_DELIVERY",
    "`capture`: mail is stored and counts as delivered; none leaves the server. `relay`: mail goes to MAILGLASS_RELAY_URL. `mx`: mail goes to the mail servers of its recipients.",
    "capture",
    oneOf("capture", "relay", "mx"),
  ),
  relayUrl: optional(
    "MAILGLASS_RELAY_URL",
    "The SMTP server for MAILGLASS_DELIVERY=relay, with user and password if it needs them: `smtp://user:password@host:587` or `smtps://...`. With `smtp:`, the server uses STARTTLS if the relay offers it, and never sends a password to another machine without it.",
    url("smtp", "smtps"),
  ),
  hostname: setting(
    "MAILGLASS_HOSTNAME",
    "The host name of this server in EHLO. Its address record should point to this server, and the reverse DNS record back to it. Unset: the host name of the machine.",
    "",
    (name) => (name === "" ? ownHostname() : hostnameOf(name)),
  ),
  returnPathDomain: optional(
    "MAILGLASS_RETURN_PATH_DOMAIN",
    "The domain of the return path (MAIL FROM), for identities without a MAIL FROM domain of their own. Its MX record must lead to MAILGLASS_BOUNCE_PORT. Unset: MAILGLASS_HOSTNAME.",
    hostnameOf,
  ),
  dnsServers: setting(
    "MAILGLASS_DNS_SERVERS",
    "The DNS servers, separated by commas: `address` or `address:port`. Unset: those of the system.",
    "",
    dnsServerList,
  ),
  dnssec: setting(
    "MAILGLASS_DNSSEC",
    "`trust`: the server trusts the DNS servers when they mark an answer as validated by DNSSEC, and uses DANE. The DNS servers must validate, and the path to them must be secure: run one on this machine. `off`: it ignores the mark and does not use DANE.",
    "off",
    oneOf("off", "trust"),
  ),
  mxPort: setting(
    "MAILGLASS_MX_PORT",
    "The port of the recipients' mail servers. Change it for tests only.",
    "25",
    wholeNumber(1, 65535),
  ),
  privateDestinations: setting(
    "MAILGLASS_PRIVATE_DESTINATIONS",
    "Whether mail and MTA-STS requests may go to private, loopback or link-local addresses that the DNS of a recipient's domain names: `refuse` or `allow`. The relay may always have such an address.",
    "refuse",
    oneOf("refuse", "allow"),
  ),
  deliveryConnections: setting(
    "MAILGLASS_DELIVERY_CONNECTIONS",
    "The most SMTP connections that this process opens at a time. 0: this process delivers no mail.",
    "50",
    wholeNumber(0, 5_000),
  ),
  mxConnections: setting(
    "MAILGLASS_MX_CONNECTIONS",
    "The most SMTP connections that this process opens at a time to one mail server, and for one recipient domain.",
    "20",
    wholeNumber(1, 5_000),
  ),
  maxDeliverySeconds: setting(
    "MAILGLASS_MAX_DELIVERY_SECONDS",
    "How many seconds delivery of a message is tried before it bounces, unless its configuration set has a MaxDeliverySeconds. The default is that of SES, 14 hours.",
    "50400",
    wholeNumber(1, 14 * 24 * 3600),
  ),
  retrySeconds: setting(
    "MAILGLASS_RETRY_SECONDS",
    "The seconds before each retry, separated by commas. The last value repeats (RFC 5321, 4.5.4.1).",
    "1800,3600,7200,10800",
    secondsList,
  ),
  placementTestHours: setting(
    "MAILGLASS_PLACEMENT_TEST_HOURS",
    "How many hours mail of an [inbox placement test](deliverability-tests.md) is looked for before it counts as missing. The default is that of SES.",
    "24",
    wholeNumber(1, 24 * 7),
  ),
};

/** The machine's host name if it is valid (a laptop's may not be). */
function ownHostname(): string {
  try {
    return hostnameOf(machineName());
  } catch {
    return "localhost";
  }
}
