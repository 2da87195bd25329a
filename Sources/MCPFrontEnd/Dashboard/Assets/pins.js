// What a server shows and nobody has approved: what is different, and the approval of it.

import { change, get, serverPath } from "./api.js";
import { alert, button, fill, foreign, h } from "./dom.js";

const most = 50;

/** {element, load, end}. `only` says of which tool or prompt; `done` is called when something was approved. */
export function approvals(server, { only, done = () => {} } = {}) {
  const loading = new AbortController();
  const element = h("section", { "aria-label": "Approval", hidden: true });
  const message = h("div", {});
  const path = `api/pins/${serverPath(server).slice("api/servers/".length)}`;

  async function load() {
    try {
      show(await get(path, { signal: loading.signal }));
    } catch (error) {
      if (loading.signal.aborted || error.status === 404) return;
      element.hidden = false;
      fill(element, h("h2", {}, "Approval"), alert(error));
    }
  }

  function show(report) {
    const isMeant = (each) => !only || (each.kind === only.kind && each.name === only.name);
    const changes = report.changes.filter(isMeant);
    const remarks = [
      report.fault && `What was approved is not known any more: ${report.fault}`, report.full,
      ...(report.unread ?? []), ...report.flags.filter(isMeant).map(({ kind, name, words }) => `${kind} ${name}: ${words}`),
      ...(report.gone ?? []).filter(isMeant).map(({ kind, name }) => `${kind} ${name} is not listed any more as it was approved`),
    ].filter(Boolean);
    element.hidden = changes.length + remarks.length === 0 && message.childElementCount === 0;
    fill(
      element, h("h2", {}, "Approval"), h("p", { class: "minor" }, words(report.mode)), message,
      remarks.length > 0 && h("ul", { class: "fault" }, remarks.slice(0, most).map((line) => h("li", {}, foreign(line, 2000)))),
      changes.slice(0, most).map((each) => card(each)),
      changes.length > most && h("p", { class: "minor" }, `and ${changes.length - most} more`),
      changes.length > 1 && h("div", { class: "buttons" }, button(`Approve all ${Math.min(changes.length, most)} that are shown`, () => approve(changes.slice(0, most)))),
    );
  }

  function card(each) {
    return h(
      "details", { class: "card", open: Boolean(only) },
      h("summary", {}, h("strong", {}, foreign(each.name, 80)), ` · ${each.kind}, ${each.approved ? "another one than was approved" : "new"}`),
      difference(each.diff), h("div", { class: "buttons" }, button("Approve", () => approve([each]), { class: "main" })),
    );
  }

  /** Only the definitions that were shown: what has changed since then stays withheld. */
  async function approve(changes) {
    const names = (kind) => changes.filter((each) => each.kind === kind).map(({ name }) => name);
    try {
      const body = { tools: names("tool"), prompts: names("prompt"), sha256: changes.map(({ sha256 }) => sha256) };
      const answer = await change("POST", `${path}/approve`, body);
      fill(message, h("p", { role: "status" }, foreign(answer.message, 400)));
      done();
    } catch (error) {
      fill(message, alert(error));
    }
    await load();
  }

  return { element, load, end: () => loading.abort() };
}

function words(mode) {
  if (mode === "block") return "Nothing of the server may be used until all of it is approved.";
  if (mode === "quarantine") return "What is not approved is kept from clients.";
  return "Clients get what is not approved as well (pin: warn).";
}

/** A line for each place at which it is another one: `description: "a" → "b"`. */
function difference(lines) {
  return h("ul", { class: "lines", "aria-label": "What is different" }, lines.slice(0, 1000).map((line) => h("li", {}, foreign(line, 4000))));
}
