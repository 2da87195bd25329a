// What is done to the proxy as a whole.

import { base, change } from "./api.js";
import { configuration } from "./configuration.js";
import { alert, button, fill, foreign, h } from "./dom.js";
import { watch } from "./state.js";

/** Shows it, until what it gives is called. */
export function settingsView(main) {
  const outcome = h("div", { "aria-live": "polite" });
  const effective = configuration();
  fill(
    main,
    h("div", { class: "title" }, h("h1", {}, "Settings")),
    h("h2", {}, "Read the configuration again"),
    h("p", {}, "First what it would change is shown, and nothing happens."),
    h("div", { class: "buttons" }, button("Show what would change", preview, { class: "main" })), outcome,
    effective.element,
    h("h2", {}, "For programs"),
    h("p", {}, h("a", { href: new URL("api/openapi.json", base).href }, "Description of the management API (OpenAPI)"), ", ",
      h("code", {}, new URL("metrics", base).href), " for Prometheus."),
  );

  async function preview() {
    try {
      const report = await change("POST", "api/reload", { dryRun: true });
      fill(outcome, lines(report), changes(report) && h("div", { class: "buttons" }, button("Apply it", apply, { class: "main" })));
    } catch (error) {
      fill(outcome, alert(error));
    }
  }

  async function apply() {
    try {
      fill(outcome, h("p", { role: "status" }, "Applying …"));
      fill(outcome, lines(await change("POST", "api/reload", {})));
      watch.now();
      effective.load();
    } catch (error) {
      fill(outcome, alert(error));
    }
  }

  return effective.end;
}

function changes(report) {
  return report.added.length + report.removed.length + report.changed.length + Object.keys(report.failed).length > 0;
}

function lines(report) {
  return [
    h("p", { role: "status" }, foreign(report.message, 200)),
    report.lines.length > 0
      ? h("ul", { class: "lines" }, report.lines.slice(0, 500).map((line) => h("li", {}, foreign(line, 500))))
      : h("p", {}, "Nothing changes."),
    report.needsRestart.length > 0 && h("p", { class: "fault" }, "Only after a restart of the proxy: ", foreign(report.needsRestart.join(", "), 500)),
  ].filter(Boolean);
}
