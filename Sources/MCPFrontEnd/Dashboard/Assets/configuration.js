// What counts by the configuration, and where each value comes from.

import { get } from "./api.js";
import { alert, button, fill, foreign, h, say } from "./dom.js";
import { number } from "./format.js";

// More rows than this are looked through with the filter.
const most = 500;
const origins = { file: "file", environment: "environment", secretFile: "file with a secret", commandLine: "command line", default: "default" };

/** {element, load, end}. */
export function configuration() {
  const loading = new AbortController();
  const filter = h("input", { type: "search", "aria-label": "Filter values", placeholder: "Filter", autocomplete: "off", spellcheck: "false" });
  const written = h("input", { type: "checkbox", id: "only-written" });
  const summary = h("p", { class: "summary", role: "status" }, "Loading …");
  const [remarks, table, options] = [h("div", {}), h("div", {}), h("div", {})];
  const element = h(
    "section", {}, h("h2", {}, "What counts"), remarks,
    h("div", { class: "title" }, filter, h("label", { class: "check", for: "only-written" }, written, "Without defaults")),
    summary, table, options,
  );
  let report;

  function draw() {
    if (!report) return;
    const wanted = filter.value.trim().toLowerCase();
    const found = report.values.filter((value) =>
      (!written.checked || value.origin !== "default")
      && (!wanted || `${value.key} ${value.value ?? ""} ${from(report, value)}`.toLowerCase().includes(wanted)));
    fill(table, rows("Values of the configuration", report, found.slice(0, most)));
    const cut = found.length > most ? `, the first ${number(most)} are shown` : "";
    say(summary, `${number(found.length)} of ${number(report.values.length)} values${cut} · from ${report.source}`);
  }

  async function load() {
    try {
      report = await get("api/configuration", { signal: loading.signal });
      fill(remarks, problems(report));
      fill(options, h("h3", {}, "What the proxy was started with"), rows("Options of the program", report, report.options));
      draw();
    } catch (error) {
      if (!loading.signal.aborted) fill(remarks, alert(error), h("div", { class: "buttons" }, button("Try again", load)));
      say(summary, "");
    }
  }

  filter.addEventListener("input", draw);
  written.addEventListener("change", draw);
  load();
  return { element, load, end: () => loading.abort() };
}

function problems({ warnings, notices, needsRestart }) {
  const list = (words, lines, name) => lines.length > 0 && [h("p", {}, words), h("ul", { class: name }, lines.slice(0, 200).map((line) => h("li", {}, foreign(line, 2000))))];
  return [
    list("Not in force before the proxy is started again:", needsRestart, "fault"),
    list("To be looked at:", [...warnings, ...notices], "fault"),
    warnings.length + notices.length === 0 && h("p", { class: "minor" }, "There is nothing to be said against the configuration."),
  ].flat();
}

function from(report, { origin, names, line, column }) {
  const place = line === undefined ? "" : `${report.source}:${line}:${column}`;
  if (origin === "file") return place;
  const named = names ? `${origins[origin]}: ${names.join(", ")}` : origins[origin] ?? origin;
  return place ? `${named} (${place})` : named;
}

function rows(title, report, values) {
  return h(
    "div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": title },
    h("table", {}, h("thead", {}, h("tr", {}, ["Key", "Value", "From"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, values.map((value) => h(
        "tr", {}, h("td", {}, h("code", {}, foreign(value.key, 200))),
        h("td", {}, value.hidden ? h("span", { class: "minor" }, "not shown") : foreign(value.value, 500)),
        h("td", { class: "minor" }, foreign(from(report, value), 300)))))),
  );
}
