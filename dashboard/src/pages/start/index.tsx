/** How to begin. */
import { PageFrame } from "../../components/page-frame.tsx";

export function StartPage() {
  return <PageFrame title="Getting started">Connect an SDK to this server.</PageFrame>;
}
