import { readFileSync } from "node:fs";
import { object, string } from "valibot";
import { parseJson } from "./parse-data.ts";

/** The version of this program, such as `0.1.0`. */
export function ownVersion(): string {
  // At the same depth from the sources and from the build.
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return parseJson(object({ version: string() }), manifest, "package.json").version;
}
