/** Prints the operations of SES v2 by resource, and which of them are implemented: `npm run operations`. */
import { operations } from "../src/contract/operations.ts";
import type { OperationName } from "../src/contract/types.ts";
import { writtenOperations } from "../src/operations/written.ts";

const written: ReadonlySet<OperationName> = new Set(writtenOperations);
const rows = operations
  .map(({ name, resource }) => ({ name, resource, written: written.has(name) ? "yes" : "no" }))
  .sort((first, second) => first.resource.localeCompare(second.resource) || first.name.localeCompare(second.name));
const nameWidth = Math.max(...rows.map(({ name }) => name.length));
const resourceWidth = Math.max(...rows.map(({ resource }) => resource.length));

function line(name: string, resource: string, isWritten: string): string {
  return `${name.padEnd(nameWidth)}  ${resource.padEnd(resourceWidth)}  ${isWritten}`;
}

console.log(line("operation", "resource", "written"));
for (const { name, resource, written: isWritten } of rows) console.log(line(name, resource, isWritten));
console.log(`\n${written.size} of ${operations.length} operations are written.`);
