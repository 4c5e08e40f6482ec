import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { writeToArchives } from "../../events/archive-packs.ts";
import { createMessageId } from "../../events/message-id.ts";
import { createAccountSettings } from "../../operations/account/settings.ts";
import { createConfigurationSet } from "../../operations/configuration-sets/create-configuration-set.ts";
import { getConfigurationSet } from "../../operations/configuration-sets/get-configuration-set.ts";
import { putConfigurationSetArchivingOptions } from "../../operations/configuration-sets/put-configuration-set-archiving-options.ts";
import { openFolder } from "../../stores/objects/folder.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { insertArchivedMail, searchArchivedMail } from "../../stores/postgres/archived-mail.ts";
import { deleteArchive, endArchivesOfScopes, insertArchive } from "../../stores/postgres/archives.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { forgetArchived } from "../forget/forget-archived.ts";
import { sweepArchives } from "./sweep-archives.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const context = callContext(now);
const daysAgo = (count: number) => new Date(now.getTime() - count * 86_400_000);
const { signal } = new AbortController();
const arn = (id: string) => `arn:aws:ses:us-east-1:000000000000:mailmanager-archive/${id}`;

describe.each(databases)("archives on $name", ({ open }) => {
  let database: ScopedDatabase;
  let objects: ObjectStore;
  let folder = "";
  beforeAll(async () => {
    database = await open();
    folder = await mkdtemp(join(tmpdir(), "mailglass-archives-"));
    objects = await openFolder(folder, { sync: false });
  });
  afterAll(async () => {
    await objects.close();
    await rm(folder, { recursive: true });
    await database.close();
  });
  beforeEach(async () => {
    for (const table of ["configuration_sets", "archived_mail", "archives", "ended_archives"]) {
      await database.query(`DELETE FROM ${table}`);
    }
    for (const key of await keys()) await objects.delete(key);
  });

  const make = async (id: string, retentionDays = 30) => {
    expect(await insertArchive(database, { id, name: id, retentionDays, createdAt: now }, 100)).toBe("created");
    return id;
  };
  const add = (archive: string, sentAt: Date, ...recipients: string[]) => addTo(objects, archive, sentAt, recipients);
  const addTo = async (store: ObjectStore, archive: string, sentAt: Date, recipients: readonly string[]) => {
    const mail = { archive, messageId: createMessageId(sentAt), scope: database.scope, sentAt, recipients };
    const text = { sender: "a@example.com", subject: `For ${recipients[0]}`, mime: Buffer.from(recipients.join()) };
    const written = await writeToArchives(store, [{ ...mail, ...text }], sentAt);
    await insertArchivedMail(database, written);
    return written[0];
  };
  const kept = async (archive: string, search: Partial<Parameters<typeof searchArchivedMail>[1]> = {}) => {
    const all = { recipient: undefined, sender: undefined, subject: undefined, messageId: undefined };
    const found = await searchArchivedMail(database, { archive, from: "", before: "", limit: 100, ...all, ...search });
    return found.map(({ recipients }) => recipients.join());
  };
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of objects.list("archives/")) found.push(key);
    return found;
  };

  test("a set refers to an archive that exists, and keeps it", async () => {
    const settings = createAccountSettings({ database, clock: () => new Date(0) });
    const create = createConfigurationSet({ database, settings, verification: "off" });
    const put = putConfigurationSetArchivingOptions({ database, settings });
    const options = async () =>
      (await getConfigurationSet({ database })({ ConfigurationSetName: "set" }, context)).ArchivingOptions;
    const ConfigurationSetName = "set";
    const id = await make("a-one");
    const ArchiveArn = arn(id);
    await create({ ConfigurationSetName, ArchivingOptions: { ArchiveArn } }, context);
    expect(await options()).toEqual({ ArchiveArn });
    expect((await settings.configurationSet("set"))?.archive).toBe(id);
    expect(await deleteArchive(database, id)).toBe("used");
    for (const unknown of [arn("a-none"), ArchiveArn.replace("us-east-1", "eu-west-1")]) {
      expect(await refusalOf(put({ ConfigurationSetName, ArchiveArn: unknown }, context))).toEqual([
        ...["NotFoundException", `Archive <${unknown}> does not exist.`],
      ]);
    }
    for (const given of [{}, { ArchiveArn }, { ArchiveArn: arn("a-none") }]) {
      expect(await refusalOf(put({ ConfigurationSetName: "none", ...given }, context))).toEqual([
        ...["NotFoundException", "Configuration set <none> does not exist."],
      ]);
    }
    expect(await options()).toEqual({ ArchiveArn });
    await put({ ConfigurationSetName }, context);
    expect(await options()).toBeUndefined();
    expect((await settings.configurationSet("set"))?.archive).toBeNull();
    expect(await deleteArchive(database, id)).toBe("deleted");
    expect(await deleteArchive(database, id)).toBe("missing");
  });

  test("mail of an archive that is deleted meanwhile is left out, that of others is kept", async () => {
    const id = await make("a-one");
    const mail = {
      scope: database.scope,
      sentAt: now,
      sender: "a@example.com",
      subject: "",
      recipients: ["b@example.com"],
    };
    const location = { key: "archives/x.pack", offset: 0, length: 1 };
    await insertArchivedMail(database, [
      { ...mail, archive: "a-gone", messageId: createMessageId(now), location },
      { ...mail, archive: id, messageId: createMessageId(now), location },
    ]);
    expect(await kept(id)).toEqual(["b@example.com"]);
    expect(await kept("a-gone")).toEqual([]);
  });

  test("mail is found by recipient, sender, subject and ID, the newest first", async () => {
    const id = await make("a-one");
    const first = await add(id, daysAgo(2), "Ann@example.com", "b@example.com");
    await add(id, daysAgo(1), "b@example.com");
    expect(await kept(id)).toEqual(["b@example.com", "Ann@example.com,b@example.com"]);
    expect(await kept(id, { recipient: "ann@EXAMPLE.com" })).toHaveLength(1);
    expect(await kept(id, { recipient: "example.com" })).toEqual([]);
    expect(await kept(id, { sender: "A@example.com" })).toHaveLength(2);
    expect(await kept(id, { subject: "FOR ann" })).toHaveLength(1);
    expect(await kept(id, { messageId: first?.messageId ?? "" })).toHaveLength(1);
    expect(await kept(id, { before: createMessageId(daysAgo(1.5)) })).toEqual(["Ann@example.com,b@example.com"]);
    expect(await kept(id, { from: createMessageId(daysAgo(1.5)), limit: 1 })).toEqual(["b@example.com"]);
  });

  test("a sweep deletes the days that are wholly older than each archive's retention, rows and files", async () => {
    const [short, long] = [await make("a-short", 10), await make("a-long", 100)];
    for (const id of [short, long]) {
      for (const days of [200, 50, 11, 10, 0]) await add(id, daysAgo(days), `${days}@example.com`);
    }
    expect(await sweepArchives({ database, objects }, now, signal)).toBe(4);
    expect(await kept(short)).toEqual(["0@example.com", "10@example.com"]);
    expect(await kept(long)).toEqual(["0@example.com", "10@example.com", "11@example.com", "50@example.com"]);
    expect(await keys()).toHaveLength(6);
    expect(await sweepArchives({ database, objects }, now, signal)).toBe(0);
  });

  test("the files of deleted archives and of reset scopes go, also those that come late", async () => {
    const [deleted, reset, other] = [await make("a-deleted"), await make("a-reset"), await make("a-other")];
    for (const id of [deleted, reset, other]) await add(id, now, "b@example.com");
    expect(await deleteArchive(database, deleted)).toBe("deleted");
    expect(await kept(deleted)).toEqual([]);
    await database.query("UPDATE archives SET scope = (SELECT max(id) FROM scopes) WHERE id = $1", [reset]);
    await database.query("DELETE FROM archives WHERE id = $1", [reset]);
    await database.query("INSERT INTO ended_archives (id, ended_at) VALUES ($1, now())", [reset]);
    expect(await sweepArchives({ database, objects }, now, signal)).toBe(2);
    // Another process, which does not know yet that the archive is gone.
    const another = await openFolder(folder, { sync: false });
    expect(await addTo(another, deleted, now, ["late@example.com"])).toBeDefined();
    await another.close();
    expect(await sweepArchives({ database, objects }, now, signal)).toBe(1);
    expect((await keys()).every((key) => key.startsWith("archives/a-other/"))).toBe(true);
    await database.query("UPDATE ended_archives SET ended_at = ended_at - interval '2 hours'");
    await sweepArchives({ database, objects }, now, signal);
    expect(await database.query("SELECT id FROM ended_archives")).toEqual([]);
    await endArchivesOfScopes(database, [database.scope]);
    expect(await database.query("SELECT id FROM ended_archives")).toEqual([{ id: other }]);
  });

  test("a person's mail to nobody else is overwritten, and the person is no recipient of other mail", async () => {
    const id = await make("a-one");
    const [own, shared] = [
      await add(id, now, "Ann@example.com"),
      await add(id, now, "b@example.com", "ann@example.com"),
    ];
    const content = async (mail: typeof own) => {
      const stream = mail && (await objects.read(mail.location.key, mail.location));
      return stream && (await buffer(stream)).toString();
    };
    expect(await forgetArchived({ database, objects }, "ann@example.com")).toBe(1);
    expect(await kept(id)).toEqual(["b@example.com"]);
    expect(await content(own)).toBe("\0".repeat("Ann@example.com".length));
    expect(await content(shared)).toBe("b@example.com,ann@example.com");
    expect(await forgetArchived({ database, objects }, "ann@example.com")).toBe(0);
  });
});
