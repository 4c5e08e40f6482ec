/** Queue. */
import { PageFrame } from "../../components/page-frame.tsx";

export function QueuePage() {
  return <PageFrame title="Queue">{"Mail that waits to be delivered."}</PageFrame>;
}
