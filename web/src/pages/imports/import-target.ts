/** What an import goes into or out of. */
import type { Input } from "../../../../src/contract/types.ts";

export interface ImportTarget {
  destination: "suppression" | "contacts";
  /** The contact list, where that is the destination; null while none is chosen. */
  list: string | null;
  action: "PUT" | "DELETE";
}

/** Whether an import could be made: a contact list must be chosen. */
export function isWhole({ destination, list }: ImportTarget): boolean {
  return destination === "suppression" || list !== null;
}

type Destination = NonNullable<Input<"CreateImportJob">["ImportDestination"]>;

/** As CreateImportJob takes it. */
export function importDestination({ destination, list, action }: ImportTarget): Destination {
  return destination === "suppression"
    ? { SuppressionListDestination: { SuppressionListImportAction: action } }
    : { ContactListDestination: { ContactListName: list ?? "", ContactListImportAction: action } };
}
