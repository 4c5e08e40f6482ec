/**
 * The benchmarks: `npm run bench` lists them, `npm run bench -- NAME` runs one and prints a table, or with `--json` a
 * line of JSON for each figure. Some take `--count`, how many things to measure with, and `--prepared`, a folder that keeps
 * generated data for later runs. A benchmark measures its reference in the same run, on the same machine.
 */
import { parseArgs } from "node:util";
import * as deliver from "./deliver.ts";
import * as exporting from "./export.ts";
import { type Bench, tableHead, tableRow } from "./figure.ts";
import * as growth from "./growth.ts";
import * as importing from "./import.ts";
import * as insights from "./insights.ts";
import * as metrics from "./metrics.ts";
import * as mirror from "./mirror.ts";
import * as publish from "./publish.ts";
import * as record from "./record.ts";
import * as relay from "./relay.ts";
import * as search from "./search.ts";
import * as send from "./send.ts";
import * as simulate from "./simulate.ts";
import * as smtp from "./smtp.ts";
import * as start from "./start.ts";
import * as suppressed from "./suppressed.ts";
import * as track from "./track.ts";
import * as wait from "./wait.ts";

const benches: readonly Bench[] = [
  send,
  smtp,
  deliver,
  relay,
  start,
  exporting,
  growth,
  importing,
  insights,
  metrics,
  mirror,
  publish,
  record,
  search,
  simulate,
  suppressed,
  track,
  wait,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, count: { type: "string" }, prepared: { type: "string" } },
});
const [name] = positionals;
if (name === undefined) {
  for (const bench of benches) console.log(`${bench.name.padEnd(10)} ${bench.description}`);
} else {
  const bench = benches.find((one) => one.name === name);
  if (!bench) {
    console.error(`there is no bench ${name}; there are: ${benches.map((one) => one.name).join(", ")}`);
    process.exit(2);
  }
  const count = Number(values.count ?? bench.defaultCount ?? 0);
  if (values.count !== undefined && (bench.defaultCount === undefined || !Number.isInteger(count) || count < 1)) {
    console.error(bench.defaultCount ? "--count must be a whole number" : `the bench ${name} has no --count`);
    process.exit(2);
  }
  if (!values.json) console.log(`${bench.description}\n\n${tableHead}`);
  for await (const figure of bench.run(count, values.prepared))
    console.log(values.json ? JSON.stringify(figure) : tableRow(figure));
}
