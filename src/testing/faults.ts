/** Faults on demand: rules that make calls of one account fail. See docs/testing-faults.md. */
import type { FaultList, FaultRule, NewFaultRule } from "../admin-api/faults.ts";
import type { ApiClient } from "./api-client.ts";

/** A rule of an account. `await using` removes it at the end of the test. */
export class Fault implements AsyncDisposable {
  readonly id: string;
  readonly #api: ApiClient;

  constructor(api: ApiClient, id: string) {
    this.#api = api;
    this.id = id;
  }

  /** The rule, and how many calls it has affected (`hits`). Rejects with a `MailglassError` if it was removed. */
  state(): Promise<FaultRule> {
    return this.#api.json("GET", `/testing/faults/${this.id}`);
  }

  /** Removes the rule; fine if it is gone. */
  async remove(): Promise<void> {
    const { status } = await this.#api.ask("DELETE", `/testing/faults/${this.id}`);
    if (status >= 300 && status !== 404) throw new Error(`the rule ${this.id} can't be removed (status ${status})`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** The rules of an account. */
export class Faults {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Adds a rule, such as `{ match: { operation: "SendEmail" }, effect: { type: "throttle" }, times: 2 }`. */
  async add(rule: NewFaultRule): Promise<Fault> {
    const { id } = await this.#api.json<FaultRule>("POST", "/testing/faults", { content: rule });
    return new Fault(this.#api, id);
  }

  async list(): Promise<FaultRule[]> {
    return (await this.#api.json<FaultList>("GET", "/testing/faults")).faults;
  }

  /** Removes all rules. */
  async clear(): Promise<void> {
    await this.#api.run("DELETE", "/testing/faults");
  }
}
