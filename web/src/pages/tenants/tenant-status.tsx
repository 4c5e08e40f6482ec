/** Whether mail for a tenant is sent. */
import { StatusBadge, type Tone } from "../../components/status-badge.tsx";
import type { SendingStatus } from "./tenants.ts";

const states: Readonly<Record<SendingStatus, { name: string; tone: Tone; about: string }>> = {
  ENABLED: { name: "Enabled", tone: "good", about: "Mail for this tenant is sent." },
  REINSTATED: {
    name: "Reinstated",
    tone: "good",
    about: "Mail for this tenant is sent again: it was paused before, and reinstated.",
  },
  DISABLED: {
    name: "Paused",
    tone: "warning",
    about: "Mail for this tenant is refused (SendingPausedException).",
  },
};

export function TenantStatus({ status }: { status: SendingStatus | undefined }) {
  const { name, tone } = states[status ?? "ENABLED"];
  return <StatusBadge tone={tone}>{name}</StatusBadge>;
}

/** The same as a sentence. */
export const statusText = (status: SendingStatus | undefined): string => states[status ?? "ENABLED"].about;
