// Speaks MCP over streamable HTTP, for one call: a session that begins and ends with it.

import { authorization } from "./api.js";
import { events } from "./events.js";

const revision = "2025-11-25";

/** The server is opened by another token. */
export class NeedsToken extends Error {}

/** An error that the server has answered with. */
class ServerError extends Error {
  constructor({ code, message, data }) {
    super(`${message} (${code})`);
    this.data = data;
  }
}

export class Call {
  #address;
  #token;
  #listener;
  #session;
  #revision;
  #last = 0;
  #controller = new AbortController();

  /** - listener: `progress(words)`, and `question(params)` that gives what the user has said. */
  constructor(path, token, listener) {
    this.#address = new URL(`${path}mcp`, location.origin);
    this.#token = token;
    this.#listener = listener;
  }

  /** Calls a tool, and ends the session. */
  async tool(name, values) {
    try {
      const hello = await this.#request("initialize", {
        protocolVersion: revision, capabilities: { elicitation: { form: {} } }, clientInfo: { name: "mcp-proxy dashboard", version: "1" },
      });
      this.#revision = hello.protocolVersion;
      await this.#post({ jsonrpc: "2.0", method: "notifications/initialized" });
      return await this.#request("tools/call", { name, arguments: values, _meta: { progressToken: 1 } });
    } catch (error) {
      throw this.#controller.signal.aborted ? new Error("Cancelled.") : error;
    } finally {
      this.#end();
    }
  }

  cancel() {
    if (this.#session) {
      this.#send("POST", { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: this.#last } }).catch(() => {});
    }
    this.#controller.abort();
  }

  #end() {
    if (this.#session) this.#send("DELETE").catch(() => {});
    this.#session = undefined;
  }

  #send(method, message, signal) {
    const headers = {
      ...authorization(this.#token), Accept: "application/json, text/event-stream",
      ...(message ? { "Content-Type": "application/json" } : {}),
      ...(this.#session ? { "Mcp-Session-Id": this.#session } : {}),
      ...(this.#revision ? { "MCP-Protocol-Version": this.#revision } : {}),
    };
    const body = message && JSON.stringify(message);
    return fetch(this.#address, { method, headers, body, signal, credentials: "omit", redirect: "error", keepalive: method === "DELETE" });
  }

  async #post(message) {
    const response = await this.#send("POST", message, this.#controller.signal);
    this.#session ??= response.headers.get("Mcp-Session-Id") ?? undefined;
    if (response.ok) return response;
    const text = await response.text();
    let words = `the proxy has answered ${response.status}`;
    try {
      const problem = JSON.parse(text);
      words = problem.error?.message ?? problem.detail ?? problem.message ?? words;
    } catch {
      // It has said nothing that could be repeated.
    }
    throw response.status === 401 || response.status === 403 ? new NeedsToken(words) : new Error(words);
  }

  async #request(method, params) {
    const id = ++this.#last;
    const response = await this.#post({ jsonrpc: "2.0", id, method, params });
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) return answer(await response.json());
    for await (const { data } of events(response.body)) {
      if (!data) continue;
      const message = JSON.parse(data);
      if (message.method) this.#take(message);
      else if (message.id === id) return answer(message);
    }
    throw new Error("The answer broke off.");
  }

  /** What the server says or asks in the middle. */
  async #take({ id, method, params }) {
    if (method === "notifications/progress") {
      const part = params.total ? `${params.progress} of ${params.total}` : String(params.progress ?? "");
      this.#listener.progress([part, params.message].filter(Boolean).join(": "));
    }
    if (id === undefined) return;
    let reply;
    if (method === "elicitation/create") reply = { result: await this.#listener.question(params) };
    else if (method === "ping") reply = { result: {} };
    else reply = { error: { code: -32601, message: `the dashboard does not answer ${method}` } };
    if (!this.#controller.signal.aborted) await this.#post({ jsonrpc: "2.0", id, ...reply }).catch((error) => this.#listener.progress(error.message));
  }
}

function answer(message) {
  if (message.error) throw new ServerError(message.error);
  return message.result;
}
