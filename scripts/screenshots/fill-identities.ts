/** Identities with their DNS records, and configuration sets. */
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  PutAccountVdmAttributesCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  type SESv2Client,
} from "@aws-sdk/client-sesv2";
import type { IdentityDns } from "../../src/admin-api/identities.ts";
import { publishRecord, type Zone } from "../../test/support/dns-server.ts";
import { newsletter } from "./newsletter.ts";

/** Creates them. The records of identities to be verified are in the zone. */
export async function fillIdentities(server: string, client: SESv2Client, zone: Zone): Promise<void> {
  await client.send(
    new PutAccountVdmAttributesCommand({
      VdmAttributes: { VdmEnabled: "ENABLED", DashboardAttributes: { EngagementMetrics: "ENABLED" } },
    }),
  );
  await client.send(
    new CreateConfigurationSetCommand({
      ConfigurationSetName: "marketing",
      DeliveryOptions: { TlsPolicy: "OPTIONAL", MaxDeliverySeconds: 7200 },
      SuppressionOptions: { SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
      VdmOptions: { DashboardOptions: { EngagementMetrics: "ENABLED" } },
      Tags: [{ Key: "team", Value: "growth" }],
    }),
  );
  await client.send(
    new CreateConfigurationSetCommand({
      ConfigurationSetName: "transactional",
      DeliveryOptions: { TlsPolicy: "OPTIONAL" },
    }),
  );
  await client.send(
    new CreateConfigurationSetCommand({
      ConfigurationSetName: "alerts",
      ReputationOptions: { ReputationMetricsEnabled: true },
      SendingOptions: { SendingEnabled: false },
    }),
  );

  for (const EmailIdentity of ["shop.example.com", "accounts.example.org", "ops.example.com"]) {
    await client.send(new CreateEmailIdentityCommand({ EmailIdentity }));
  }
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "startup.example.net" }));
  await publish(server, "shop.example.com", zone, () => true);
  await publish(server, "accounts.example.org", zone, () => true);
  await publish(server, "ops.example.com", zone, ({ name }) => !name.startsWith("_dmarc"));
  for (const EmailIdentity of ["shop.example.com", "accounts.example.org", "ops.example.com"]) {
    // Requesting the key again starts the check of its record immediately.
    await client.send(
      new PutEmailIdentityDkimSigningAttributesCommand({ EmailIdentity, SigningAttributesOrigin: "AWS_SES" }),
    );
  }

  await client.send(
    new CreateEmailTemplateCommand({
      TemplateName: "order-shipped",
      TemplateContent: {
        Subject: "{{name}}, your order {{order.number}} is on its way",
        Text: "Hello {{name}},\n\nyour order {{order.number}} has left us.\n",
        Html: orderShipped,
      },
    }),
  );
  await client.send(
    new CreateEmailTemplateCommand({
      TemplateName: "winter-newsletter",
      TemplateContent: { Subject: newsletter.subject, Text: newsletter.text, Html: newsletter.html },
    }),
  );
  await client.send(
    new CreateEmailTemplateCommand({
      TemplateName: "sign-in-code",
      TemplateContent: { Subject: "Your sign-in code", Text: "Your code is {{code}}. It works for ten minutes." },
    }),
  );
}

async function publish(
  server: string,
  identity: string,
  zone: Zone,
  wanted: (record: IdentityDns["records"][number]) => boolean,
): Promise<void> {
  const answer = await fetch(`${server}/admin/identities/${identity}/dns`);
  const { records }: IdentityDns = JSON.parse(await answer.text());
  for (const record of records.filter(wanted)) publishRecord(zone, record);
}

const orderShipped = `<div style="font-family:sans-serif;max-width:520px;margin:auto;color:#222">
  <h1 style="font-size:22px">On its way</h1>
  <p>Hello {{name}}, your order <b>{{order.number}}</b> has left us.</p>
  <table style="width:100%;border-collapse:collapse">
    {{#each order.items}}
    <tr style="border-top:1px solid #ddd"><td style="padding:8px 0">{{this.title}}</td><td align="right">{{this.price}}</td></tr>
    {{/each}}
  </table>
  {{#if order.gift}}<p>It is wrapped as a gift.</p>{{/if}}
  <p><a href="https://shop.example.com/orders/{{order.number}}">Follow the parcel</a></p>
</div>
`;
