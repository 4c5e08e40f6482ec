/** How far an identity's verification is, in a word. */
import { StatusBadge } from "../../components/status-badge.tsx";
import type { Status } from "./identities.ts";
import { statusWords } from "./status-words.ts";

export function VerificationBadge({ status = "NOT_STARTED" }: { status: Status | undefined }) {
  const { word, tone } = statusWords[status];
  return <StatusBadge tone={tone}>{word}</StatusBadge>;
}
