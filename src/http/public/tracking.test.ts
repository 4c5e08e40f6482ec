/** Pixel and redirects where events can't be kept, or are too many. What they tell is tested in test/tracking.test.ts. */
import Fastify, { type FastifyInstance } from "fastify";
import { expect, it } from "vitest";
import type { MailEvent } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";
import { createTrackingLinks } from "../../recipients/tracking/tracking-links.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { mountTracking } from "./tracking.ts";

const sentAt = new Date("2026-11-24T10:00:00Z");
const links = createTrackingLinks(new Uint8Array(32), () => "https://mail.example.com");
const bases = { openBase: "http://x.example", clickBase: "http://x.example" };
const message = { scope: defaultScope, messageId: createMessageId(sentAt), recipient: "ann@example.com" };
const { openUrl, clickUrl } = links.of(message, bases);
const path = (url: string | undefined) => new URL(url ?? "").pathname;
const open = path(openUrl());
const click = path(clickUrl("https://a.example/ü?q=1#part", undefined));

/** The routes on an outbox that does `record` alone. */
function routes(
  record: (events: readonly MailEvent[]) => Promise<void>,
  clock = () => new Date(sentAt.getTime() + 60_000),
) {
  const unused = () => Promise.reject(new Error("not asked for in this test"));
  const app = Fastify({ routerOptions: { maxParamLength: 4096 } });
  const outbox = { record, submit: unused, settle: unused, idle: unused };
  mountTracking(app, { outbox, trackingLinks: links, clock, mailLeaves: true });
  return app;
}

const location = async (app: FastifyInstance) => {
  const { statusCode, headers } = await app.inject({
    url: click,
    headers: { "user-agent": "Mozilla/5.0 (X11) Firefox/130" },
  });
  return [statusCode, headers.location];
};

it("lead on where the store fails, and where it does not answer", async () => {
  expect(await location(routes(() => Promise.reject(new Error("down"))))).toEqual([
    302,
    "https://a.example/%C3%BC?q=1#part",
  ]);
  const hanging = routes(() => new Promise(() => {}));
  expect(await location(hanging)).toEqual([302, "https://a.example/%C3%BC?q=1#part"]);
  expect((await hanging.inject(open)).statusCode).toBe(200);
});

it("tell of no more than ten events of a link in a minute, and of none from 60 days on", async () => {
  const told: MailEvent[] = [];
  let now = sentAt.getTime() + 60_000;
  const app = routes(
    async (events) => {
      told.push(...events);
    },
    () => new Date(now),
  );
  for (let count = 0; count < 15; count++) expect((await app.inject(open)).statusCode).toBe(200);
  expect(told).toHaveLength(10);
  now = sentAt.getTime() + 60 * 24 * 3_600_000 - 1;
  expect(await location(app)).toEqual([302, "https://a.example/%C3%BC?q=1#part"]);
  expect(told).toHaveLength(11);
  now++;
  expect(await location(app)).toEqual([302, "https://a.example/%C3%BC?q=1#part"]);
  expect(told).toHaveLength(11);
});

it("tell of no HEAD, and answer it like a GET", async () => {
  const app = routes(() => Promise.reject(new Error("not asked for in this test")));
  for (const url of [open, click]) {
    const head = await app.inject({ method: "HEAD", url });
    expect([head.statusCode, head.body]).toEqual([url === open ? 200 : 302, ""]);
  }
});

it("lead nowhere by what was not made here", async () => {
  const app = routes(() => Promise.reject(new Error("not asked for in this test")));
  const other = createTrackingLinks(new Uint8Array(32).fill(1), () => "https://mail.example.com").of(message, bases);
  for (const url of [
    path(other.clickUrl("https://evil.example/", undefined)),
    path(other.openUrl()),
    click.replace("/c/", "/o/"),
    open.replace("/o/", "/c/"),
    `${click}A`,
    click.slice(0, -1),
    "/c/https%3A%2F%2Fevil.example",
    "/c/",
    "/o/x",
  ]) {
    const { statusCode, headers } = await app.inject(url);
    expect([url, statusCode, headers.location]).toEqual([url, 404, undefined]);
  }
});
