/** What the pages know of contact lists. */
import { queryOptions } from "@tanstack/react-query";
import { type Answer, ses } from "../../api/ses.ts";

export type ContactList = NonNullable<Answer<"ListContactLists">["ContactLists"]>[number];

/** All contact lists; there is one unless a setting allows more, so all pages are read. */
export const contactListsQuery = queryOptions({
  queryKey: ["contact lists"],
  queryFn: async ({ signal }) => {
    const lists: ContactList[] = [];
    let token: string | undefined;
    do {
      const page = await ses("ListContactLists", { NextToken: token }, signal);
      lists.push(...(page.ContactLists ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return lists;
  },
});

/** Their names. */
export const contactListNamesQuery = queryOptions({
  ...contactListsQuery,
  select: (lists: ContactList[]) => lists.map(({ ContactListName: name = "" }) => name),
});
