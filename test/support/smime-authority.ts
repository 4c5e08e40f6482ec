/** S/MIME certificates for tests, made and checked by OpenSSL's command. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The kinds of keys, as arguments of `openssl genpkey`. */
const keyKinds = {
  "RSA 2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
  "RSA 3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
  "RSA 1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
  "EC P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  "EC P-384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
  "EC P-521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
  ED25519: ["-algorithm", "ED25519"],
} as const;

export type KeyKind = keyof typeof keyKinds;

/** What is in a certificate. */
export interface WantedCertificate {
  readonly kind?: KeyKind;
  /** Lines of OpenSSL's configuration, such as `subjectAltName = email:ann@example.com`. */
  readonly extensions: readonly string[];
  /** How many days it is valid; negative for an expired one. */
  readonly days?: number;
}

/** An authority with an intermediate one, which issues. */
export interface SmimeAuthority extends AsyncDisposable {
  /** A certificate with the intermediate one after it, and its key, in PEM. */
  issue(wanted: WantedCertificate): Promise<{ certificate: string; privateKey: string }>;
  /** For an address, as it should be. */
  issueFor(address: string, kind?: KeyKind): Promise<{ certificate: string; privateKey: string }>;
  /** The content of a signed message; rejects if its signature is not valid. */
  verify(message: Buffer): Promise<Buffer>;
}

export async function createSmimeAuthority(): Promise<SmimeAuthority> {
  const folder = await mkdtemp(join(tmpdir(), "mailglass-smime-"));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run("openssl", args);
  let count = 0;

  /** Makes a key and a certificate, which `by` issues; both are files. */
  async function make(by: string | undefined, { kind = "EC P-256", extensions, days = 30 }: WantedCertificate) {
    const name = `c${++count}`;
    await openssl("genpkey", ...keyKinds[kind], "-out", path(`${name}.key`));
    const subject = ["-subj", `/CN=Mailglass test ${name}`];
    await openssl("req", "-new", "-key", path(`${name}.key`), ...subject, "-out", path(`${name}.csr`));
    await writeFile(path(`${name}.ext`), extensions.join("\n"));
    const issuer = by
      ? ["-CA", path(`${by}.crt`), "-CAkey", path(`${by}.key`), "-CAcreateserial"]
      : ["-key", path(`${name}.key`)];
    const validity = ["-days", String(days), "-extfile", path(`${name}.ext`)];
    const files = ["-in", path(`${name}.csr`), "-out", path(`${name}.crt`)];
    await openssl("x509", "-req", ...issuer, ...validity, ...files);
    return name;
  }

  const isAuthority = ["basicConstraints = critical, CA:TRUE", "keyUsage = keyCertSign"];
  const root = await make(undefined, { extensions: isAuthority });
  const intermediate = await make(root, { extensions: isAuthority });

  const authority: SmimeAuthority = {
    async issue(wanted) {
      const name = await make(intermediate, wanted);
      const certificates = [`${name}.crt`, `${intermediate}.crt`].map((file) => readFile(path(file), "utf8"));
      return {
        certificate: (await Promise.all(certificates)).join(""),
        privateKey: await readFile(path(`${name}.key`), "utf8"),
      };
    },
    issueFor: (address, kind = "EC P-256") =>
      authority.issue({
        kind,
        extensions: [
          `subjectAltName = email:${address}`,
          "keyUsage = digitalSignature",
          "extendedKeyUsage = emailProtection",
        ],
      }),
    async verify(message) {
      const name = `m${++count}`;
      await writeFile(path(name), message);
      const files = ["-in", path(name), "-out", path(`${name}.out`)];
      await openssl("cms", "-verify", "-CAfile", path(`${root}.crt`), "-purpose", "smimesign", ...files);
      return readFile(path(`${name}.out`));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
  return authority;
}
