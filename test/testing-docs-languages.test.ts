/** The examples in docs/testing.md for other languages, run as they stand there, each where its language is installed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Mailglass, startMailglass } from "../src/testing/index.ts";
import { examplesIn } from "./support/doc-examples.ts";
import { junitAndJackson } from "./support/maven-jars.ts";
import { goMissing, junitMissing, phpMissing, pytestMissing } from "./support/missing-tools.ts";
import { removeFolder, temporaryFolder } from "./support/server-process.ts";

/** Go compiles its own library first, on a machine that may be busy. */
const withinMs = 300_000;
const to = "ada@example.com";
/** No account has it: a wait for it is refused at once. */
const unknownAccount = "000000000001";

let server: Mailglass;
beforeAll(async () => {
  server = await startMailglass();
});
afterAll(() => server.stop());

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => removeFolder(folder));

/** The page's only example in the language, for this server. */
async function example(language: string): Promise<string> {
  const [code = "", ...others] = await examplesIn("testing.md", language);
  expect([code, others]).toEqual([expect.stringContaining("http://127.0.0.1:8025"), []]);
  return code.replaceAll("http://127.0.0.1:8025", server.url);
}

const write = (name: string, content: string) => writeFile(join(folder, name), content);

function start(command: string, ...args: string[]) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(command, args, { cwd: folder, env });
  const written = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const ended = written.then(([stdout, stderr]) => ({ code: child.exitCode, stdout, stderr }));
  return { child, ended };
}

/** Sends the mail that the examples wait for. */
async function send({ clientConfig }: { clientConfig: Mailglass["clientConfig"] }): Promise<void> {
  const client = new SESv2Client(clientConfig);
  const Content = { Simple: { Subject: { Data: "Welcome" }, Body: { Text: { Data: "Code: 482913" } } } };
  const Destination = { ToAddresses: [to] };
  await client.send(new SendEmailCommand({ FromEmailAddress: "shop@example.com", Destination, Content }));
  client.destroy();
}

test.skipIf(pytestMissing())("pytest", { timeout: withinMs }, async () => {
  const failure = `
def test_says_what_arrived_instead(mail):
    ses, wait_for = mail
    test_welcome(mail)
    with pytest.raises(AssertionError, match='No message matched to=bob@example.com .* "Welcome"'):
        wait_for(to="bob@example.com", timeout="0.1")
`;
  await write("test_mail.py", (await example("python")) + failure);
  const { code, stdout } = await start("python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mail.py").ended;
  expect(stdout).toContain("2 passed");
  expect(code).toBe(0);
});

test.skipIf(junitMissing())("JUnit", { timeout: withinMs }, async () => {
  const given = await example("java");
  const client = /^final SesV2Client ses = [^;]*;\n/m;
  expect(given).toMatch(client);
  const imports = [
    "com.fasterxml.jackson.databind.*",
    "java.net.*",
    "java.net.http.*",
    "java.util.concurrent.ThreadLocalRandom",
    "static java.nio.charset.StandardCharsets.UTF_8",
    "static org.junit.jupiter.api.Assertions.assertEquals",
  ];
  // The AWS SDK for Java is many jars: its client is left out, and this test sends the mail.
  await write(
    "Example.java",
    `${imports.map((name) => `import ${name};`).join("\n")}
class Example {
${given.replace(client, "")}
  public static void main(String[] args) throws Exception {
    var example = new Example();
    System.out.println(example.account);
    System.in.read();
    System.out.println(example.waitFor("${to}"));
    try {
      new Example().waitFor("${to}");
    } catch (AssertionError error) {
      System.out.println(error.getMessage());
    }
  }
}
`,
  );
  const classPath = [...(junitAndJackson() ?? []), folder].join(":");
  expect(await start("javac", "-classpath", classPath, "Example.java").ended).toMatchObject({ code: 0 });
  const { child, ended } = start("java", "-classpath", classPath, "Example");
  const [account = ""] = await once(createInterface(child.stdout), "line");
  const credentials = { accessKeyId: account, secretAccessKey: "any" };
  await send({ clientConfig: { ...server.clientConfig, credentials } });
  child.stdin.end("sent\n");
  const { code, stdout, stderr } = await ended;
  expect(code, stderr).toBe(0);
  const [, found = "", refused] = stdout.split("\n");
  expect(JSON.parse(found)).toMatchObject({ subject: "Welcome", codes: ["482913"] });
  expect(refused).toMatch(/^There is no account <\d{12}>\. ==> expected: <200> but was: <400>$/);
});

test.skipIf(goMissing())("Go", { timeout: withinMs }, async () => {
  await using account = await server.account();
  await send(account);
  const imports = ["encoding/json", "io", "net/http", "net/url", "testing"].map((name) => `\t"${name}"\n`).join("");
  const tests = `
func TestWelcome(t *testing.T) {
	message := waitFor(t, "${account.id}", "${to}")
	if message.Subject != "Welcome" || len(message.Codes) != 1 || message.Codes[0] != "482913" {
		t.Fatalf("%+v", message)
	}
}

func TestUnknownAccount(t *testing.T) {
	waitFor(t, "${unknownAccount}", "${to}")
}
`;
  await write("go.mod", "module example\n\ngo 1.21\n");
  await write("mail_test.go", `package example\n\nimport (\n${imports})\n\n${await example("go")}${tests}`);
  const { code, stdout } = await start("go", "test", "-v", "./...").ended;
  expect(stdout).toContain("--- PASS: TestWelcome");
  // What fails says why.
  expect(stdout).toMatch(/There is no account.*--- FAIL: TestUnknownAccount|FAIL: TestUnknownAccount.*no account/s);
  expect(code).toBe(1);
});

test.skipIf(phpMissing())("PHP", { timeout: withinMs }, async () => {
  await using account = await server.account();
  await send(account);
  const calls = `
echo json_encode(waitFor('${account.id}', '${to}')), "\\n";
try {
    waitFor('${unknownAccount}', '${to}');
} catch (RuntimeException $error) {
    echo $error->getMessage();
}
`;
  await write("mail.php", `<?php\n${await example("php")}${calls}`);
  const { code, stdout, stderr } = await start("php", "mail.php").ended;
  expect(code, stderr).toBe(0);
  const [found = "", refused] = stdout.split("\n");
  expect(JSON.parse(found)).toMatchObject({ subject: "Welcome", codes: ["482913"] });
  expect(refused).toBe(`There is no account <${unknownAccount}>.`);
});
