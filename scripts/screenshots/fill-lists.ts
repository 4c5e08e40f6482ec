/** Contact lists with their contacts, and suppressed addresses, by import jobs; one file has invalid records. */
import { CreateContactListCommand, PutSuppressedDestinationCommand, type SESv2Client } from "@aws-sdk/client-sesv2";
import { contactsOf, createImport, endOfImport, suppressionPut, uploadFile } from "../../test/support/import-jobs.ts";
import { addressOf } from "./people.ts";

/** A file with an invalid record, for the job and for the form's preview. */
export const bouncedFile = [
  "info@oldshop.example,BOUNCE",
  "no-at-sign.example.com,BOUNCE",
  "sales@oldshop.example,COMPLAINT",
  "someone@example.org,BORED",
  ...Array.from({ length: 24 }, (_, at) => `old.${addressOf(at + 40)},${at % 5 === 0 ? "COMPLAINT" : "BOUNCE"}`),
  "",
].join("\n");

export async function fillLists(server: string, client: SESv2Client): Promise<void> {
  await client.send(
    new CreateContactListCommand({
      ContactListName: "readers",
      Description: "Who asked for letters from the shop",
      Topics: [
        {
          TopicName: "weekly",
          DisplayName: "The weekly letter",
          Description: "New things, every Tuesday",
          DefaultSubscriptionStatus: "OPT_IN",
        },
        {
          TopicName: "offers",
          DisplayName: "Offers",
          Description: "When something is cheaper",
          DefaultSubscriptionStatus: "OPT_OUT",
        },
        {
          TopicName: "events",
          DisplayName: "Events in the shop",
          Description: "Readings and repairs in Bergen",
          DefaultSubscriptionStatus: "OPT_OUT",
        },
      ],
    }),
  );
  await client.send(
    new CreateContactListCommand({
      ContactListName: "members",
      Description: "Members of the repair club",
      Topics: [{ TopicName: "club", DisplayName: "Club news", DefaultSubscriptionStatus: "OPT_IN" }],
    }),
  );
  const contacts = await uploadFile(server, "readers-november.csv", contactsFile());
  await endOfImport(client, await createImport(client, contacts, contactsOf("readers", "PUT")));
  const bounced = await uploadFile(server, "bounced-elsewhere.csv", bouncedFile);
  await endOfImport(client, await createImport(client, bounced, suppressionPut));
  for (const [EmailAddress, Reason] of [
    ["ceo@competitor.example", "COMPLAINT"],
    ["test@test.example", "BOUNCE"],
  ] as const) {
    await client.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason }));
  }
}

function contactsFile(): string {
  const rows = Array.from({ length: 90 }, (_, at) => {
    const attributes = `"{""name"":""${addressOf(at).split(".")[0]}"",""city"":""${at % 3 === 0 ? "Bergen" : "Oslo"}""}"`;
    // People with the same first name are 12 apart.
    const number = at + Math.floor(at / 12);
    const status = (every: number) => (number % every === every - 1 ? "OPT_OUT" : "OPT_IN");
    return [addressOf(at), at % 17 === 16, attributes, status(11), status(2), status(3)].join(",");
  });
  return [
    "emailAddress,unsubscribeAll,attributesData,topicPreferences.weekly,topicPreferences.offers,topicPreferences.events",
    ...rows,
    "",
  ].join("\n");
}
