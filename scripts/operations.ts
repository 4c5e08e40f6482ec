/** Prints the operations of SES v2 by resource, those of SES v1, and which of them are implemented: `npm run operations`. */
import { operations } from "../src/contract/operations.ts";
import { operationNames } from "../src/contract/v1/model.ts";
import { refusedV1Operations } from "../src/operations/v1/refused.ts";
import { writtenV1Operations } from "../src/operations/v1/written.ts";
import { writtenOperations } from "../src/operations/written.ts";

type Row = readonly [name: string, resource: string, isWritten: string];

const written: ReadonlySet<string> = new Set(writtenOperations);
const writtenV1: ReadonlySet<string> = new Set(writtenV1Operations);
const refused: ReadonlySet<string> = new Set(refusedV1Operations);
const yesOrNo = (isWritten: boolean) => (isWritten ? "yes" : "no");
const rows = operations
  .map(({ name, resource }): Row => [name, resource, yesOrNo(written.has(name))])
  .sort(([name, resource], [other, its]) => resource.localeCompare(its) || name.localeCompare(other));
const v1Rows = operationNames.map(
  (name): Row => [name, "v1", refused.has(name) ? "refused" : yesOrNo(writtenV1.has(name))],
);
const all: readonly Row[] = [["operation", "resource", "written"], ...rows, ...v1Rows];
const nameWidth = Math.max(...all.map(([name]) => name.length));
const resourceWidth = Math.max(...all.map(([, resource]) => resource.length));

for (const [name, resource, isWritten] of all) {
  console.log(`${name.padEnd(nameWidth)}  ${resource.padEnd(resourceWidth)}  ${isWritten}`);
}
console.log(
  `\n${written.size} of ${rows.length} operations of SES v2 are written, ${writtenV1.size} of ${v1Rows.length} of SES v1.\n${refused.size} of SES v1 are refused on purpose: no mail is received here.`,
);
