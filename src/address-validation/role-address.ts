import type { Verdict } from "./verdict.ts";

/** RFC 2142, 3 to 5, and names that organizations commonly use for a function, also in other languages. */
const roles: ReadonlySet<string> = new Set(
  [
    "abuse ftp hostmaster info marketing news noc postmaster sales security support usenet uucp webmaster www",
    "accounting accounts admin administrator all billing bookings career careers compliance contact customercare",
    "customerservice customersupport donations dpo editor editorial enquiries enquiry everyone events feedback finance",
    "fraud hello help helpdesk hr inquiries inquiry invoice invoices it jobs legal listserv list lists mail mailbox",
    "mailer-daemon mailerdaemon majordomo management media membership newsletter office operations ops order orders",
    "partners payments payroll phishing press privacy procurement purchasing recruiting recruitment registrar reception",
    "reservations returns root sales-team service services shipping shop spam staff subscribe subscriptions sysadmin",
    "team tech technical undisclosed-recipients unsubscribe webmail welcome",
    "no-reply noreply no.reply no_reply do-not-reply donotreply bounce bounces notifications notification alerts",
    // Czech, Dutch, French, German, Italian, Polish, Portuguese, Spanish
    "administracion administrador administratie atencion atendimento bewerbung biuro buchhaltung comercial commercial",
    "compras contabilidad contabilidade contacto contato contatti datenschutz direction facturacion facturas financeiro",
    "iletisim klantenservice kontakt obchod podpora presse rechnung recepcion recrutement redaktion reservas secretaria",
    "secretariat segreteria serwis soporte sprzedaz suporte vendas ventas verkoop vertrieb",
  ].flatMap((line) => line.split(" ")),
);

/** A role, and a region or a number: `sales-us`, `support.de`, `info2`. */
const qualified = /^([a-z-]+?)(?:[._-](?:[a-z]{2,3}|\d{1,4})|\d{1,4})$/;

/** IsRoleAddress: HIGH for the name of a function, MEDIUM if a region or a number follows it. Ignores a `+tag`. */
export function isRoleAddress(localPart: string): Verdict {
  const [name = ""] = localPart.toLowerCase().split("+");
  if (roles.has(name)) return "HIGH";
  const role = qualified.exec(name)?.[1];
  return role !== undefined && roles.has(role) ? "MEDIUM" : "LOW";
}
