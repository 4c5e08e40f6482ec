/** Any parameters for the implemented operations of v1: answered or refused in SES's form, never with an internal error. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { operationNamed } from "../src/contract/v1/model.ts";
import { refusedV1Operations } from "../src/operations/v1/refused.ts";
import { writtenV1Operations } from "../src/operations/v1/written.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { runs } from "./support/runs.ts";
import { v1StructureValues } from "./support/v1-values.ts";

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_RATE_LIMITS: "off" } });
});
afterAll(() => server.close());

/** The parameters of a value, as an SDK names them. */
function parametersOf(name: string, value: unknown): [string, string][] {
  if (value instanceof Uint8Array) return [[name, Buffer.from(value).toString("base64")]];
  if (value instanceof Date) return [[name, value.toISOString()]];
  if (Array.isArray(value)) {
    return value.length === 0
      ? [[name, ""]]
      : value.flatMap((one, index) => parametersOf(`${name}.member.${index + 1}`, one));
  }
  if (typeof value !== "object" || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([member, one]) =>
    parametersOf(name === "" ? member : `${name}.${member}`, one),
  );
}

const addresses = fc.constantFrom("a@example.com", "success@simulator.amazonses.com", "Name <b@example.com>");
const hostile = fc.oneof(
  addresses,
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\0", "\r\nBcc: x@example.com", "x".repeat(5_000), '&<>"]]>', "%", "true", "-1", "a@b", "<"),
);
const changes = fc.array(fc.tuple(fc.nat(1_000), fc.constantFrom("value", "name", "drop", "repeat"), hostile), {
  maxLength: 3,
});

function changed(all: readonly [string, string][], [place, kind, by]: readonly [number, string, string]) {
  const at = all.length === 0 ? 0 : place % all.length;
  const [name = "x", value = ""] = all[at] ?? [];
  if (kind === "drop") return all.toSpliced(at, 1);
  const one: [string, string] = kind === "name" ? [`${name}.${by}`, value] : [name, by];
  return all.toSpliced(at, kind === "repeat" ? 0 : 1, one);
}

it.each([...writtenV1Operations, ...refusedV1Operations])("%s", async (name) => {
  const input = v1StructureValues(operationNamed(name).input);
  const property = fc.asyncProperty(input, addresses, changes, async (value, address, all) => {
    const given = parametersOf("", value).map(([member, text]): [string, string] => [
      member,
      /Address|Source$|ReturnPath$|^Destinations\.member\.\d+$/.test(member) ? address : text,
    ]);
    const parameters = all.reduce<readonly [string, string][]>(changed, given);
    const encoded = parameters.map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join("="));
    const payload = [`Action=${name}`, ...encoded].join("&");
    const { statusCode, body } = await server.app.inject({ method: "POST", url: "/", payload });
    expect([200, 400]).toContain(statusCode);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML can't carry these
    expect(body).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    const element = statusCode === 200 ? `${name}Response` : "ErrorResponse";
    expect(body).toMatch(new RegExp(`^<${element} .*</${element}>$`, "s"));
    if (name === "UpdateAccountSendingEnabled") {
      await server.app.inject({ method: "POST", url: "/", payload: `Action=${name}&Enabled=1` });
    }
  });
  await fc.assert(property, { numRuns: runs(300) });
});

it("logs no unexpected error", () => expect(server.logged).toEqual([]));
