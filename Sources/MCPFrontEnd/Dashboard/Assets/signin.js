// The form before everything else.

import { Problem, session } from "./api.js";
import { alert, field, fill, h } from "./dom.js";

/** Shows the form; `enter` throws when the proxy does not let its user in. */
export function signIn(main, enter, words) {
  const token = h("input", {
    type: "password", name: "token", autocomplete: "current-password", spellcheck: "false", required: true,
  });
  const keep = h("input", { type: "checkbox", id: "keep" });
  const message = h("div", {});
  const form = h(
    "form", { class: "alone" },
    h("h1", {}, "Sign in"),
    h("p", {}, "With a token of the management API (", h("code", {}, "mcpProxy.management.authTokens"),
      "), or that of a client with ", h("code", {}, "management"), " (", h("code", {}, "mcpProxy.clients"), ")."),
    message,
    field("Token", token),
    h("label", { class: "check", for: "keep" }, keep, "Keep it until this tab is closed"),
    h("button", { type: "submit", class: "main" }, "Sign in"),
    h("p", { class: "help" }, "Where no token is configured, the page opens by itself on the proxy’s own machine, and only there."),
  );
  if (words) message.append(alert(words));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = token.value.trim();
    // Nothing else can stand in a header field.
    if (!/^[\x21-\x7e]+$/.test(text)) {
      fill(message, alert("A token has letters, digits and signs, and no space."));
      return;
    }
    session.take(text, keep.checked);
    try {
      await enter();
    } catch (error) {
      session.forget();
      fill(message, alert(error instanceof Problem ? `Not signed in: ${error.message}.` : "The proxy does not answer."));
      token.select();
    }
  });
  fill(main, form);
  token.focus();
}
