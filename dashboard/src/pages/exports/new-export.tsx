/** A new export. */
import { PageFrame } from "../../components/page-frame.tsx";

export function NewExportPage() {
  return <PageFrame title="New export">{"What to put into a file."}</PageFrame>;
}
