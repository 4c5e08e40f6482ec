/** Configuration sets. */
import { PageFrame } from "../../components/page-frame.tsx";

export function ConfigurationSetsPage() {
  return <PageFrame title="Configuration sets">{"How groups of mail are sent."}</PageFrame>;
}
