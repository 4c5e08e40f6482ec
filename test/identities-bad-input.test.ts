/** What operations on identities refuse, with SES's words where they are known; nothing changes by it. */
import {
  CreateEmailIdentityCommand,
  GetEmailIdentityCommand,
  PutEmailIdentityConfigurationSetAttributesCommand,
  PutEmailIdentityDkimAttributesCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  PutEmailIdentityFeedbackAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databases } from "./support/databases.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";

describe.each(databases)("bad input about identities on $name", ({ open }) => {
  let server: InProcessServer;
  let database: Awaited<ReturnType<typeof open>>;

  beforeAll(async () => {
    database = await open();
    server = await startInProcess({ database });
    await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "sender.test" }));
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const get = (EmailIdentity: string) => server.client.send(new GetEmailIdentityCommand({ EmailIdentity }));

  const name = { EmailIdentity: "sender.test" };
  const none = { EmailIdentity: "none.test" };
  test.each<[() => Promise<unknown>, string, string]>([
    [
      () =>
        server.client.send(
          new PutEmailIdentityMailFromAttributesCommand({ ...name, MailFromDomain: "bounce.other.test" }),
        ),
      "BadRequestException",
      "Provided MAIL-FROM domain <bounce.other.test> is not subdomain of the domain of the identity <sender.test>.",
    ],
    [
      () =>
        server.client.send(new PutEmailIdentityMailFromAttributesCommand({ ...name, MailFromDomain: "sender.test" })),
      "BadRequestException",
      "Provided MAIL-FROM domain <sender.test> is not subdomain of the domain of the identity <sender.test>.",
    ],
    [
      () =>
        server.client.send(
          new PutEmailIdentityMailFromAttributesCommand({ ...name, MailFromDomain: "a b.sender.test" }),
        ),
      "BadRequestException",
      "Invalid MAIL-FROM domain name <a b.sender.test>.",
    ],
    [
      () =>
        server.client.send(new PutEmailIdentityMailFromAttributesCommand({ ...none, MailFromDomain: "a.none.test" })),
      "BadRequestException",
      "Identity <none.test> does not exist.",
    ],
    [
      () => server.client.send(new PutEmailIdentityFeedbackAttributesCommand(none)),
      "BadRequestException",
      "Identity none.test is invalid. Must be a verified email address or domain.",
    ],
    [
      () => server.client.send(new PutEmailIdentityDkimAttributesCommand(none)),
      "BadRequestException",
      "Domain none.test is not verified for DKIM signing.",
    ],
    [
      () =>
        server.client.send(
          new PutEmailIdentityDkimSigningAttributesCommand({ ...none, SigningAttributesOrigin: "AWS_SES" }),
        ),
      "NotFoundException",
      "Email identity none.test does not exist.",
    ],
    [
      () =>
        server.client.send(
          new PutEmailIdentityDkimSigningAttributesCommand({
            EmailIdentity: "me@sender.test",
            SigningAttributesOrigin: "AWS_SES",
          }),
        ),
      "BadRequestException",
      "The EmailIdentity value must be a valid domain.",
    ],
    [
      () =>
        server.client.send(
          new PutEmailIdentityConfigurationSetAttributesCommand({ ...name, ConfigurationSetName: "none" }),
        ),
      "NotFoundException",
      "Configuration set <none> does not exist.",
    ],
    [
      () => server.client.send(new PutEmailIdentityConfigurationSetAttributesCommand(none)),
      "NotFoundException",
      "Email identity none.test does not exist.",
    ],
  ])("bad input %# changes nothing", async (call, code, text) => {
    const before = await get("sender.test");
    expect(await refused(call())).toEqual([code, text]);
    expect({ ...(await get("sender.test")), $metadata: undefined }).toEqual({ ...before, $metadata: undefined });
  });
});
