import { expect, it } from "vitest";
import { urlFault } from "./destination.ts";

it.each([
  "https://hooks.example.com/events?key=1",
  "http://93.184.215.14/",
  "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/a",
  "https://example.com:443",
])("a webhook may post to %s", (url) => {
  expect(urlFault(url, "refuse")).toBeUndefined();
});

it.each([
  ["http://127.0.0.1/", "127.0.0.1"],
  ["http://127.1:8080/", "127.0.0.1"],
  ["http://0x7f000001/", "127.0.0.1"],
  ["http://2130706433/", "127.0.0.1"],
  ["http://0/", "0.0.0.0"],
  ["http://10.0.0.1/", "10.0.0.1"],
  ["http://172.16.3.4/", "172.16.3.4"],
  ["http://192.168.1.1/", "192.168.1.1"],
  ["http://169.254.169.254/latest/meta-data/", "169.254.169.254"],
  ["http://100.64.0.1/", "100.64.0.1"],
  ["http://[::1]/", "::1"],
  ["http://[::]/", "::"],
  ["http://[fe80::1]/", "fe80::1"],
  ["http://[fd00::1]/", "fd00::1"],
  ["http://[::ffff:127.0.0.1]/", "::ffff:7f00:1"],
  ["http://[::ffff:a9fe:a9fe]/", "::ffff:a9fe:a9fe"],
  ["http://[64:ff9b::7f00:1]/", "64:ff9b::7f00:1"],
  ["http://[2002:7f00:1::]/", "2002:7f00:1::"],
  ["https://localhost/", "localhost"],
  ["https://LOCALHOST./", "localhost"],
  ["https://app.localhost/", "app.localhost"],
])("%s is a private destination", (url, host) => {
  const text = `${host} is not a public address, and MAILGLASS_WEBHOOK_PRIVATE_DESTINATIONS is refuse`;
  expect(urlFault(url, "refuse")).toBe(text);
  expect(urlFault(url, "allow")).toBeUndefined();
});

it.each([
  ["", "absolute"],
  ["example.com/events", "absolute"],
  ["/events", "absolute"],
  ["ftp://example.com/", "absolute"],
  ["file:///etc/passwd", "absolute"],
  ["https:example.com", "absolute"],
  [" https://example.com", "absolute"],
  ["https://", "absolute"],
  ["https://exa mple.com", "absolute"],
  ["https://example.com:99999/", "absolute"],
  ["https://user@example.com/", "user name"],
  ["https://user:secret@example.com/", "user name"],
  ["https://example.com/#part", "fragment"],
  ["https://example.com:0/", "port"],
  [`https://example.com/${"a".repeat(2048)}`, "2048"],
])("%j is no URL of a webhook, wherever it may post to", (url, text) => {
  for (const rule of ["refuse", "allow"] as const) expect(urlFault(url, rule)).toContain(text);
});

it.each([22, 25, 587, 1023])("port %i belongs to another protocol", (port) => {
  expect(urlFault(`https://example.com:${port}/`, "refuse")).toContain("ports 80, 443");
  expect(urlFault(`https://example.com:${port}/`, "allow")).toBeUndefined();
});
