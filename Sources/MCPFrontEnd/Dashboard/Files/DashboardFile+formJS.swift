// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let formJS: StaticString = #"""
        // A form out of a JSON schema. What has no field of its own is written as JSON.

        import { alert, field, fill, h } from "./dom.js";

        const fewest = 60;

        export class SchemaForm {
          #fields = [];
          #message = h("div", {});

          constructor(schema) {
            const required = new Set(Array.isArray(schema.required) ? schema.required : []);
            const properties = Object.entries(schema.properties ?? {}).slice(0, 200);
            const elements = properties.map(([name, property]) => this.#add(name, property ?? {}, required.has(name)));
            if (properties.length === 0) elements.push(this.#add(undefined, { description: "Arguments as a JSON object", type: "object" }, false));
            this.element = h("div", {}, elements, this.#message);
          }

          #add(name, property, isRequired) {
            const reader = input(property);
            const label = name === undefined ? "Arguments" : `${name.length > fewest ? `${name.slice(0, fewest)}…` : name}${isRequired ? " *" : ""}`;
            if (isRequired) reader.input.setAttribute("aria-required", "true");
            this.#fields.push({ name, label, isRequired, ...reader });
            return field(h("bdi", {}, label), reader.input, property.description);
          }

          /** What was filled in; undefined, and words beside it, where something is wrong. */
          read() {
            let values = {};
            const problems = [];
            for (const { name, label, input: element, read, isRequired } of this.#fields) {
              element.removeAttribute("aria-invalid");
              try {
                const value = read();
                if (value === undefined && isRequired) throw new Error("is needed");
                if (value === undefined) continue;
                if (name === undefined) values = value;
                else Object.defineProperty(values, name, { value, enumerable: true });
              } catch (error) {
                problems.push(`${label.replace(/ \*$/, "")}: ${error.message}`);
                element.setAttribute("aria-invalid", "true");
                if (problems.length === 1) element.focus();
              }
            }
            fill(this.#message, problems.length > 0 && alert({ message: "This cannot be sent:", problems }));
            return problems.length > 0 ? undefined : values;
          }
        }

        /** {input, read} for one property; an empty one is left out. */
        function input(property) {
          const choices = Array.isArray(property.enum) ? property.enum : titled(property);
          const type = Array.isArray(property.type) ? property.type.find((each) => each !== "null") : property.type;
          if (choices) return choice(choices, property);
          if (type === "boolean") return choice([true, false], property);
          if (type === "string") return text(property);
          if (type === "integer" || type === "number") return amount(type, property);
          if (type === "array" && ["string"].includes(property.items?.type) && !property.items.enum) return list(property);
          return json(property, type);
        }

        /** The values of a oneOf that gives each a title, as questions have it. */
        function titled(property) {
          const values = property.oneOf?.map?.((each) => each?.const);
          return values?.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
        }

        function choice(values, property) {
          const titles = property.enumNames ?? property.oneOf?.map?.((each) => each?.title);
          const element = h(
            "select", {}, h("option", { value: "" }, "–"),
            values.slice(0, 1000).map((value, place) => h("option", { value: String(place) }, String(titles?.[place] ?? (typeof value === "string" ? value : JSON.stringify(value))).slice(0, 200))),
          );
          const preset = values.findIndex((value) => value === property.default);
          if (preset >= 0) element.value = String(preset);
          return { input: element, read: () => (element.value === "" ? undefined : values[Number(element.value)]) };
        }

        function text(property) {
          const kinds = { email: "email", uri: "url", date: "date" };
          const isLong = property.maxLength === undefined ? !property.format : property.maxLength > 200;
          const element = isLong
            ? h("textarea", { rows: 1, spellcheck: "false", class: "growing" })
            : h("input", { type: kinds[property.format] ?? "text", autocomplete: "off", spellcheck: "false" });
          element.value = typeof property.default === "string" ? property.default : "";
          return { input: element, read: () => (element.value === "" ? undefined : element.value) };
        }

        function amount(type, property) {
          const element = h("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
          if (typeof property.default === "number") element.value = String(property.default);
          return {
            input: element,
            read() {
              const written = element.value.trim();
              if (written === "") return undefined;
              const value = Number(written);
              if (!Number.isFinite(value)) throw new Error("is no number");
              if (type === "integer" && !Number.isInteger(value)) throw new Error("is no whole number");
              return value;
            },
          };
        }

        function list(property) {
          const element = h("textarea", { rows: 2, spellcheck: "false", placeholder: "One in each line" });
          if (Array.isArray(property.default)) element.value = property.default.join("\n");
          return {
            input: element,
            read() {
              const lines = element.value.split("\n").filter((line) => line !== "");
              return lines.length > 0 ? lines : undefined;
            },
          };
        }

        function json(property, type) {
          const element = h("textarea", { rows: 3, spellcheck: "false", class: "code", placeholder: type === "array" ? "[…]" : type === "object" ? "{…}" : "JSON" });
          if (property.default !== undefined) element.value = JSON.stringify(property.default, null, 2);
          return {
            input: element,
            read() {
              if (element.value.trim() === "") return undefined;
              let value;
              try {
                value = JSON.parse(element.value);
              } catch (error) {
                throw new Error(`is no JSON (${error.message})`);
              }
              if (type === "object" && (typeof value !== "object" || value === null || Array.isArray(value))) throw new Error("is no JSON object");
              if (type === "array" && !Array.isArray(value)) throw new Error("is no JSON array");
              return value;
            },
          };
        }

        """#
}
