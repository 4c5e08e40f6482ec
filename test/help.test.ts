/** Each command explains itself. */
import { expect, it } from "vitest";
import { runCommand } from "./support/run-command.ts";

const commands = ["serve", "simulate", "keys", "accounts", "identity", "mirror", "forget", "ips", "classify"];

it.each(commands)("mailglass %s --help prints its usage, and nothing else", async (command) => {
  const help = await runCommand([command, "--help"], {});
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toMatch(new RegExp(`^usage: mailglass \\[?${command}`));
});

it("mailglass --help names all commands", async () => {
  const { stdout } = await runCommand(["--help"], {});
  for (const command of commands) expect(stdout).toContain(command);
});

it("a command that does not exist is refused with the names of those that do", async () => {
  const refused = await runCommand(["sirve"], {});
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  for (const command of commands) expect(refused.stderr).toContain(command);
});
