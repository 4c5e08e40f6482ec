/**
 * The programs that tests need besides npm's packages. Without one, its tests are skipped and the run says so at its start;
 * with CI=true the run fails instead. `.ci/run` installs them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { hasChromium } from "./chromium.ts";
import { junitAndJackson } from "./maven-jars.ts";
import { hasFaketime } from "./set-clock.ts";

/** A reason why tests can't run; undefined if they can. */
type Missing = string | undefined;

/** For `skipIf` of tests with Postfix. */
export function postfixMissing(): Missing {
  if (!existsSync("/usr/sbin/postfix")) return "Debian's package postfix is not installed";
  if (!isProgram("openssl")) return "openssl is not installed";
  return process.getuid?.() === 0 ? undefined : "Postfix starts only for root";
}

/** For `skipIf` of tests with Dovecot. */
export function dovecotMissing(): Missing {
  const found = existsSync("/usr/sbin/dovecot") && existsSync("/usr/lib/dovecot/imap");
  return found ? undefined : "Debian's package dovecot-imapd is not installed";
}

/** For `skipIf` of tests with OpenSSL's command. */
export function opensslMissing(): Missing {
  return isProgram("openssl") ? undefined : "Debian's package openssl is not installed";
}

/** For `skipIf` of tests with swaks. */
export function swaksMissing(): Missing {
  return isProgram("swaks") ? undefined : "Debian's packages swaks and libnet-ssleay-perl are not installed";
}

/** For `skipIf` of tests with Debian's boto3. */
export function boto3Missing(): Missing {
  const found = spawnSync("/usr/bin/python3", ["-c", "import boto3"]).status === 0;
  return found ? undefined : "Debian's package python3-boto3 is not installed";
}

/** For `skipIf` of tests with Debian's AWS CLI. */
export function cliMissing(): Missing {
  return existsSync("/usr/bin/aws") ? undefined : "Debian's package awscli is not installed";
}

/** For `skipIf` of tests with Debian's django-anymail. */
export function anymailMissing(): Missing {
  const found = spawnSync("/usr/bin/python3", ["-c", "import anymail, boto3"]).status === 0;
  return found ? undefined : "Debian's packages python3-django-anymail and python3-boto3 are not installed";
}

/** For `skipIf` of tests with Ruby's AWS SDK. */
export function rubyMissing(): Missing {
  const found = spawnSync("/usr/bin/ruby", ["-e", "gem 'aws-sdk-v1'"]).status === 0;
  return found ? undefined : "Debian's package ruby-aws-sdk is not installed";
}

/** For `skipIf` of tests with Symfony's mailer. */
export function symfonyMissing(): Missing {
  const found =
    existsSync("/usr/bin/php") &&
    ["Component/HttpClient", "Component/Mailer/Bridge/Amazon"].every((part) =>
      existsSync(`/usr/share/php/Symfony/${part}/autoload.php`),
    );
  return found
    ? undefined
    : "Debian's packages php-cli, php-symfony-amazon-mailer and php-symfony-http-client are not installed";
}

/** For `skipIf` of tests with PHP alone. */
export function phpMissing(): Missing {
  return isProgram("php") ? undefined : "Debian's package php-cli is not installed";
}

/** For `skipIf` of tests with pytest. */
export function pytestMissing(): Missing {
  const found = spawnSync("python3", ["-c", "import boto3, pytest, requests"]).status === 0;
  return found ? undefined : "python3 has no pytest, boto3 and requests";
}

/** For `skipIf` of tests with Go. */
export function goMissing(): Missing {
  return isProgram("go") ? undefined : "Go is not installed";
}

/** For `skipIf` of tests with JUnit. */
export function junitMissing(): Missing {
  // Java takes long to start.
  const hasCompiler = process.env.PATH?.split(delimiter).some((folder) => existsSync(join(folder, "javac")));
  if (!hasCompiler) return "there is no Java compiler";
  return junitAndJackson() ? undefined : "JUnit and Jackson are not in this user's Maven repository";
}

/** For `skipIf` of tests that set a server's clock. */
export function faketimeMissing(): Missing {
  return hasFaketime ? undefined : "Debian's package libfaketime is not installed";
}

/** For `skipIf` of tests that mount a small disk. Containers may forbid it to root, too. */
export function mountMissing(): Missing {
  const folder = mkdtempSync(join(tmpdir(), "mailglass-mount-"));
  try {
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status !== 0) {
      return "this user can't mount a tmpfs";
    }
    spawnSync("umount", [folder]);
    return undefined;
  } finally {
    rmdirSync(folder);
  }
}

/** For `skipIf` of tests in a browser. */
export function browserMissing(): Missing {
  return hasChromium ? undefined : "Debian's package chromium-headless-shell (or chromium) is not installed";
}

/** Warns of the tests that are skipped. Throws with CI=true, where none may be. */
export function reportMissingTools(): void {
  const needs = {
    "with Postfix": postfixMissing(),
    "with Dovecot": dovecotMissing(),
    "with OpenSSL's command": opensslMissing(),
    "with swaks": swaksMissing(),
    "of clocks that are set": faketimeMissing(),
    "with boto3": boto3Missing(),
    "with django-anymail": anymailMissing(),
    "with the AWS CLI": cliMissing(),
    "with Ruby's AWS SDK": rubyMissing(),
    "with Symfony": symfonyMissing(),
    "with PHP": phpMissing(),
    "in a browser": browserMissing(),
  };
  for (const [which, missing] of Object.entries(needs)) {
    if (missing === undefined) continue;
    if (process.env.CI === "true") throw new Error(`the tests ${which} can't run: ${missing}`);
    console.warn(`Skipping the tests ${which}: ${missing}.`);
  }
  // Not to be installed: a CI's container may forbid a mount, and `.ci/run` leaves out what only an example needs.
  const optional = {
    "with a full disk": mountMissing(),
    "of the example for pytest": pytestMissing(),
    "of the example for JUnit": junitMissing(),
    "of the example for Go": goMissing(),
  };
  for (const [which, missing] of Object.entries(optional)) {
    if (missing !== undefined) console.warn(`Skipping the tests ${which}: ${missing}.`);
  }
}

function isProgram(name: string): boolean {
  return spawnSync(name, ["--version"]).error === undefined;
}
