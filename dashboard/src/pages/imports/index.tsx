/** Imports. */
import { PageFrame } from "../../components/page-frame.tsx";

export function ImportsPage() {
  return <PageFrame title="Imports">{"Addresses from files."}</PageFrame>;
}
