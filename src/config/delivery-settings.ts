/** The settings of mail that goes out and of what comes back. */
import { hostname as machineName } from "node:os";
import { optional, setting } from "./setting.ts";
import { dnsServerList, hostnameOf, oneOf, portOrOff, secondsList, text, url, wholeNumber } from "./values.ts";

/** The table's part. */
export const deliverySettings = {
  delivery: setting(
    "MAILGLASS_DELIVERY",
    "`capture`: mail is kept and counts as delivered; nothing leaves. `relay`: mail goes to MAILGLASS_RELAY_URL. `mx`: mail goes to the mail servers of its recipients.",
    "capture",
    oneOf("capture", "relay", "mx"),
  ),
  relayUrl: optional(
    "MAILGLASS_RELAY_URL",
    "The server that mail goes to with MAILGLASS_DELIVERY=relay, with user and password if it wants them: `smtp://user:password@host:587` (STARTTLS where it is offered, and always before a password is sent beyond this machine) or `smtps://...`.",
    url("smtp", "smtps"),
  ),
  hostname: setting(
    "MAILGLASS_HOSTNAME",
    "The name by which this server introduces itself to mail servers; its address should resolve to it and back. Unset: the machine's own.",
    "",
    (name) => (name === "" ? ownHostname() : hostnameOf(name)),
  ),
  returnPathDomain: optional(
    "MAILGLASS_RETURN_PATH_DOMAIN",
    "The domain that bounces come back to; its MX record must lead to MAILGLASS_BOUNCE_PORT. Unset: MAILGLASS_HOSTNAME. An identity's own MAIL FROM domain goes before it.",
    hostnameOf,
  ),
  smtpHost: optional(
    "MAILGLASS_SMTP_HOST",
    "The address that the SMTP ports and the bounce port listen on. Unset: MAILGLASS_HOST.",
    text,
  ),
  smtpPort: setting(
    "MAILGLASS_SMTP_PORT",
    "The port where SMTP clients hand in mail, with STARTTLS. 0 takes a free one; `off`: none.",
    "1025",
    portOrOff,
  ),
  smtpsPort: setting(
    "MAILGLASS_SMTPS_PORT",
    "The port where SMTP clients hand in mail over TLS from the start. 0 takes a free one; `off`: none.",
    "off",
    portOrOff,
  ),
  bouncePort: setting(
    "MAILGLASS_BOUNCE_PORT",
    "The port where bounces and complaints come in, wherever mail is really sent. 0 takes a free one; `off`: none.",
    "2526",
    portOrOff,
  ),
  smtpCertificate: optional(
    "MAILGLASS_SMTP_CERTIFICATE",
    "A PEM file with the certificate (and its chain) of the SMTP ports. Unset: one that the server makes for itself, which no client can check.",
    text,
  ),
  smtpCertificateKey: optional("MAILGLASS_SMTP_CERTIFICATE_KEY", "The PEM file with its private key.", text),
  dnsServers: setting(
    "MAILGLASS_DNS_SERVERS",
    "The DNS servers to ask, separated by commas: `address` or `address:port`. Empty: those of the system.",
    "",
    dnsServerList,
  ),
  dnssec: setting(
    "MAILGLASS_DNSSEC",
    "`trust`: the DNS servers check DNSSEC and the way to them is safe (one on this machine), so their word on it counts and DANE is used. `off`: it does not, and DANE isn't.",
    "off",
    oneOf("off", "trust"),
  ),
  mxPort: setting(
    "MAILGLASS_MX_PORT",
    "The port of the recipients' mail servers. Other than 25 is for tests.",
    "25",
    wholeNumber(1, 65535),
  ),
  privateDestinations: setting(
    "MAILGLASS_PRIVATE_DESTINATIONS",
    "`refuse`: neither mail nor requests go to private, loopback or link-local addresses that a domain's DNS names. `allow`: they do. The relay is not concerned.",
    "refuse",
    oneOf("refuse", "allow"),
  ),
  deliveryConnections: setting(
    "MAILGLASS_DELIVERY_CONNECTIONS",
    "How many SMTP connections this process has open at the most. 0: it delivers nothing itself.",
    "50",
    wholeNumber(0, 5_000),
  ),
  mxConnections: setting(
    "MAILGLASS_MX_CONNECTIONS",
    "How many SMTP connections this process has open to one mail server, and for one domain, at the most.",
    "20",
    wholeNumber(1, 5_000),
  ),
  maxDeliverySeconds: setting(
    "MAILGLASS_MAX_DELIVERY_SECONDS",
    "For how long delivery is tried before mail bounces, in seconds, where its configuration set says nothing. SES: 14 hours.",
    "50400",
    wholeNumber(1, 14 * 24 * 3600),
  ),
  retrySeconds: setting(
    "MAILGLASS_RETRY_SECONDS",
    "How long to wait before each next try, in seconds, separated by commas; the last one repeats (RFC 5321, 4.5.4.1).",
    "1800,3600,7200,10800",
    secondsList,
  ),
  sendRate: setting(
    "MAILGLASS_SEND_RATE",
    "How many recipients a second the account may send to (MaxSendRate). 0: any number.",
    "0",
    wholeNumber(0, 1_000_000),
  ),
  dailyQuota: setting(
    "MAILGLASS_DAILY_QUOTA",
    "How many recipients in 24 hours the account may send to (Max24HourSend). 0: any number.",
    "0",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  machineEngagement: setting(
    "MAILGLASS_MACHINE_ENGAGEMENT",
    "Opens and clicks by machines (mail privacy proxies, scanners). `apart`: marked, and left out of metrics and of the last engagement. `count`: marked, and counted like others, as SES does.",
    "apart",
    oneOf("apart", "count"),
  ),
  identityVerification: optional(
    "MAILGLASS_IDENTITY_VERIFICATION",
    "`required`: mail is refused unless its sender is a verified email identity; where nothing leaves (`capture`), one that exists is verified. `off`: anyone may send. Unset: `off` with `capture`, else `required`.",
    oneOf("off", "required"),
  ),
};

/** The machine's name where it can be a host's; a laptop's may hold anything. */
function ownHostname(): string {
  try {
    return hostnameOf(machineName());
  } catch {
    return "localhost";
  }
}
