/** Whether an identity is verified, what that means, and what to do next. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { TextLink } from "../../components/links.tsx";
import { Part } from "../../components/part.tsx";
import { Time } from "../../time/zone.tsx";
import { coveringQuery, type PartOf } from "./identities.ts";
import { addressMeaning, domainMeaning, errorWord } from "./status-words.ts";
import { VerificationBadge } from "./verification-badge.tsx";

/** `captures`: mail stays in this server, so that nothing is asked of anyone. */
export function VerificationPart({ name, identity, captures }: PartOf & { captures: boolean }) {
  const { VerificationStatus: status = "NOT_STARTED", IdentityType } = identity;
  const isDomain = IdentityType === "DOMAIN";
  return (
    <Part title="Verification" state={<VerificationBadge status={status} />}>
      {captures ? (
        <Text size="sm">
          It is verified at once: this server captures mail, so that nothing leaves it, and nothing has to be published
          or confirmed.
        </Text>
      ) : (
        <>
          <Text size="sm">{isDomain ? domainMeaning[status] : addressMeaning(status, name)}</Text>
          <Covering name={name} identity={identity} />
          {isDomain && <LastLook identity={identity} />}
        </>
      )}
    </Part>
  );
}

/** The verified domain above it, by which it may send whatever its own state. */
function Covering({ name, identity: { VerificationStatus, IdentityType } }: PartOf) {
  const { data: domain } = useQuery(coveringQuery(name));
  const own = VerificationStatus === "SUCCESS" || VerificationStatus === "TEMPORARY_FAILURE";
  if (!domain) {
    return IdentityType === "DOMAIN" || own ? null : <Text size="sm">No verified domain covers it.</Text>;
  }
  return (
    <Text size="sm">
      <TextLink to="/identities/$identity" params={{ identity: domain }} size="sm">
        {domain}
      </TextLink>{" "}
      is verified and covers it
      {IdentityType === "DOMAIN" ? "" : ": its mail is signed with that domain’s DKIM key"}.
      {own ? "" : " So it may send already."}
    </Text>
  );
}

function LastLook({ identity: { VerificationInfo = {} } }: Pick<PartOf, "identity">) {
  const { LastCheckedTimestamp: checked, LastSuccessTimestamp: found, ErrorType } = VerificationInfo;
  if (checked === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      Last checked <Time at={checked} />: {errorWord(ErrorType)}.
      {ErrorType !== undefined && found !== undefined && (
        <>
          {" "}
          It was there on <Time at={found} />.
        </>
      )}
    </Text>
  );
}
