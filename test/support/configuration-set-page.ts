/** The page of a configuration set as one uses it, and what the API says of the set then. */
import {
  CreateConfigurationSetCommand,
  GetConfigurationSetCommand,
  type GetConfigurationSetResponse,
  type SESv2Client,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import type { Locator, Page } from "playwright-core";

/** What the API says of a set. */
export async function readSet(client: SESv2Client, name: string): Promise<GetConfigurationSetResponse> {
  const { $metadata, ...set } = await client.send(new GetConfigurationSetCommand({ ConfigurationSetName: name }));
  return set;
}

/** Makes a set that says nothing of its own. */
export const createSet = (client: SESv2Client, name: string) =>
  client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: name }));

/** Sends a mail to jane@example.org with a set. */
export const sendWith = (client: SESv2Client, ConfigurationSetName: string) =>
  client.send(
    new SendEmailCommand({
      FromEmailAddress: "news@example.com",
      Destination: { ToAddresses: ["jane@example.org"] },
      Content: { Simple: { Subject: { Data: "Spring" }, Body: { Text: { Data: "It is here." } } } },
      ConfigurationSetName,
    }),
  );

/** The form or the question that is open. */
export const dialog = (page: Page): Locator => page.getByRole("dialog");

/** A button by its name. */
export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

/** Opens a set's page. */
export async function openSet(page: Page, name: string): Promise<void> {
  await page.goto(`/configuration-sets/${name}`);
  await button(page, "Delete").waitFor();
}

/** Saves the form that is open, and waits for what the page then says. */
export async function save(page: Page, then: string | RegExp): Promise<void> {
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await dialog(page).waitFor({ state: "hidden" });
  await page.getByText(then).waitFor();
}
