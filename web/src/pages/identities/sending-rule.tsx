/** Who may send by the server's settings, where that is not what SES would have. */
import { Alert } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ServerState, serverQuery } from "../../api/server.ts";

/** Nothing is said where mail leaves and only verified identities may send. */
export function SendingRule() {
  const { data: server } = useQuery(serverQuery);
  const text = server && ruleText(server);
  if (text === undefined) return null;
  return (
    <Alert variant="light" color="blue" icon={<IconInfoCircle aria-hidden />} p="sm">
      {text}
    </Alert>
  );
}

function ruleText({ delivery, identityVerification }: ServerState): string | undefined {
  const anyone = identityVerification === "off";
  if (delivery === "capture") {
    return anyone
      ? "This server captures mail: nothing leaves it. So an identity is verified as soon as it is made, and mail from other senders is taken as well."
      : "This server captures mail: nothing leaves it. So an identity is verified as soon as it is made. Mail from senders that are no identity is refused.";
  }
  return anyone
    ? "By the server’s settings (MAILGLASS_IDENTITY_VERIFICATION) anyone may send, verified or not. Mail is signed with DKIM only where its domain is verified."
    : undefined;
}
