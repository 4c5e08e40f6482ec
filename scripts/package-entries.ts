/** What the package has: its files below dist/, without their extension, and their sources below src/. */
export const packageEntries: Readonly<Record<string, string>> = {
  main: "main",
  "commands/stall-watch": "commands/stall-watch",
  testing: "testing/index",
  "testing-setup": "testing/setup",
  "testing-teardown": "testing/teardown",
  "testing-vitest": "testing/vitest",
  "testing-jest": "testing/jest",
  "testing-fixtures": "testing/fixtures",
};
