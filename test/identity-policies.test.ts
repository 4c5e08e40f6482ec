/** Two accounts on one server: one lets the other send with its identity. The mail leaves, and events are published. */
import { generateKeyPairSync } from "node:crypto";
import {
  CreateEmailIdentityCommand,
  CreateEmailIdentityPolicyCommand,
  DeleteEmailIdentityPolicyCommand,
  GetEmailIdentityCommand,
  PutEmailIdentityMailFromAttributesCommand,
  SESv2Client,
  SendEmailCommand,
  type SendEmailRequest,
  UpdateEmailIdentityPolicyCommand,
} from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { smtpPassword } from "../src/access/smtp-credentials.ts";
import { readHistory } from "../src/events/history.ts";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { type DnsServer, publishRecord, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { type ReceivingServer, startReceivingServer } from "./support/receiving-server.ts";
import { refused } from "./support/refused.ts";
import { simple } from "./support/sent-mail.ts";

const theirs = "111122223333";
const ownersArn = "arn:aws:ses:us-east-1:000000000000:identity/owner.example";
const one = { EmailIdentity: "owner.example", PolicyName: "delegation" };

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const published = publicKey.export({ format: "der", type: "spki" }).toString("base64");

let dns: DnsServer;
let receiver: ReceivingServer;
let server: InProcessServer;
let delegateKey: Credentials;
let owner: SESv2Client;
let delegate: SESv2Client;

beforeAll(async () => {
  dns = await startDnsServer({
    "mx.test": { A: ["192.0.2.1"] },
    "bounce.owner.example": { MX: [{ exchange: "mx.test", preference: 10 }] },
  });
  publishRecord(dns.zone, {
    type: "TXT",
    name: "own._domainkey.owner.example",
    value: `v=DKIM1; k=rsa; p=${published}`,
  });
  receiver = await startReceivingServer();
  server = await startInProcess({
    environment: {
      MAILGLASS_AUTH: "required",
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${receiver.port}`,
      MAILGLASS_HOSTNAME: "mx.test",
      MAILGLASS_DNS_SERVERS: dns.address,
      MAILGLASS_SMTP_PORT: "0",
    },
  });
  const ownerKey = await createKey(server, new Date());
  const content = { id: theirs, name: "Theirs" };
  expect((await signedCall(server, ownerKey, "/admin/accounts", { method: "POST", content })).status).toBe(201);
  delegateKey = await createKey(server, new Date(), { account: theirs });
  const clientOf = (credentials: Credentials) =>
    new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
  owner = clientOf(ownerKey);
  delegate = clientOf(delegateKey);
  const DomainSigningPrivateKey = privateKey.export({ format: "der", type: "pkcs1" }).toString("base64");
  await owner.send(
    new CreateEmailIdentityCommand({
      EmailIdentity: "owner.example",
      DkimSigningAttributes: { DomainSigningSelector: "own", DomainSigningPrivateKey },
    }),
  );
  await owner.send(
    new PutEmailIdentityMailFromAttributesCommand({
      EmailIdentity: "owner.example",
      MailFromDomain: "bounce.owner.example",
    }),
  );
  await eventually(async () =>
    expect(await owner.send(new GetEmailIdentityCommand({ EmailIdentity: "owner.example" }))).toMatchObject({
      VerificationStatus: "SUCCESS",
      MailFromAttributes: { MailFromDomainStatus: "SUCCESS" },
    }),
  );
});
afterAll(async () => {
  owner?.destroy();
  delegate?.destroy();
  await server?.close();
  await receiver?.[Symbol.asyncDispose]();
  await dns?.close();
});
beforeEach(async () => {
  await owner.send(new DeleteEmailIdentityPolicyCommand(one)).catch(() => {});
});

const policy = (...elements: object[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: elements.map((element) => ({
      ...{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${theirs}:root` }, Action: "ses:Send*" },
      ...{ Resource: ownersArn, ...element },
    })),
  });
const allow = (...elements: object[]) =>
  owner.send(new CreateEmailIdentityPolicyCommand({ ...one, Policy: policy(...elements) }));
