// One tool: its definition, a form to call it, and what comes of that.

import { get, serverPath } from "./api.js";
import { access } from "./access.js";
import { alert, block, button, cut, field, fill, foreign, h, say } from "./dom.js";
import { number, seconds } from "./format.js";
import { SchemaForm } from "./form.js";
import { Call, NeedsToken } from "./mcp.js";
import { approvals } from "./pins.js";
import { ask } from "./question.js";
import { resultOf } from "./result.js";
import { servers } from "./state.js";

/** Shows it, until what it gives is called. */
export function toolView(main, server, name) {
  const loading = new AbortController();
  const closing = [() => loading.abort()];
  const body = h("div", {}, h("p", { role: "status" }, "Loading …"));
  const pins = approvals(server, { only: { kind: "tool", name }, done: () => load() });
  closing.push(pins.end);
  pins.load();
  fill(
    main,
    h("p", { class: "path" }, h("a", { href: "#/tools" }, "Tools"), " / ", h("a", { href: `#/servers/${encodeURIComponent(server)}` }, foreign(server, 60))),
    h("div", { class: "title" }, h("h1", {}, foreign(name))), pins.element, body,
  );

  function load() {
    get(serverPath(server, "tools"), { signal: loading.signal }).then(
      ({ tools, withheld }) => {
        const tool = tools.find((each) => each.name === name);
        if (tool) closing.push(show(body, server, tool));
        else fill(body, alert(withheld?.includes(name) ? "It is withheld: it is not what was approved." : "The server lists no tool of this name."));
      },
      (error) => !loading.signal.aborted && fill(body, alert(error)),
    );
  }

  load();
  return () => closing.forEach((close) => close());
}

function show(body, server, tool) {
  const definition = JSON.stringify(tool, null, 2);
  const hints = Object.entries(tool.annotations ?? {}).filter(([key, value]) => key.endsWith("Hint") && typeof value === "boolean");
  const form = new SchemaForm(tool.inputSchema ?? { type: "object" });
  const result = h("section", { "aria-label": "Result", "aria-live": "polite" });
  const call = h("button", { type: "submit", class: "main" }, "Call");
  const cancel = button("Cancel", () => running?.cancel(), { hidden: true });
  const token = h("input", { type: "password", autocomplete: "off", spellcheck: "false" });
  const tokenField = h("div", { hidden: true }, field("Token of the server", token, "Another one than that of the management API opens this server. It is kept while this tool is shown."));
  let running;

  const sheet = h("form", { class: "sheet" }, h("h2", {}, "Call it"), form.element, tokenField,
    h("div", { class: "buttons" }, call, cancel, ...copies(server, tool.name, form, result)));
  sheet.noValidate = true;
  sheet.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = form.read();
    if (!values) return;
    [call.disabled, cancel.hidden] = [true, false];
    const progress = h("p", { role: "status" }, "Calling …");
    fill(result, progress);
    const start = performance.now();
    running = new Call(pathOf(server), token.value.trim() || undefined, {
      progress: (words) => say(progress, cut(words, 400)),
      question: (question) => ask(result, question),
    });
    try {
      const answer = await running.tool(tool.name, values);
      fill(result, resultOf(answer, seconds((performance.now() - start) / 1000)));
    } catch (error) {
      if (error instanceof NeedsToken) tokenField.hidden = false;
      fill(result, h("h2", {}, `Not done, after ${seconds((performance.now() - start) / 1000)}`), alert(error),
        error.data !== undefined && block(JSON.stringify(error.data, null, 2)));
    }
    [call.disabled, cancel.hidden] = [false, true];
    running = undefined;
  });

  fill(
    body,
    tool.title && h("p", { class: "lead" }, foreign(tool.title, 200)),
    tool.description && h("p", { class: "prose", dir: "auto" }, foreign(tool.description, 5000)),
    h("p", { class: "minor" }, `about ${number(Math.ceil(new TextEncoder().encode(JSON.stringify(tool)).length / 4))} tokens`,
      hints.map(([key, value]) => ` · ${key}: ${value}`)),
    h("details", {}, h("summary", {}, "Definition"), block(definition, 100000)), access(server, tool.name),
    h("div", { class: "halves" }, sheet, result),
  );
  return () => running?.cancel();
}

function pathOf(server) {
  return servers?.get(server)?.path ?? `/${server.split("/").map(encodeURIComponent).join("/")}/`;
}

function copies(server, name, form, result) {
  const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
  const put = async (make) => {
    const values = form.read();
    if (!values) return;
    const text = make(values);
    try {
      await navigator.clipboard.writeText(text);
      fill(result, h("p", { role: "status" }, "Copied."), block(text, 20000));
    } catch {
      fill(result, h("p", { role: "status" }, "The browser lets nothing be copied here; this is it:"), block(text, 20000));
    }
  };
  return [
    button("Copy as command", () => put((values) => `mcp-proxy call ${quoted(server)} ${quoted(name)} --json ${quoted(JSON.stringify(values))}`), { class: "quiet" }),
    button("Copy as JSON", () => put((values) =>
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: values } }, null, 2)), { class: "quiet" }),
  ];
}
