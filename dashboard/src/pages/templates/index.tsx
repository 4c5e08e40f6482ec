/** Templates. */
import { PageFrame } from "../../components/page-frame.tsx";

export function TemplatesPage() {
  return <PageFrame title="Templates">{"Mail to be filled in."}</PageFrame>;
}
