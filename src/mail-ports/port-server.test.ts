import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSmtp } from "../../test/support/smtp-socket.ts";
import { PortServer } from "./port-server.ts";

let server: PortServer;
let port: number;
let paths: string[];

beforeEach(async () => {
  paths = [];
  server = new PortServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    onMailFrom: ({ address }, _session, done) => {
      paths.push(address);
      done();
    },
    onRcptTo: ({ address }, _session, done) => {
      paths.push(address);
      done();
    },
  });
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  port = address !== null && typeof address === "object" ? address.port : 0;
});
afterEach(() => new Promise<void>((resolve) => server.close(resolve)));

describe("a path", () => {
  it.each([
    ['"odd user"@example.net', '"odd user"@example.net'],
    ['"a@b"@example.net', '"a@b"@example.net'],
    ['"a>b"@example.net', '"a>b"@example.net'],
    ['"<>"@example.net', '"<>"@example.net'],
    ['"a:b"@example.net', '"a:b"@example.net'],
    ['"a\\"b\\\\"@example.net', '"a\\"b\\\\"@example.net'],
    ['""@example.net', '""@example.net'],
    ['"plain.one"@example.net', "plain.one@example.net"],
    ['"\\p\\l"@example.net', "pl@example.net"],
    ['"..dots"@example.net', '"..dots"@example.net'],
    ["plain@example.net", "plain@example.net"],
  ])("<%s> is %s", async (given, taken) => {
    await using smtp = await openSmtp(port);
    expect(await smtp.ask(`MAIL FROM:<${given}> SIZE=10\r\n`)).toMatch(/^250 /);
    expect(await smtp.ask(`RCPT TO:<${given}>\r\n`)).toMatch(/^250 /);
    expect(paths).toEqual([taken, taken]);
  });

  it.each([
    '"a"b@example.net',
    '"open@example.net',
    '"a"@',
    '"a"',
    '"a"@exa mple.net',
    `"${"x".repeat(62)} y"@example.net`,
    '"tab\there"@example.net',
    '"bell\x07"@example.net',
    '"é"@example.net',
  ])("<%s> is refused", async (given) => {
    await using smtp = await openSmtp(port);
    expect(await smtp.ask(`MAIL FROM:<${given}>\r\n`)).toMatch(/^501 /);
    expect(paths).toEqual([]);
  });
});
