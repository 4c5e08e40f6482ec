/** Takes requests of an EventBridge API destination: its envelope, or the event extracted by a rule (facts 4.6). */
import { constantTimeEqual } from "../../common/mac.ts";
import { basicChallenge, basicCredentials } from "../basic-credentials.ts";
import type { Ingest } from "../ingest.ts";
import { headerOf, type Intake, type PushHead, secretLost } from "../intake.ts";
import type { SourceList } from "../source-list.ts";
import type { SettingsOf } from "../source-settings.ts";

/** An EventBridge event has at most 1 MiB. */
const longestBody = 1 << 20;

export function createEventBridgeIntake(services: {
  readonly ingest: Pick<Ingest, "take">;
  readonly sources: Pick<SourceList, "secretOf">;
}): Intake<"eventbridge"> {
  const { ingest, sources } = services;
  return {
    longestBody,
    takesGzip: false,
    admit(source, head) {
      const secret = sources.secretOf(source);
      if (secret === undefined) return secretLost;
      const { settings } = source;
      if (isRight(settings, head, secret)) return undefined;
      const isBasic = settings.authorization === "basic";
      const what = isBasic ? "user name or password" : `API key in the header ${settings.name}`;
      const text = `A request had a wrong ${what}, or none. Configure the API destination's connection with the source's credentials.`;
      return { status: 401, text, isNoted: true, isFailedAttempt: true, ...(isBasic && { challenge: basicChallenge }) };
    },
    async take(source, _head, body) {
      await ingest.take(source, [body]);
      return { status: 200, text: "Recorded." };
    },
  };
}

function isRight({ authorization, name }: SettingsOf<"eventbridge">, head: PushHead, secret: string): boolean {
  if (authorization === "basic") return constantTimeEqual(basicCredentials(head) ?? "", `${name}:${secret}`);
  return constantTimeEqual(headerOf(head, name) ?? "", secret);
}
