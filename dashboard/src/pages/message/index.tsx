/** Message. */
import { PageFrame } from "../../components/page-frame.tsx";

export function MessagePage() {
  return <PageFrame title="Message">{"What happened to a message, and the mail itself."}</PageFrame>;
}
