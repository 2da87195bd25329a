// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let questionJS: StaticString = #"""
        // What a server asks its user in the middle of a call.

        import { SchemaForm } from "./form.js";
        import { button, foreign, h } from "./dom.js";

        /** Puts the question below what is there, and gives what the user has said. */
        export function ask(place, { message, requestedSchema }) {
          return new Promise((resolve) => {
            const form = new SchemaForm(requestedSchema ?? {});
            const end = (answer) => {
              sheet.remove();
              resolve(answer);
            };
            const sheet = h(
              "form", { class: "sheet", "aria-label": "The server asks" },
              h("h2", {}, "The server asks"), h("p", { class: "prose" }, foreign(message, 5000)), form.element,
              h("div", { class: "buttons" }, h("button", { type: "submit", class: "main" }, "Answer"),
                button("Decline", () => end({ action: "decline" })), button("Cancel", () => end({ action: "cancel" }), { class: "quiet" })),
            );
            sheet.noValidate = true;
            sheet.addEventListener("submit", (event) => {
              event.preventDefault();
              const content = form.read();
              if (content) end({ action: "accept", content });
            });
            place.append(sheet);
            sheet.querySelector("input, textarea, select, button").focus();
          });
        }

        """#
}
