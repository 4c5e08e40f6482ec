/** Reading a real account: what SES may answer, and what Mailglass as a real account can't. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { SESv2 } from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { awsEnvironment } from "../../../test/support/aws-environment.ts";
import { databases } from "../../../test/support/databases.ts";
import { type MirrorWorld, openMirrorWorld } from "../../../test/support/mirror-world.ts";
import { type AwsClients, createAwsClients } from "../../publishing/aws/clients.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { countMirrorResources, selectMirrorResourceKinds } from "../../stores/postgres/mirror-resources.ts";
import { deleteMirrorSource } from "../../stores/postgres/mirror-sources.ts";
import type { MirrorSource } from "../mirror-source.ts";
import { createPacedCalls } from "./paced-calls.ts";
import { pullResources } from "./pull-resources.ts";
import { resourceDetails, resourcePage } from "./shown-resources.ts";

type Answer = object | number | "none";

const never = new AbortController().signal;
/** Without identities and configuration sets. */
const others: Readonly<Record<string, Answer>> = {
  "/v2/email/list-identities": { EmailIdentities: [] },
  "/v2/email/list-configuration-sets": { ConfigurationSets: [] },
};
const listOf = (names: readonly string[], NextToken?: string) => ({
  TemplatesMetadata: names.map((TemplateName) => ({ TemplateName })),
  NextToken,
});
const named = (TemplateName: string, Subject = "Hello") => ({ TemplateName, TemplateContent: { Subject } });

