import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { violations } from "./constraints.ts";
import { decode } from "./decode.ts";
import { ServiceError } from "./errors/service-error.ts";
import { operations } from "./operations.ts";

/** JSON whose keys are often the operation's own, so that it gets past the first member. */
function bodies(memberNames: readonly string[]): fc.Arbitrary<string> {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("value"), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom("__proto__", "constructor", ...memberNames), tie("value"), { maxKeys: 6 }),
    ),
  }));
  const object = fc.dictionary(fc.constantFrom("__proto__", ...memberNames), value, { maxKeys: 8 });
  return fc.oneof(
    { arbitrary: object.map((body) => JSON.stringify(body)), weight: 6 },
    { arbitrary: value.map((body) => JSON.stringify(body) ?? ""), weight: 1 },
    { arbitrary: fc.string(), weight: 1 },
  );
}

const namesWithin = (names: Set<string>, schema: (typeof operations)[number]["input"]): Set<string> => {
  if (schema.isListSchema()) return namesWithin(names, schema.getValueSchema());
  if (!schema.isStructSchema()) return names;
  for (const [name, member] of schema.structIterator()) {
    if (!names.has(name)) namesWithin(names.add(name), member);
  }
  return names;
};

test.each(operations.map(({ name, input }) => [name, input] as const))(
  "%s is decoded and checked, or refused with a ServiceError",
  (name, input) => {
    const memberNames = [...namesWithin(new Set(["x"]), input)];
    const queries = fc.oneof(
      fc.array(fc.tuple(fc.constantFrom(...memberNames, "Reason"), fc.string())).map((all) => new URLSearchParams(all)),
      fc.string(),
    );
    fc.assert(
      fc.property(bodies(memberNames), queries, fc.string(), (body, query, label) => {
        try {
          const labels = Object.fromEntries(memberNames.map((member) => [member, label]));
          for (const { path, text } of violations(name, decode(name, { labels, query, body }))) {
            expect(path).toMatch(/^[a-z]/);
            expect(text).toMatch(/^M/);
          }
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          expect(error.status).toBe(400);
        }
      }),
      { numRuns: runs(200) },
    );
  },
);
