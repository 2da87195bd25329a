// Where servers are offered together: what is seen there, what is hidden and why, and what to paste into clients.

import { base, get } from "./api.js";
import { alert, block, fill, foreign, h } from "./dom.js";
import { number } from "./format.js";

const most = 500;

/** Shows them, until what it gives is called. */
export function groupsView(main) {
  const loading = new AbortController();
  const list = h("div", {}, h("p", { role: "status" }, "Loading …"));
  fill(main, h("div", { class: "title" }, h("h1", {}, "Groups and clients")), list);
  get("api/groups", { signal: loading.signal }).then(
    ({ groups }) => {
      const entries = [["mcp", { path: base.pathname, source: "all servers" }], ...Object.entries(groups)];
      fill(list, entries.map(([name, group]) => section(name, group, loading.signal)),
        h("h2", {}, "One server alone"),
        h("p", {}, "Each server is at its own path as well, such as ", h("code", {}, new URL("NAME/mcp", base).href), "."));
    },
    (error) => !loading.signal.aborted && fill(list, alert(error)),
  );
  return () => loading.abort();
}

function section(name, group, signal) {
  const isAll = name === "mcp";
  const address = new URL(`${group.path}mcp`, location.origin).href;
  const body = h("div", {}, h("p", { role: "status" }, "Loading …"));
  const details = h(
    "details", { class: "card" },
    h("summary", {}, h("strong", {}, isAll ? "All servers" : foreign(name, 80)), " ", h("code", {}, foreign(address, 200))), body,
  );
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    try {
      fill(body, content(await get(`api/groups/${encodeURIComponent(name)}`, { signal }), isAll ? "mcp-proxy" : name, address));
    } catch (error) {
      if (!signal.aborted) fill(body, alert(error));
    }
  });
  if (isAll) details.open = true;
  return details;
}

function content(group, name, address) {
  return [
    h("p", { class: "minor" }, `${number(group.servers.length)} servers, ${number(group.offered.length)} offered, ${number(group.hidden.length)} hidden`),
    group.findings.length > 0 && h("ul", { class: "fault" }, group.findings.slice(0, 50).map((words) => h("li", {}, foreign(words, 500)))),
    table("Offered", ["What", "Offered as", "Server", "There"], group.offered.map((each) => [each.list, each.offered, each.server, each.name])),
    table("Hidden, and why", ["What", "Name", "Server", "Why"], group.hidden.map((each) => [each.list, each.name, each.server, each.rule])),
    h("h3", {}, "To paste into a client"),
    h("p", { class: "minor" }, "Put a token of a client where it says TOKEN; where none is asked for, leave the header out."),
    clients(name, address).map(([client, text]) => h("details", {}, h("summary", {}, client), block(text))),
  ].flat();
}

function table(title, heads, rows) {
  if (rows.length === 0) return [];
  return [h("details", {}, h("summary", {}, `${title} (${number(rows.length)})`),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, rows.slice(0, most).map((row) => h("tr", {}, row.map((cell) => h("td", {}, foreign(cell, 80)))))))),
    rows.length > most && h("p", { class: "minor" }, `and ${number(rows.length - most)} more; mcp-proxy tools --merged lists them all`))];
}

function clients(name, url) {
  const headers = { Authorization: "Bearer TOKEN" };
  const json = (value) => JSON.stringify(value, null, 2);
  const plain = /^[A-Za-z0-9._-]+$/.test(name) ? name : "mcp-proxy";
  return [
    ["Claude Code", `claude mcp add --transport http ${plain} ${url} --header "Authorization: Bearer TOKEN"`],
    ["Cursor, and most others (mcp.json)", json({ mcpServers: { [name]: { url, headers } } })],
    ["VS Code (.vscode/mcp.json)", json({ servers: { [name]: { type: "http", url, headers } } })],
    ["Programs that start commands", json({ mcpServers: { [name]: { command: "mcp-proxy", args: ["stdio", url] } } })],
  ];
}
