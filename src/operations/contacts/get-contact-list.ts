import type { Handler } from "../../contract/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { requireList } from "./contact-input.ts";

export function getContactList({ database }: { database: ScopedQueryable }): Handler<"GetContactList"> {
  return async (input) => {
    const list = await requireList(database, input.ContactListName);
    return {
      ContactListName: list.name,
      Description: list.description ?? undefined,
      Topics: list.topics,
      CreatedTimestamp: list.createdAt,
      LastUpdatedTimestamp: list.updatedAt,
      Tags: list.tags,
    };
  };
}
