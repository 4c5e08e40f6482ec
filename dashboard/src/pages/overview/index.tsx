/** Overview. */
import { PageFrame } from "../../components/page-frame.tsx";

export function OverviewPage() {
  return <PageFrame title="Overview">{"Volumes and rates over time."}</PageFrame>;
}
