// Makes elements. Text of others becomes text nodes and nothing else.

const longest = 120;

/** An element with properties (class, on…, attributes) and children: elements, texts, or nothing. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Cut where it is too long to be shown. */
export function cut(text, most = longest) {
  const whole = String(text ?? "");
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
}

/** A name or some words of others: cut, and kept from changing the direction of what stands around it. */
export function foreign(text, most = longest) {
  return h("bdi", { class: "foreign" }, cut(text, most));
}

/** Long text of others, with its lines. */
export function block(text, most = 200000) {
  return h("pre", { dir: "auto", tabindex: "0" }, cut(text, most));
}

/** Sets the text of an element if it is another one, so that nothing is drawn anew for nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Puts these in the place of all that is in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter(Boolean));
  return element;
}

/** A button that cannot be pressed again while it works. */
export function button(words, action, properties = {}) {
  const element = h("button", { type: "button", ...properties }, words);
  element.addEventListener("click", async () => {
    element.disabled = true;
    try {
      await action();
    } finally {
      element.disabled = false;
    }
  });
  return element;
}

let count = 0;

/** A field with its label, and words below it where they help. */
export function field(label, input, help) {
  input.id = `field-${++count}`;
  if (!help) return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
  const words = h("p", { class: "help", id: `${input.id}-help` }, foreign(help, 400));
  input.setAttribute("aria-describedby", words.id);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, words);
}

/** Words on what went wrong, which a screen reader says at once. */
export function alert(error) {
  const problems = (error.problems ?? []).map((problem) => h("li", {}, foreign(problem, 2000)));
  return h(
    "div", { class: "alert", role: "alert" }, h("p", {}, foreign(error.message ?? error, 2000)),
    problems.length > 0 && h("ul", {}, problems),
    error.stderr?.length > 0 && block(error.stderr.join("\n"), 20000),
  );
}
