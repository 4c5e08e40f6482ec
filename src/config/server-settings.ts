/** Settings of the HTTP server and its log. */
import { optional, setting } from "./setting.ts";
import { addressList, oneOf, portList, text, url, wholeNumber } from "./values.ts";

export const serverSettings = {
  host: setting("MAILGLASS_HOST", "The address to listen on.", "127.0.0.1", text),
  port: setting(
    "MAILGLASS_PORT",
    "The port of the API, the downloads and the dashboard. 0: any free port.",
    "8025",
    wholeNumber(0, 65535),
  ),
  extraPorts: setting(
    "MAILGLASS_EXTRA_PORTS",
    "Further ports at the same address that serve the same as MAILGLASS_PORT, separated by commas: those that a test suite's other clients expect, such as `4566` (LocalStack) or `5000` (moto). Links to this server name MAILGLASS_PORT.",
    "",
    portList,
  ),
  publicUrl: optional(
    "MAILGLASS_PUBLIC_URL",
    "The URL at which clients reach this server. Download links, tracking links and other links to this server begin with it. Unset: the address and port that the server listens on.",
    url("http", "https"),
  ),
  trustedProxies: setting(
    "MAILGLASS_TRUSTED_PROXIES",
    "The reverse proxies in front of this server: addresses or networks such as `10.0.0.0/8`, separated by commas. The server trusts `X-Forwarded-For` and `X-Forwarded-Proto` from these only, so events show the client's address and not the proxy's. Unset: it trusts none.",
    "",
    addressList,
  ),
  maxBodyBytes: setting(
    "MAILGLASS_MAX_BODY_BYTES",
    "The largest request body, in bytes. SES accepts messages of 40 MB, which are 54 MB in base64.",
    "58720256",
    wholeNumber(1024, 512 << 20),
  ),
  bodyMemoryBytes: setting(
    "MAILGLASS_BODY_MEMORY_BYTES",
    "The memory for all request bodies that are being received or processed, in bytes. A body that does not fit waits up to 45 seconds; then its request gets a 503. Processing a message takes up to five times its length. A single body may be larger.",
    "167772160",
    wholeNumber(1 << 20, Number.MAX_SAFE_INTEGER),
  ),
  stallSeconds: setting(
    "MAILGLASS_STALL_SECONDS",
    "If the main thread of a server that has started stands still for this many seconds, it can answer nothing and ignores SIGTERM, so the process is killed with a message. Time during which the whole process is suspended does not count. Raise it if a large embedded database keeps the thread busy for longer. 0: never.",
    "120",
    wholeNumber(0, 24 * 3600),
  ),
  logLevel: setting(
    "MAILGLASS_LOG_LEVEL",
    "The lowest level that is logged: `fatal`, `error`, `warn`, `info`, `debug` or `trace`. `silent`: nothing is logged.",
    "info",
    oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent"),
  ),
};
