// All tools of all servers, and the search that clients have.

import { get } from "./api.js";
import { alert, cut, fill, foreign, h, say } from "./dom.js";
import { number } from "./format.js";
import { Rows } from "./rows.js";

// Between two questions, while somebody types.
const pause = 40;

/** Shows those of all servers, or of one, until what it gives is called. */
export function toolsView(main, server) {
  const search = h("input", {
    type: "search", "aria-label": "Search tools", placeholder: "What should it do?", autocomplete: "off", spellcheck: "false",
  });
  const summary = h("p", { class: "summary", role: "status" }, "Loading …");
  const state = h("div", { class: "state" });
  const rows = new Rows("Tools", 64, row);
  let all;
  let controller = new AbortController();
  let timer;
  let asked = 0;
  fill(main, h("div", { class: "title" }, h("h1", {}, "Tools"), search), summary, rows.element, state);

  function show(tools, words) {
    rows.show(tools.map((tool) => ({ key: `${tool.server}/${tool.name}`, tool })));
    say(summary, words);
    fill(state, tools.length === 0 && h("p", {}, all?.length === 0 ? "No server lists a tool." : "No tool fits."));
  }

  function everything() {
    const shown = server ? all.filter((tool) => tool.server === server) : all;
    const tokens = shown.reduce((sum, tool) => sum + tool.tokens, 0);
    show(shown, `${number(shown.length)} tools${server ? ` of ${cut(server, 60)}` : ""} · about ${number(tokens)} tokens in every conversation`);
  }

  async function find() {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    asked = performance.now();
    const words = search.value.trim();
    if (!words) return all && everything();
    try {
      const found = await get(`api/tools?search=${encodeURIComponent(words.slice(0, 500))}`, { signal });
      if (signal.aborted) return;
      const missing = found.unmatched?.length > 0 ? ` · no tool has ${found.unmatched.map((word) => `“${cut(word, 40)}”`).join(", ")}` : "";
      show(found.tools, `${number(found.tools.length)} found, best first${missing}`);
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
  }

  function fail(error) {
    rows.show([]);
    say(summary, "");
    fill(state, alert(error));
  }

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, Math.max(0, asked + pause - performance.now()));
  });
  const loading = new AbortController();
  get("api/tools", { signal: loading.signal }).then(
    (answer) => {
      all = answer.tools;
      if (!search.value.trim()) everything();
    },
    (error) => !loading.signal.aborted && fail(error),
  );
  search.focus({ preventScroll: true });
  return () => {
    clearTimeout(timer);
    loading.abort();
    controller.abort();
    rows.end();
  };
}

/** Where a tool is shown. */
export function toolPlace({ server, name }) {
  return `#/tools/${encodeURIComponent(server)}/${encodeURIComponent(name)}`;
}

function row({ tool }) {
  const title = foreign(tool.name, 80);
  const words = foreign("", 200);
  const more = h("span", { class: "minor" });
  const link = h(
    "a", { class: "line tool" },
    h("span", { class: "cell name" }, h("strong", {}, title), h("span", { class: "minor" }, foreign(tool.server, 60))),
    h("span", { class: "cell words" }, words), h("span", { class: "cell end" }, more),
  );
  return {
    element: h("div", {}, link),
    update({ tool: now }) {
      link.href = toolPlace(now);
      say(words, cut(now.description ?? now.title ?? "", 200));
      say(more, `${number(now.tokens)} tokens${now.withheld ? " · withheld" : ""}`);
    },
  };
}
