import { describe, expect, it } from "vitest";
import { readArguments } from "../commands/simulate.ts";
import { readOptions, SimulationError, standardOptions } from "./options.ts";

describe("readOptions", () => {
  it("fills in what is not said", () => {
    expect(readOptions({})).toEqual(standardOptions);
    expect(readOptions({ days: 0.5 })).toEqual({ ...standardOptions, days: 0.5 });
    expect(readOptions({ messages: 1, days: 3650, seed: 0 })).toEqual({ messages: 1, days: 3650, seed: 0 });
  });

  it.each<[unknown, string]>([
    [{ messages: 0 }, "messages must be a whole number from 1 to 100000000"],
    [{ messages: 1.5 }, "messages must be a whole number from 1 to 100000000"],
    [{ messages: 100_000_001 }, "messages must be a whole number from 1 to 100000000"],
    [{ messages: "5" }, "messages must be a whole number from 1 to 100000000"],
    [{ days: 0 }, "days must be a number above 0, up to 3650"],
    [{ days: Number.POSITIVE_INFINITY }, "days must be a number above 0, up to 3650"],
    [{ days: null }, "days must be a number above 0, up to 3650"],
    [{ seed: -1 }, "seed must be a whole number from 0"],
    [{ seed: 2 ** 53 }, "seed must be a whole number from 0"],
    [{ speed: 1 }, "there is no speed: a simulation takes messages, days and seed"],
    [{ toString: 1 }, "there is no toString: a simulation takes messages, days and seed"],
    [null, "a simulation takes a JSON object with messages, days and seed"],
    [[1], "a simulation takes a JSON object with messages, days and seed"],
    ["messages", "a simulation takes a JSON object with messages, days and seed"],
    [Buffer.from("{}"), "a simulation takes a JSON object with messages, days and seed"],
  ])("refuses %j", (given, message) => {
    expect(() => readOptions(given)).toThrow(SimulationError);
    expect(() => readOptions(given)).toThrow(message);
  });
});

describe("readArguments", () => {
  it("reads numbers in any form", () => {
    expect(readArguments([])).toEqual(standardOptions);
    expect(readArguments(["--messages", "1e3", "--days=0.5", "--seed", "42"])).toEqual({
      messages: 1000,
      days: 0.5,
      seed: 42,
    });
  });

  it.each([
    [["--messages", "many"]],
    [["--messages", ""]],
    [["--messages"]],
    [["--days", "-1"]],
    [["--days", " "]],
    [["--seed", "0x"]],
    [["--speed", "1"]],
    [["1000"]],
  ])("refuses %j", (args) => expect(() => readArguments(args)).toThrow(SimulationError));
});
