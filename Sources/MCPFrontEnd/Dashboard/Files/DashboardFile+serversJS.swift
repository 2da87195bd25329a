// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let serversJS: StaticString = #"""
        // All servers, live.

        import { addServer } from "./add.js";
        import { button, cut, fill, foreign, h, say } from "./dom.js";
        import { age, bytes, number, percent, rate, seconds } from "./format.js";
        import { plot } from "./plot.js";
        import { Rows } from "./rows.js";
        import { history, metricsFault, servers, watch } from "./state.js";
        import { status } from "./status.js";

        const columns = ["Server", "State", "Calls a minute", "p50 / p99", "Errors", "Memory", "CPU", "Restarts"];

        /** Shows them, until what it gives is called. */
        export function serversView(main) {
          const filter = h("input", { type: "search", "aria-label": "Filter servers", placeholder: "Filter", autocomplete: "off" });
          const summary = h("p", { class: "summary", role: "status" }, "Loading …");
          const state = h("p", { class: "state", hidden: true });
          const rows = new Rows("Servers", 64, row);
          const heads = h("div", { class: "heads", "aria-hidden": "true" }, columns.map((words) => h("span", {}, words)));
          fill(
            main,
            h(
              "div", { class: "title" }, h("h1", {}, "Servers"), filter,
              button("Add server", () => addServer(watch.now), { class: "main" }),
            ),
            summary, heads, rows.element, state,
          );

          function draw() {
            if (!servers) return;
            const wanted = filter.value.trim().toLowerCase();
            const all = [...servers].filter(([name, { state }]) => !wanted || `${name} ${state}`.toLowerCase().includes(wanted));
            rows.show(all.map(([name, server]) => ({ key: name, server })));
            heads.hidden = all.length === 0;
            state.hidden = all.length > 0;
            say(state, servers.size === 0 ? "There is no server yet. Add one, or name some in the configuration." : "No server fits.");
            say(summary, words(servers));
          }

          filter.addEventListener("input", draw);
          const leave = watch.listen(draw);
          draw();
          return () => {
            leave();
            rows.end();
          };
        }

        function words(all) {
          const counts = new Map();
          for (const { state } of all.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
          const states = [...counts].map(([state, count]) => `${number(count)} ${state}`);
          const metrics = metricsFault ? [`no metrics: ${cut(metricsFault)}`] : [];
          return [`${number(all.size)} ${all.size === 1 ? "server" : "servers"}`, ...states, ...metrics].join(" · ");
        }

        /** What the head of a column says, for those who hear a row alone. */
        function heard(label) {
          return h("span", { class: "heard" }, `${label}: `);
        }

        function row({ key }) {
          const parts = Object.fromEntries(
            ["kind", "since", "rate", "times", "errors", "memory", "cpu", "restarts"].map((name) => [name, h("span", {})]),
          );
          const calls = plot();
          const state = status();
          const cell = (label, ...children) => h("span", { class: "cell" }, heard(label), ...children);
          const element = h(
            "div", {},
            h(
              "a", { href: `#/servers/${encodeURIComponent(key)}`, class: "line" },
              h("span", { class: "cell name" }, h("strong", {}, foreign(key, 80)), parts.kind),
              h("span", { class: "cell wide" }, state.element, parts.since),
              h("span", { class: "cell plotted" }, h("span", {}, heard("Calls a minute"), parts.rate), calls.element),
              cell("p50 / p99", parts.times), cell("Errors", parts.errors), cell("Memory", parts.memory), cell("CPU", parts.cpu),
              cell("Restarts", parts.restarts),
            ),
          );
          parts.kind.className = parts.since.className = "minor";

          function update({ server }) {
            const points = history.points(key);
            const last = points[points.length - 1] ?? {};
            const total = history.total(key);
            state.show(server);
            say(parts.kind, [server.transport, server.era].filter(Boolean).join(", "));
            say(parts.since, server.error && server.state !== "ready" ? cut(server.error, 80) : `for ${age(server.since)}`);
            say(parts.rate, rate(last.calls));
            say(parts.times, last.p50 === undefined ? "–" : `${seconds(last.p50)} / ${seconds(last.p99)}`);
            say(parts.errors, number(total?.errors));
            say(parts.memory, bytes(last.memory));
            say(parts.cpu, percent(last.cpu));
            say(parts.restarts, number(server.restarts));
            calls.show(points.map((point) => point.calls));
          }

          return { element, update };
        }

        """#
}
