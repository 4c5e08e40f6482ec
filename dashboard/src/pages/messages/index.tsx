/** Messages. */
import { PageFrame } from "../../components/page-frame.tsx";

export function MessagesPage() {
  return <PageFrame title="Messages">{"Every message to every recipient, and what became of it."}</PageFrame>;
}
