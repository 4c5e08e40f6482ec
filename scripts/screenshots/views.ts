/** The views to take screenshots of: each page in typical use. */
import type { Page } from "playwright-core";
import { bouncedFile } from "./fill-lists.ts";
import type { World } from "./world.ts";

/** A view, with one screenshot per width. */
export interface View {
  /** Prefix of the file name. */
  readonly name: string;
  readonly path: string;
  /** The page's heading, which shows that the page has loaded. */
  readonly heading: string;
  /** Runs before the screenshot. */
  readonly act?: (page: Page, width: number) => Promise<unknown>;
  /** Also takes it in dark mode. */
  readonly dark?: true;
  /** The viewport widths; both by default. */
  readonly widths?: readonly number[];
}

export function viewsOf({ newsletter, bounced }: World): readonly View[] {
  return [
    { name: "overview", path: "/?range=30d", heading: "Overview", dark: true },
    { name: "overview-below", path: "/?range=30d", heading: "Overview", act: showBreakdown },
    {
      name: "menu",
      path: "/?range=30d",
      heading: "Overview",
      widths: [390],
      act: (page) => page.getByRole("button", { name: "Open the menu" }).click(),
    },
    { name: "messages", path: "/messages", heading: "Messages", dark: true },
    {
      name: "messages-filtered",
      path: "/messages?lastDelivery=PERMANENT_BOUNCE&isp=Hotmail&tag=campaign%3Aweekly",
      heading: "Messages",
    },
    {
      name: "message",
      path: `/messages/${newsletter}?view=html`,
      heading: "The winter edit: coats worth the cold",
      dark: true,
    },
    { name: "message-bounced", path: `/messages/${bounced}`, heading: "Your receipt" },
    { name: "queue", path: "/queue", heading: "Queue" },
    { name: "exports", path: "/exports", heading: "Exports" },
    {
      name: "export-new",
      path: "/exports/new?lastDelivery=PERMANENT_BOUNCE&sender=news%40shop.example.com",
      heading: "New export",
    },
    { name: "imports", path: "/imports", heading: "Imports" },
    { name: "import-new", path: "/imports/new", heading: "New import", act: chooseFile },
    { name: "suppression", path: "/suppression", heading: "Suppression list" },
    { name: "contacts", path: "/contacts", heading: "Contact lists" },
    { name: "contact-list", path: "/contacts/readers", heading: "readers" },
    { name: "identities", path: "/identities", heading: "Identities" },
    { name: "identity", path: "/identities/shop.example.com", heading: "shop.example.com" },
    { name: "templates", path: "/templates", heading: "Templates" },
    { name: "template", path: "/templates/edit?name=order-shipped", heading: "order-shipped", act: fillTemplate },
    { name: "configuration-sets", path: "/configuration-sets", heading: "Configuration sets" },
    { name: "configuration-set", path: "/configuration-sets/marketing", heading: "marketing" },
    { name: "start", path: "/start", heading: "Getting started" },
  ];
}

async function showBreakdown(page: Page): Promise<void> {
  await page.getByRole("region", { name: "Breakdown", exact: true }).scrollIntoViewIfNeeded();
}

async function fillTemplate(page: Page): Promise<void> {
  const items = [
    { title: "Loden coat", price: "€ 420" },
    { title: "Lambswool scarf", price: "€ 65" },
  ];
  const data = { name: "Ada", order: { number: "N-1815", items, gift: true } };
  await page.getByLabel("Data to look at it with").fill(JSON.stringify(data, null, 2));
}

async function chooseFile(page: Page): Promise<void> {
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "bounced-elsewhere.csv", mimeType: "text/csv", buffer: Buffer.from(bouncedFile) });
  await page.getByText("no-at-sign.example.com").waitFor();
}
