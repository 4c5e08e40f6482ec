/** Suppression list. */
import { PageFrame } from "../../components/page-frame.tsx";

export function SuppressionPage() {
  return <PageFrame title="Suppression list">{"Addresses that get no mail."}</PageFrame>;
}
