import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { defaultScope, type ScopedDatabase } from "./database.ts";
import {
  deleteInboxMarks,
  deleteInboxMarksBefore,
  type InboxMark,
  markInboxRead,
  replaceInboxTags,
  selectInboxMarks,
} from "./inbox-marks.ts";
import { insertAccount, insertScope } from "./scopes.ts";

describe.each(databases)("marks of the inbox on $name", ({ open }) => {
  let database: ScopedDatabase;
  let other = 0;
  beforeAll(async () => {
    database = await open();
    await insertAccount(database, { id: "111122223333", name: "", createdAt: new Date(0) }, 10);
    await insertScope(database, "111122223333", "us-east-1", 10);
    const [row] = await database.query<{ id: number }>("SELECT id FROM scopes WHERE account = '111122223333'");
    other = row?.id ?? 0;
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM inbox_marks"));

  const marks = async (): Promise<InboxMark[]> =>
    (await selectInboxMarks(database, ["a", "b", "c"])).sort((one, two) => (one.messageId < two.messageId ? -1 : 1));

  test("reading and tags of a message change independently", async () => {
    const [a, b] = [
      { id: "a", scope: defaultScope },
      { id: "b", scope: other },
    ];
    await markInboxRead(database, [a, b], true);
    await replaceInboxTags(database, [
      { ...a, tags: ["one", 'two, "three"'] },
      { id: "c", scope: other, tags: [] },
    ]);
    await markInboxRead(database, [b], false);
    expect(await marks()).toEqual([
      { messageId: "a", read: true, tags: ["one", 'two, "three"'] },
      { messageId: "b", read: false, tags: null },
      { messageId: "c", read: false, tags: [] },
    ]);
    await replaceInboxTags(database, [{ ...a, tags: ["four"] }]);
    expect((await marks())[0]).toEqual({ messageId: "a", read: true, tags: ["four"] });
  });

  test("are deleted by message, by scope, by age, and all", async () => {
    const three = ["a", "b", "c"].map((id) => ({ id, scope: id === "b" ? other : defaultScope }));
    const left = async () => (await marks()).map(({ messageId }) => messageId);
    await markInboxRead(database, three, true);
    await deleteInboxMarks(database, { ids: ["a", "unknown"] });
    expect(await left()).toEqual(["b", "c"]);
    await deleteInboxMarks(database, { scope: defaultScope });
    expect(await left()).toEqual(["b"]);
    await markInboxRead(database, three, true);
    await deleteInboxMarksBefore(database, "b");
    expect(await left()).toEqual(["b", "c"]);
    await deleteInboxMarks(database, { scope: undefined });
    expect(await left()).toEqual([]);
  });
});
