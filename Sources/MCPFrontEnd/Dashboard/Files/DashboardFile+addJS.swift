// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let addJS: StaticString = #"""
        // The form with which a server is added, and what is pasted in its place.

        import { change } from "./api.js";
        import { alert, button, field, fill, foreign, h } from "./dom.js";
        import { dialog } from "./dialog.js";

        /** Opens the form. `done` is called when there is a new server. */
        export function addServer(done) {
          const message = h("div", {});
          const form = h("form", {});
          const [byForm, byPaste] = [parts(), paste()];
          let way = byForm;
          const choice = h(
            "fieldset", { class: "choice" }, h("legend", {}, "What is it?"),
            [["command", "A program"], ["url", "An address"], ["paste", "Paste"]].map(([kind, words], place) => {
              const input = h("input", { type: "radio", name: "kind", value: kind, id: `kind-${kind}`, checked: place === 0 });
              input.addEventListener("change", () => choose(kind));
              return h("label", { for: input.id }, input, words);
            }),
          );
          const fields = h("div", {});
          fill(form, choice, fields, message);
          const { body, close } = dialog("Add a server", form);
          const submit = h("button", { type: "submit", class: "main" }, "Add");
          form.append(h("div", { class: "buttons" }, submit, button("Cancel", close)));

          function choose(kind) {
            way = kind === "paste" ? byPaste : byForm;
            fill(fields, kind === "paste" ? byPaste.elements : byForm.elements(kind));
            fill(message);
          }

          form.addEventListener("submit", async (event) => {
            event.preventDefault();
            submit.disabled = true;
            fill(message, h("p", { role: "status" }, "Starting … it counts once it has answered."));
            try {
              const added = [];
              for (const [name, config] of way.read()) {
                added.push((await change("POST", "api/servers", { name, config })).message);
                done();
              }
              fill(body, h("p", { role: "status" }, foreign(added.join("; "), 2000)), h("div", { class: "buttons" }, button("Close", close)));
            } catch (error) {
              fill(message, alert(error));
            }
            submit.disabled = false;
          });
          choose("command");
        }

        function parts() {
          const text = (properties) => h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...properties });
          const inputs = {
            name: text({ required: true }), command: text({ required: true }), url: text({ type: "url", required: true }),
            args: h("textarea", { rows: 3, spellcheck: "false" }), env: h("textarea", { rows: 3, spellcheck: "false" }),
            headers: h("textarea", { rows: 3, spellcheck: "false" }),
          };
          const rows = {
            name: field("Name", inputs.name, "Letters, digits, . _ and -. It is the path of the server."),
            command: field("Program", inputs.command), args: field("Arguments", inputs.args, "One in each line"),
            env: field("Environment", inputs.env, "NAME=value in each line"), url: field("Address", inputs.url),
            headers: field("Header fields", inputs.headers, "Name: value in each line"),
          };
          let kind;
          return {
            elements(wanted) {
              kind = wanted;
              return kind === "command" ? [rows.name, rows.command, rows.args, rows.env] : [rows.name, rows.url, rows.headers];
            },
            read() {
              const lines = (input) => input.value.split("\n").map((line) => line.trim()).filter(Boolean);
              const pairs = (input, sign) => Object.fromEntries(lines(input).map((line) => split(line, sign)));
              const config = kind === "command"
                ? { command: inputs.command.value.trim(), args: lines(inputs.args), env: pairs(inputs.env, "=") }
                : { url: inputs.url.value.trim(), headers: pairs(inputs.headers, ":") };
              for (const key of ["args", "env", "headers"]) if (config[key] && Object.keys(config[key]).length === 0) delete config[key];
              return [[inputs.name.value.trim(), config]];
            },
          };
        }

        function split(line, sign) {
          const place = line.indexOf(sign);
          if (place < 1) throw new Error(`“${line}” has no ${sign} in it`);
          return [line.slice(0, place).trim(), line.slice(place + 1).trim()];
        }

        function paste() {
          const input = h("textarea", { rows: 10, spellcheck: "false", required: true, class: "code" });
          return {
            elements: field("JSON", input, 'An entry as other programs have it: {"mcpServers": {"name": {"command": "…"}}}'),
            read() {
              const found = JSON.parse(input.value);
              const entries = Object.entries(found.mcpServers ?? found.servers ?? found);
              if (entries.length === 0 || entries.some(([, config]) => typeof config !== "object" || config === null || Array.isArray(config))) {
                throw new Error('There is no server in it. Write {"name": {"command": "…"}} or {"name": {"url": "…"}}.');
              }
              return entries;
            },
          };
        }

        """#
}
