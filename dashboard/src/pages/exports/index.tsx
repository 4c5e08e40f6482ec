/** Exports. */
import { PageFrame } from "../../components/page-frame.tsx";

export function ExportsPage() {
  return <PageFrame title="Exports">{"Messages and metrics as files."}</PageFrame>;
}