const send = async (input: Partial<SendEmailRequest> = {}, by = delegate) => {
  const from = { FromEmailAddress: "a@owner.example", FromEmailAddressIdentityArn: ownersArn };
  const { MessageId = "" } = await by.send(new SendEmailCommand(simple({ ...from, ...input })));
  return MessageId;
};
const mailTo = (recipient: string) =>
  eventually(() => {
    const mail = receiver.taken.find(({ to }) => to.includes(recipient));
    if (!mail) throw new Error(`no mail to ${recipient} came`);
    return mail;
  });
const denied = (action = "ses:SendEmail") => [
  "AccessDeniedException",
  `User \`arn:aws:iam::${theirs}:user/${delegateKey.accessKeyId}' is not authorized to perform \`${action}' on resource \`${ownersArn}'`,
];

it("mail leaves with the owner's signature and MAIL FROM domain, and belongs to the delegate", async () => {
  await allow({});
  const id = await send({ Destination: { ToAddresses: ["first@receiver.example", "second@receiver.example"] } });
  const mail = await mailTo("first@receiver.example");
  expect(mail.from).toMatch(/@bounce\.owner\.example$/);
  expect(mail.mime.toString()).toMatch(/^DKIM-Signature: [\s\S]{0,200}?\bd=owner\.example;/m);
  const history = await readHistory(server, id);
  const [account] = await server.database.query<{ account: string }>("SELECT account FROM scopes WHERE id = $1", [
    history[0]?.scope,
  ]);
  expect(account).toEqual({ account: theirs });
});

it("without a policy, after its deletion and with a Deny, nothing is sent", async () => {
  expect(await refused(send())).toEqual(denied());
  await allow({});
  await send();
  await owner.send(new UpdateEmailIdentityPolicyCommand({ ...one, Policy: policy({}, { Effect: "Deny" }) }));
  expect(await refused(send())).toEqual(denied());
  await owner.send(new DeleteEmailIdentityPolicyCommand(one));
  expect(await refused(send())).toEqual(denied());
  await send({}, owner);
});

it("its own identities are no substitute: the sender must be verified by the owner", async () => {
  expect(await refused(send({ FromEmailAddressIdentityArn: undefined }))).toEqual([
    "MessageRejected",
    "Email address is not verified. The following identities failed the check in region US-EAST-1: a@owner.example",
  ]);
});

it("conditions limit the recipients and the sender", async () => {
  await allow({
    Condition: {
      "ForAllValues:StringLike": { "ses:Recipients": "*@receiver.example" },
      StringEquals: { "ses:FromAddress": "a@owner.example" },
    },
  });
  const Destination = { ToAddresses: ["user@receiver.example"] };
  await send({ Destination });
  expect(await refused(send({ Destination: { ToAddresses: ["user@other.example"] } }))).toEqual(denied());
  expect(await refused(send({ Destination, FromEmailAddress: "b@owner.example" }))).toEqual(denied());
});

it("a policy that can't be evaluated is refused", async () => {
  const [code, text] = await refused(allow({ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }));
  expect(code).toBe("BadRequestException");
  expect(text).toContain("aws:PrincipalOrgID");
  const [, principal] = await refused(allow({ Principal: { AWS: "999999999999" } }));
  expect(principal).toMatch(/^Policy contains an invalid principal/);
});

it("SMTP clients name the identity in the message's header", async () => {
  const submit = async () => {
    const { accessKeyId: user, secretAccessKey } = delegateKey;
    const auth = { user, pass: smtpPassword(secretAccessKey, "us-east-1") };
    const port = server.mailPorts.smtp ?? 0;
    const transport = createTransport({ host: "127.0.0.1", port, auth, tls: { rejectUnauthorized: false } });
    const headers = { "X-SES-SOURCE-ARN": ownersArn, "X-SES-FROM-ARN": ownersArn, "X-SES-RETURN-PATH-ARN": ownersArn };
    const mail = { from: "a@owner.example", to: "smtp@receiver.example", text: "x", headers };
    await transport.sendMail(mail).finally(() => transport.close());
  };
  await allow({ Action: "ses:SendEmail" });
  await expect(submit()).rejects.toThrow(`554 Access denied: ${denied("ses:SendRawEmail")[1]}`);
  await owner.send(new UpdateEmailIdentityPolicyCommand({ ...one, Policy: policy({ Action: "ses:SendRawEmail" }) }));
  await submit();
  const mail = await mailTo("smtp@receiver.example");
  expect(mail.mime.toString()).not.toMatch(/X-SES-/i);
  expect(mail.from).toMatch(/@bounce\.owner\.example$/);
});
