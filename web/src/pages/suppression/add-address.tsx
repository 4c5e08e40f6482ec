/** The form that puts an address onto the suppression list. */
import { Radio, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { ses } from "../../api/ses.ts";
import { FormModal } from "../../components/form-modal.tsx";
import type { Reason } from "./suppressed.ts";

export function AddAddress(parts: { tenant: string | undefined; done: () => void; close: () => void }) {
  const { tenant, done, close } = parts;
  const [address, setAddress] = useState("");
  const [reason, setReason] = useState<Reason>("BOUNCE");
  return (
    <FormModal
      title="Suppress an address"
      submit="Suppress"
      failed="The address was not suppressed"
      save={() => ses("PutSuppressedDestination", { EmailAddress: address, Reason: reason, TenantName: tenant })}
      done={done}
      close={close}
    >
      <TextInput
        label="Address"
        type="email"
        autoComplete="off"
        required
        data-autofocus
        value={address}
        onChange={({ currentTarget }) => setAddress(currentTarget.value)}
      />
      <Radio.Group
        label="Reason"
        value={reason}
        onChange={(chosen) => setReason(chosen === "COMPLAINT" ? "COMPLAINT" : "BOUNCE")}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="BOUNCE" label="Bounce: mail can’t be delivered there" />
          <Radio value="COMPLAINT" label="Complaint: somebody there does not want it" />
        </Stack>
      </Radio.Group>
    </FormModal>
  );
}
