/** Contact lists and contacts as an SDK sees them. */
import {
  CreateContactCommand,
  CreateContactListCommand,
  DeleteContactCommand,
  DeleteContactListCommand,
  GetContactCommand,
  GetContactListCommand,
  ListContactListsCommand,
  ListContactsCommand,
  UpdateContactCommand,
  UpdateContactListCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_EXPORT_WORKERS: "0", MAILGLASS_CONTACT_LISTS: "2" },
    clock: () => new Date("2026-11-23T12:34:56Z"),
  });
});
afterAll(() => server.close());

const ContactListName = "News";
const Topics = [
  { TopicName: "Sports", DisplayName: "Sport", Description: "Games", DefaultSubscriptionStatus: "OPT_OUT" as const },
  { TopicName: "Cycling", DisplayName: "Räder", DefaultSubscriptionStatus: "OPT_IN" as const },
];

test("a list goes through its operations", async () => {
  const { client } = server;
  const at = new Date("2026-11-23T12:34:56Z");
  await client.send(new CreateContactListCommand({ ContactListName, Topics, Tags: [{ Key: "a", Value: "b" }] }));
  await client.send(new CreateContactListCommand({ ContactListName: "Other" }));
  await expect(client.send(new CreateContactListCommand({ ContactListName: "Third" }))).rejects.toMatchObject({
    name: "BadRequestException",
    message: "A maximum of 2 Lists allowed per account.",
  });
  await client.send(new UpdateContactListCommand({ ContactListName, Topics, Description: "All of it" }));
  expect(await client.send(new GetContactListCommand({ ContactListName }))).toMatchObject({
    ContactListName,
    Topics,
    Description: "All of it",
    Tags: [{ Key: "a", Value: "b" }],
    CreatedTimestamp: at,
    LastUpdatedTimestamp: at,
  });
  const { ContactLists, NextToken } = await client.send(new ListContactListsCommand({ PageSize: 1 }));
  expect(ContactLists).toEqual([{ ContactListName, LastUpdatedTimestamp: at }]);
  expect((await client.send(new ListContactListsCommand({ NextToken }))).ContactLists).toHaveLength(1);
  await client.send(new DeleteContactListCommand({ ContactListName: "Other" }));
  await expect(client.send(new GetContactListCommand({ ContactListName: "Other" }))).rejects.toMatchObject({
    name: "NotFoundException",
    message: "List with name: Other doesn't exist.",
  });
});

test.each(["jane@example.org", "a+b/c%2Fd@example.com", '"with space"@example.com', "o'neil?x=1#y@example.com"])(
  "the contact %s goes through its operations, whatever the path",
  async (EmailAddress) => {
    const { client } = server;
    const of = { ContactListName, EmailAddress };
    const Sports = { TopicName: "Sports", SubscriptionStatus: "OPT_IN" as const };
    await client.send(new CreateContactCommand({ ...of, TopicPreferences: [Sports], AttributesData: '{"a":"é"}' }));
    await expect(client.send(new CreateContactCommand(of))).rejects.toMatchObject({
      name: "AlreadyExistsException",
      message: `${EmailAddress} already exists in List.`,
    });
    expect(await client.send(new GetContactCommand(of))).toMatchObject({
      ...of,
      TopicPreferences: [Sports],
      TopicDefaultPreferences: [{ TopicName: "Cycling", SubscriptionStatus: "OPT_IN" }],
      UnsubscribeAll: false,
      AttributesData: '{"a":"é"}',
    });
    await client.send(new UpdateContactCommand({ ...of, UnsubscribeAll: true }));
    const Filter = { FilteredStatus: "OPT_OUT" as const, TopicFilter: { TopicName: "Sports" } };
    const { Contacts } = await client.send(new ListContactsCommand({ ContactListName, Filter }));
    expect(Contacts).toMatchObject([{ EmailAddress, UnsubscribeAll: true, TopicPreferences: [Sports] }]);
    await client.send(new DeleteContactCommand(of));
    await expect(client.send(new GetContactCommand(of))).rejects.toMatchObject({
      name: "NotFoundException",
      message: `${EmailAddress} doesn't exist in List.`,
    });
    expect(server.logged).toEqual([]);
  },
);
