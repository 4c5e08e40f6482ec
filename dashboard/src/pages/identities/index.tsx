/** Identities. */
import { PageFrame } from "../../components/page-frame.tsx";

export function IdentitiesPage() {
  return <PageFrame title="Identities">{"Domains and addresses to send from."}</PageFrame>;
}
