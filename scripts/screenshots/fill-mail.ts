/** Mail of the shop: delivered, opened, rejected, waiting. */
import { setTimeout as delay } from "node:timers/promises";
import { type SESv2Client, SendEmailCommand, type SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import type { MessageDetails } from "../../src/admin-api/message.ts";
import { newsletter } from "./newsletter.ts";
import { addressOf } from "./people.ts";

/** The relay's replies for recipients of these domains. */
export const refusals: Readonly<Record<string, string>> = {
  "university.example": "451 4.7.1 Greylisted, come back later",
  "townhall.example": "452 4.2.2 The mailbox is full",
  "bank.example": "450 4.7.0 Too much mail from this address; slow down",
  "hospital.example": "451 4.3.0 The content filter does not answer",
  "gone.example": "550 5.1.1 The account that you tried to reach does not exist",
};

/** Sends the mail; resolves to the IDs of messages with screenshots of their own. */
export async function fillMail(server: string, client: SESv2Client): Promise<{ newsletter: string; bounced: string }> {
  const send = async (to: string, mail: Partial<SendEmailCommandInput> = {}) => {
    const { MessageId = "" } = await client.send(
      new SendEmailCommand({
        FromEmailAddress: '"North & Wool" <news@shop.example.com>',
        Destination: { ToAddresses: [to] },
        ConfigurationSetName: "marketing",
        EmailTags: [
          { Name: "campaign", Value: "winter" },
          { Name: "segment", Value: "returning" },
        ],
        ListManagementOptions: { ContactListName: "readers", TopicName: "weekly" },
        Content: {
          Simple: {
            Subject: { Data: newsletter.subject },
            Body: { Text: { Data: newsletter.text }, Html: { Data: newsletter.html } },
          },
        },
        ...mail,
      }),
    );
    return MessageId;
  };
  const receipt: Partial<SendEmailCommandInput> = {
    FromEmailAddress: "orders@shop.example.com",
    ConfigurationSetName: "transactional",
    EmailTags: [{ Name: "kind", Value: "order" }],
    ListManagementOptions: undefined,
    Content: {
      Simple: {
        Subject: { Data: "Your receipt" },
        Body: { Text: { Data: "Thank you. A lambswool scarf, € 65, paid by card." } },
      },
    },
  };

  const waiting = ["university.example", "townhall.example", "bank.example", "hospital.example"];
  for (const [at, domain] of waiting.entries()) {
    for (let person = 0; person < 9 - 2 * at; person++) {
      await send(`${addressOf(person + 3 * at).split("@")[0]}@${domain}`, person % 3 === 0 ? receipt : {});
    }
  }
  for (let person = 1; person < 8; person++) await send(addressOf(person));
  await send("complaint@simulator.amazonses.com");
  const bounced = await send("j.smith@gone.example", receipt);
  const shown = await send("ada.berg@gmail.com");
  await wasDelivered(server, shown);
  // An earlier click would count as a machine's (src/recipients/tracking/click-haste.ts).
  await delay(2_500);
  await openAndClick(server, shown, "ada.berg@gmail.com");
  return { newsletter: shown, bounced };
}

async function wasDelivered(server: string, id: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${server}/admin/messages/${id}`);
    if (answer.ok) {
      const { recipients }: MessageDetails = JSON.parse(await answer.text());
      if (recipients.every(({ lastDelivery }) => lastDelivery === "DELIVERY")) return;
    }
    await delay(100);
  }
  throw new Error("the newsletter was not delivered");
}

/** Loads the pixel and follows a link of a mail, like a reader's mail program. */
async function openAndClick(server: string, id: string, recipient: string): Promise<void> {
  const answer = await fetch(`${server}/admin/messages/${id}/mail?recipient=${encodeURIComponent(recipient)}`);
  const mail = (await answer.text()).replaceAll("=\r\n", "").replaceAll("=3D", "=");
  const pixel = /http:[^"]+\/o\/[^"]+/.exec(mail)?.[0];
  const link = /http:[^"]+\/c\/[^"]+/.exec(mail)?.[0];
  if (!pixel || !link) throw new Error("the newsletter is not tracked");
  const headers = {
    "user-agent":
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  };
  await fetch(pixel, { headers });
  await fetch(link, { headers, redirect: "manual" });
}
