/** What can be done about a recipient: find their other mail, and keep mail from them or let them have it again. */
import { Anchor, Group, Text } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { queryString } from "../../api/query-string.ts";
import { type ScopeChoice, scoped } from "../../api/scope.ts";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { messageOf } from "../../components/error-alert.tsx";
import { ErrorText } from "../../components/error-text.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Time } from "../../time/zone.tsx";
import { type Reason, type Suppressed, suppressedQuery, suppressionKey } from "../suppression/suppressed.ts";

/**
 * `bounced`: mail came back from there, which is then why they are suppressed. `scope` is the message's account and region,
 * where all are shown.
 */
export function RecipientActions(parts: { recipient: string; bounced: boolean; scope: ScopeChoice | undefined }) {
  const { recipient, bounced, scope } = parts;
  const { data: suppressed, error } = useQuery(suppressedQuery(recipient, { scope }));
  return (
    <Group gap="xs">
      <ButtonLink
        to="/messages"
        search={{ recipient }}
        size="xs"
        variant="default"
        leftSection={<IconSearch size={14} aria-hidden />}
      >
        All mail to this recipient
      </ButtonLink>
      {suppressed === null && (
        <SuppressButton recipient={recipient} reason={bounced ? "BOUNCE" : "COMPLAINT"} scope={scope} />
      )}
      {suppressed && <WhySuppressed recipient={recipient} suppressed={suppressed} scope={scope} />}
      {error && <ErrorText>{messageOf(error)}</ErrorText>}
    </Group>
  );
}

function SuppressButton(parts: { recipient: string; reason: Reason; scope: ScopeChoice | undefined }) {
  const { recipient, reason, scope } = parts;
  const queryClient = useQueryClient();
  return (
    <ConfirmButton
      label="Suppress"
      accessibleLabel={`Suppress ${recipient}`}
      question={`Suppress ${recipient}?`}
      confirm="Suppress"
      failed="The address was not suppressed"
      run={() => ses("PutSuppressedDestination", { EmailAddress: recipient, Reason: reason }, undefined, scope)}
      done={() => void queryClient.invalidateQueries({ queryKey: [suppressionKey] })}
    >
      No mail is sent to this address any more until it is taken off the suppression list. The reason will be{" "}
      {reason === "BOUNCE" ? "a bounce" : "a complaint"}: SES knows only bounces and complaints.
    </ConfirmButton>
  );
}

function WhySuppressed(parts: { recipient: string; suppressed: Suppressed; scope: ScopeChoice | undefined }) {
  const { recipient, suppressed, scope } = parts;
  const { Reason: reason, LastUpdateTime: since = 0, Attributes: { MessageId: cause } = {} } = suppressed;
  return (
    <Text size="sm" role="status">
      Suppressed since <Time at={since} /> {reason === "COMPLAINT" ? "for a complaint" : "for a bounce"}
      {cause !== undefined && (
        <>
          {" "}
          (by{" "}
          <TextLink to="/messages/$messageId" params={{ messageId: cause }} search={{ recipient }} size="sm">
            this message
          </TextLink>
          )
        </>
      )}
      .{" "}
      {scope ? (
        <Anchor href={scoped(`/suppression${queryString({ address: recipient })}`, scope)} size="sm">
          Look at the list
        </Anchor>
      ) : (
        <TextLink to="/suppression" search={{ address: recipient }} size="sm">
          Look at the list
        </TextLink>
      )}
    </Text>
  );
}
