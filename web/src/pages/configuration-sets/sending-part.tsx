/** Whether mail with a configuration set is sent. */
import { Button, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { Part } from "../../components/part.tsx";
import { accountQuery, type PartOf, useReadAnew } from "./configuration-sets.ts";
import { SendingState } from "./sending-badge.tsx";

const put = (name: string, SendingEnabled: boolean) =>
  ses("PutConfigurationSetSendingOptions", { ConfigurationSetName: name, SendingEnabled });

export function SendingPart({ name, set }: PartOf) {
  const { data: account } = useQuery(accountQuery);
  const readAnew = useReadAnew(name);
  const resuming = useMutation({ mutationFn: () => put(name, true), onSuccess: readAnew });
  const on = set.SendingOptions?.SendingEnabled === true;
  return (
    <Part
      title="Sending"
      state={<SendingState on={on} />}
      action={
        on ? (
          <ConfirmButton
            label="Pause"
            accessibleLabel="Pause sending"
            question={`Pause sending with ${name}?`}
            confirm="Pause sending"
            failed="Sending was not paused"
            run={() => put(name, false)}
            done={() => {
              resuming.reset();
              void readAnew();
            }}
            button={{ style: { flexShrink: 0 } }}
          >
            New mail with it is refused (SendingPausedException). Mail that was accepted before waits until sending is
            resumed; it bounces if its time ends meanwhile.
          </ConfirmButton>
        ) : (
          <Button
            size="xs"
            loading={resuming.isPending}
            onClick={() => resuming.mutate()}
            aria-label="Resume sending"
            style={{ flexShrink: 0 }}
          >
            Resume
          </Button>
        )
      }
    >
      <Text size="sm">
        {on
          ? "Mail with this set is sent."
          : "Mail with this set is refused. What was accepted before the pause waits until sending is resumed, while its time goes on."}
      </Text>
      {account?.SendingEnabled === false && (
        <Text size="sm">All sending of the account is paused, too: no mail is sent, whatever its set.</Text>
      )}
      {resuming.isError && <ErrorAlert title="Sending was not resumed" error={resuming.error} />}
    </Part>
  );
}
