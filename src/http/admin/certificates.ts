/** The admin API of S/MIME certificates. See `docs/smime.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { safeParse, strictObject, string } from "valibot";
import type { Sealer } from "../../access/sealing/sealer.ts";
import type { SmimeCertificate, SmimeCertificateList } from "../../admin-api/certificates.ts";
import { addSmimeCertificate } from "../../identities/smime-certificates.ts";
import { summaryOf } from "../../mail/smime/certificate.ts";
import { certificateArn } from "../../operations/identity-certificates/certificate-arn.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import {
  deleteSmimeCertificate,
  type ListedCertificate,
  selectSmimeCertificate,
  selectSmimeCertificates,
} from "../../stores/postgres/smime-certificates.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminCertificateServices {
  database: Database;
  sealer: Sealer;
  adminScope: RequestScopes["adminScope"];
  clock: () => Date;
}

type ById = FastifyRequest<{ Params: { id: string } }>;

const newCertificate = strictObject({ certificate: string(), privateKey: string() });
/** In bytes: more than a chain of certificates with a key needs. */
const bodyLimit = 128 << 10;
const route = { exposeHeadRoute: false };

/** Adds the routes under `/admin/certificates`. */
export function mountAdminCertificates(admin: FastifyInstance, services: AdminCertificateServices): void {
  const { sealer, adminScope, clock } = services;
  const scopeOf = async (request: FastifyRequest) => {
    new QueryParameters(request.raw.url ?? "").end();
    const scope = await adminScope(request);
    return { scope, database: inScope(services.database, scope.id) };
  };

  admin.get("/admin/certificates", route, async (request, reply): Promise<SmimeCertificateList> => {
    const { scope, database } = await scopeOf(request);
    reply.header("cache-control", "no-store");
    return { certificates: (await selectSmimeCertificates(database)).map((one) => shown(scope, one)) };
  });

  admin.post("/admin/certificates", { bodyLimit }, async (request, reply) => {
    const { scope, database } = await scopeOf(request);
    const { success, output } = safeParse(newCertificate, request.body, { abortEarly: true });
    if (!success) return refuse(reply, 400, "A certificate takes a JSON object: certificate and privateKey, in PEM.");
    const added = await addSmimeCertificate({ database, sealer }, output, clock());
    return reply.code(201).send(shown(scope, { ...added, senders: [] }));
  });

  admin.get("/admin/certificates/:id", route, async (request: ById, reply) => {
    const { scope, database } = await scopeOf(request);
    const { id } = request.params;
    const certificate = isUuid(id) ? await selectSmimeCertificate(database, id) : undefined;
    if (!certificate) return refuse(reply, 404, "There is no certificate with this ID.");
    return reply.header("cache-control", "no-store").send(shown(scope, certificate));
  });

  admin.delete("/admin/certificates/:id", async (request: ById, reply) => {
    const { database } = await scopeOf(request);
    const { id } = request.params;
    const outcome = isUuid(id) ? await deleteSmimeCertificate(database, id) : "missing";
    if (outcome === "missing") return refuse(reply, 404, "There is no certificate with this ID.");
    if (outcome === "associated") {
      return refuse(reply, 409, "The certificate is associated with email identities: disassociate it first.");
    }
    return reply.code(204).send();
  });
}

const isUuid = (text: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function shown(scope: Scope, { id, chain, addresses, senders, ...times }: ListedCertificate): SmimeCertificate {
  return {
    id,
    arn: certificateArn(scope, id),
    addresses,
    ...summaryOf(chain),
    notBefore: times.notBefore.toISOString(),
    notAfter: times.notAfter.toISOString(),
    createdAt: times.createdAt.toISOString(),
    associatedWith: senders,
  };
}
