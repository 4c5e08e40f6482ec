/** Contact lists. */
import { PageFrame } from "../../components/page-frame.tsx";

export function ContactsPage() {
  return <PageFrame title="Contact lists">{"Who gets which mail."}</PageFrame>;
}
