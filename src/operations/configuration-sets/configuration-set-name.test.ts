import fc from "fast-check";
import { expect, test } from "vitest";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

function refusal(name: string | undefined): string | undefined {
  try {
    checkConfigurationSetName(name);
  } catch (error) {
    if (error instanceof ServiceError && error.code === "BadRequestException") return error.text;
    throw error;
  }
  return undefined;
}

const character = fc.constantFrom(..."ABCXYZabcxyz0189_-");

test("names of 1 to 64 allowed characters pass unchanged", () => {
  fc.assert(
    fc.property(fc.string({ unit: character, minLength: 1, maxLength: 64 }), (name) => {
      expect(checkConfigurationSetName(name)).toBe(name);
    }),
  );
});

test("a name with any other character is refused with SES's text", () => {
  const other = fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((text) => !/[A-Za-z0-9_-]/.test(text));
  const part = fc.string({ unit: character, maxLength: 20 });
  fc.assert(
    fc.property(part, other, part, (before, bad, after) => {
      const name = before + bad + after;
      expect(refusal(name)).toBe(
        `Invalid configuration set name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
      );
    }),
  );
});

test("a name that ends in a line break is refused", () => {
  expect(refusal("name\n")).toContain("only alphanumeric ASCII characters");
});

test("the length is checked before the characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 65, maxLength: 200 }), (name) => {
      expect(refusal(name)).toBe("Configuration set name cannot exceed 64 characters.");
    }),
  );
});

test("a name must be given", () => {
  expect(refusal("")).toBe("The configuration set name must be specified.");
  expect(refusal(undefined)).toBe("The configuration set name must be specified.");
});
