/** AUTH PLAIN and LOGIN (RFC 4954, RFC 4616), for a relay. */
import type { Channel } from "./channel.ts";
import type { Reply } from "./reply.ts";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Maximum length of a command line, including CRLF (RFC 5321, 4.5.3.1.4). */
const longestCommand = 512;

/**
 * Logs in with the best of the offered mechanisms. Resolves to the server's last reply (235 for success), or to
 * undefined if the server offers no supported mechanism. Rejects with ConnectionLost.
 */
export async function authenticate(
  channel: Channel,
  offered: ReadonlySet<string>,
  { user, password }: Credentials,
  timeoutMillis: number,
): Promise<Reply | undefined> {
  async function say(line: string): Promise<Reply> {
    channel.send(`${line}\r\n`, 1);
    return await channel.read(timeoutMillis);
  }

  if (offered.has("PLAIN")) {
    const response = base64(`\0${user}\0${password}`);
    const command = `AUTH PLAIN ${response}`;
    if (command.length + 2 <= longestCommand) return await say(command);
    const asked = await say("AUTH PLAIN");
    return asked.code === 334 ? await say(response) : asked;
  }
  if (offered.has("LOGIN")) {
    const askedForUser = await say("AUTH LOGIN");
    if (askedForUser.code !== 334) return askedForUser;
    const askedForPassword = await say(base64(user));
    return askedForPassword.code === 334 ? await say(base64(password)) : askedForPassword;
  }
  return undefined;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
