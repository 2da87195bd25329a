// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let dialogJS: StaticString = #"""
        // Windows above the page, which the browser keeps the keyboard in.

        import { alert, button, fill, h } from "./dom.js";

        /** Opens one and gives {element, body, close}. It goes when it is closed. */
        export function dialog(title, ...children) {
          const body = h("div", {}, ...children);
          const element = h("dialog", { "aria-label": title }, h("h2", {}, title), body);
          element.addEventListener("close", () => element.remove());
          document.body.append(element);
          element.showModal();
          return { element, body, close: () => element.close() };
        }

        /** Asks before something is done that cannot be taken back. */
        export function confirm(title, words, action, perform) {
          const message = h("div", {});
          const { body, close } = dialog(title);
          const yes = button(action, async () => {
            try {
              await perform();
              close();
            } catch (error) {
              fill(message, alert(error));
            }
          }, { class: "danger" });
          fill(body, h("p", {}, words), message, h("div", { class: "buttons" }, yes, button("Cancel", close)));
        }

        """#
}