describe.each(databases)("a real account, with $name", ({ open }) => {
  let database: ScopedDatabase;
  let clients: AwsClients;
  let world: MirrorWorld;
  let server: Server;
  let source: MirrorSource;
  let ahead = 0;
  /** Paths that were asked for, and what is answered; a status, or nothing. */
  let asked: string[] = [];
  let answer: (path: string, token: string | null) => Answer;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      const path = decodeURIComponent(url.pathname);
      asked.push(path);
      const found = others[path] ?? answer(path, url.searchParams.get("NextToken"));
      if (found === "none") return;
      response.statusCode = typeof found === "number" ? found : 200;
      response.setHeader("content-type", "application/json");
      if (found === 404) response.setHeader("x-amzn-errortype", "NotFoundException");
      response.end(JSON.stringify(typeof found === "number" ? { message: "refused" } : found));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    for (const [name, value] of Object.entries(awsEnvironment(`http://127.0.0.1:${port}`))) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  beforeEach(async () => {
    database = await open();
    clients = createAwsClients();
    world = await openMirrorWorld(database);
    source = await world.source<"firehose">({ kind: "firehose", pull: { resources: true } });
    asked = [];
    ahead = 0;
  });
  afterEach(async () => {
    clients.close();
    await world.close();
    await database.close();
  });

  function pull(of = source, stopping = never, aws = clients): Promise<boolean> {
    const calls = createPacedCalls({ aws, isOwnEndpoint: () => true, wait: async () => {} });
    const clock = () => new Date(Date.now() + ahead);
    return pullResources({ database, aws, calls, clock, log: world.log }, of, stopping);
  }
  async function names(): Promise<string[]> {
    const key = { source: source.id, kind: "templates" } as const;
    return (await resourcePage(database, key, { after: "", limit: 200 })).resources.map(({ name }) => name);
  }
  async function stateOf(kind: string) {
    return (await selectMirrorResourceKinds(database, source.id)).find((one) => one.kind === kind);
  }
  const hour = () => {
    ahead += 61 * 60_000;
  };

  it("of many pages is listed at once, and its details come some at a time, also after a restart", async () => {
    const all = Array.from({ length: 45 }, (_, n) => `t${String(n).padStart(2, "0")}`);
    answer = (path, token) => {
      if (path !== "/v2/email/templates") return named(path.split("/").at(-1) ?? "");
      return token === null ? listOf(all.slice(0, 30), "more") : listOf(all.slice(30));
    };
    const counts = async () =>
      (await countMirrorResources(database, source.id)).map(({ total, waiting }) => [total, waiting]);
    expect(await pull()).toBe(true);
    expect(await counts()).toEqual([[45, 25]]);
    expect(await pull()).toBe(true);
    expect(await pull()).toBe(false);
    expect(await counts()).toEqual([[45, 0]]);
    // Each once.
    expect(asked.filter((path) => path.startsWith("/v2/email/templates/")).sort()).toEqual(
      all.map((name) => `/v2/email/templates/${name}`),
    );
    expect(await pull()).toBe(false);
    expect(asked.filter((path) => path === "/v2/email/templates")).toHaveLength(2);
  });

  it("loses what is gone only by a complete list", async () => {
    answer = (path) => (path === "/v2/email/templates" ? listOf(["a", "b"]) : named("a"));
    await pull();
    answer = (path, token) => {
      if (path !== "/v2/email/templates") return named("b");
      return token === null ? listOf(["b"], "more") : 403;
    };
    hour();
    await pull();
    expect(await names()).toEqual(["a", "b"]);
    expect(await stateOf("templates")).toMatchObject({ error: expect.stringContaining("refused") });
    answer = (path) => (path === "/v2/email/templates" ? listOf(["b"]) : named("b"));
    hour();
    await pull();
    expect(await names()).toEqual(["b"]);
    expect(await stateOf("templates")).toMatchObject({ error: null });
  });

  it("may lose one between its list and its details", async () => {
    answer = (path) => {
      if (path === "/v2/email/templates") return listOf(["a", "gone"]);
      return path.endsWith("gone") ? 404 : named("a");
    };
    await pull();
    expect(await names()).toEqual(["a"]);
    expect(await stateOf("templates")).toMatchObject({ error: null });
    expect(world.logged).toEqual([]);
  });

  it("may have texts with any character, names that are none, and details that are too long", async () => {
    const long = "x".repeat(2_000_001);
    answer = (path) => {
      if (path === "/v2/email/templates") return listOf(["a\0", "", "odd/é", "long", "long"]);
      return path.endsWith("long") ? named("long", long) : named("odd/é", "a\0b\ud800");
    };
    await pull();
    expect(await names()).toEqual(["long", "odd/é"]);
    const key = { source: source.id, kind: "templates" } as const;
    expect(await resourceDetails(database, { ...key, name: "odd/é" })).toMatchObject({
      details: { TemplateContent: { Subject: expect.stringMatching(/^a\0b/) } },
    });
    const { details, error, template } = await resourceDetails(database, { ...key, name: "long" });
    expect([details, error, template?.subject]).toEqual([
      undefined,
      "Its details are too long to be kept.",
      "x".repeat(500),
    ]);
  });

  it("of another region replaces what was read", async () => {
    answer = (path) => (path === "/v2/email/templates" ? listOf(["a"]) : named("a"));
    await pull();
    answer = (path) => (path === "/v2/email/templates" ? 403 : named("a"));
    await pull({ ...source, region: "eu-central-1" });
    expect(await names()).toEqual([]);
    expect(await stateOf("templates")).toMatchObject({ origin: `${source.accounts[0]}/eu-central-1`, listedAt: null });
  });

  it("that does not answer holds up no stop, which is no error", async () => {
    const stopping = new AbortController();
    answer = () => {
      stopping.abort(new Error("stopped"));
      return "none";
    };
    await expect(pull(source, stopping.signal)).rejects.toThrow("stopped");
    expect(await stateOf("templates")).toBeUndefined();
    expect(world.logged).toEqual([]);
  });

  it("of a source that is deleted meanwhile leaves nothing", async () => {
    answer = (path) => (path === "/v2/email/templates" ? listOf(["a"]) : named("a"));
    await deleteMirrorSource(database, source.id);
    expect(await pull()).toBe(false);
    expect([await names(), await stateOf("templates")]).toEqual([[], undefined]);
  });

  it("whose list does not end is an error", async () => {
    const handle = async () => ({
      response: { statusCode: 200, headers: {}, body: Readable.from([JSON.stringify(listOf([], "again"))]) },
    });
    const endless = new SESv2({
      ...{ region: source.region, credentials: { accessKeyId: "a", secretAccessKey: "b" } },
      requestHandler: { handle, metadata: { handlerProtocol: "http/1.1" } },
    });
    await pull(source, never, { ...clients, ses: async () => endless });
    expect(await stateOf("templates")).toMatchObject({ error: expect.stringContaining("more than 500 pages") });
  });
});
