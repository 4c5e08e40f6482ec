/** How mail with a configuration set is delivered: whether only over TLS, and for how long it is tried. */
import { Radio, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { serverQuery } from "../../api/server.ts";
import { ses } from "../../api/ses.ts";
import { ChangeButton } from "../../components/change-button.tsx";
import { FormModal } from "../../components/form-modal.tsx";
import { Part } from "../../components/part.tsx";
import { type PartOf, useReadAnew } from "./configuration-sets.ts";
import { formatDuration, secondsOf } from "./duration.ts";

export function DeliveryPart({ name, set }: PartOf) {
  const { data: server } = useQuery(serverQuery);
  const { TlsPolicy, MaxDeliverySeconds: seconds } = set.DeliveryOptions ?? {};
  return (
    <Part
      title="Delivery"
      action={
        <ChangeButton what="Change delivery" form={(close) => <DeliveryForm name={name} set={set} close={close} />} />
      }
    >
      <Text size="sm">
        {TlsPolicy === "REQUIRE"
          ? "Mail goes over TLS to a server whose certificate holds, or not at all."
          : "Mail goes over TLS where the recipient’s server offers it, else without."}
      </Text>
      <Text size="sm">
        {seconds === undefined
          ? "It is tried for as long as the server’s settings say, 14 hours unless they were changed; then it bounces."
          : `It is tried for ${formatDuration(seconds)}; then it bounces.`}
      </Text>
      {server?.delivery === "capture" && (
        <Text size="sm" c="dimmed">
          This server keeps all mail and delivers none: this counts once MAILGLASS_DELIVERY lets mail leave.
        </Text>
      )}
    </Part>
  );
}

const unreadable = "Write a time such as 90 min or 2 h 30 min.";

function DeliveryForm({ name, set, close }: PartOf & { close: () => void }) {
  const readAnew = useReadAnew(name);
  const { TlsPolicy, MaxDeliverySeconds } = set.DeliveryOptions ?? {};
  const [tls, setTls] = useState<"OPTIONAL" | "REQUIRE">(TlsPolicy ?? "OPTIONAL");
  const [time, setTime] = useState(MaxDeliverySeconds === undefined ? "" : formatDuration(MaxDeliverySeconds));
  const isFault = (text: string) => text.trim() !== "" && secondsOf(text) === undefined;
  return (
    <FormModal
      title={`Delivery with ${name}`}
      submit="Save"
      failed="The delivery was not changed"
      save={() =>
        ses("PutConfigurationSetDeliveryOptions", {
          ConfigurationSetName: name,
          TlsPolicy: tls,
          MaxDeliverySeconds: secondsOf(time),
        })
      }
      done={() => void readAnew()}
      close={close}
    >
      <Radio.Group label="TLS" value={tls} onChange={(chosen) => setTls(chosen === "REQUIRE" ? "REQUIRE" : "OPTIONAL")}>
        <Stack gap="xs" mt="xs">
          <Radio
            value="OPTIONAL"
            label="Where the recipient’s server offers it"
            description="Whoever certifies it; without TLS where there is none. Domains that demand more by DANE or MTA-STS get it."
          />
          <Radio
            value="REQUIRE"
            label="Always, with a certificate that holds"
            description="Mail to a server without waits and is tried again, and bounces when its time is over."
          />
        </Stack>
      </Radio.Group>
      <TextInput
        label="Try for"
        description="5 minutes to 14 hours, such as 90 min or 2 h 30 min. Empty: as the server’s settings say."
        autoComplete="off"
        value={time}
        error={isFault(time) ? unreadable : undefined}
        onChange={({ currentTarget }) => {
          // The browser then keeps the form from being sent.
          currentTarget.setCustomValidity(isFault(currentTarget.value) ? unreadable : "");
          setTime(currentTarget.value);
        }}
      />
    </FormModal>
  );
}
