// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let rowsJS: StaticString = #"""
        // A long list of which only the rows are made that are seen.

        import { h } from "./dom.js";

        const spare = 6;

        /** `make(item)` gives {element, update(item)}. All rows are equally high; the page scrolls. */
        export class Rows {
          #items = [];
          #shown = new Map();
          #height;
          #make;

          constructor(label, height, make) {
            this.#height = height;
            this.#make = make;
            this.element = h("div", { class: "rows", role: "list", "aria-label": label });
            this.draw = this.draw.bind(this);
            addEventListener("scroll", this.draw, { passive: true });
            addEventListener("resize", this.draw, { passive: true });
          }

          /** Items have a `key` each. */
          show(items) {
            this.#items = items;
            this.element.style.height = `${items.length * this.#height}px`;
            this.draw();
          }

          draw() {
            if (!this.element.isConnected) return;
            const top = this.element.getBoundingClientRect().top;
            const first = Math.max(0, Math.floor(-top / this.#height) - spare);
            const last = Math.min(this.#items.length, Math.ceil((innerHeight - top) / this.#height) + spare);
            const wanted = new Map();
            for (let place = first; place < last; place += 1) wanted.set(this.#items[place].key, place);
            for (const [key, row] of this.#shown) {
              if (wanted.has(key) || row.element.contains(document.activeElement)) continue;
              row.element.remove();
              this.#shown.delete(key);
            }
            for (const [key, place] of wanted) this.#place(key, place);
            for (const [key, row] of this.#shown) {
              if (wanted.has(key)) continue;
              const place = this.#items.findIndex((item) => item.key === key);
              if (place >= 0) {
                this.#place(key, place);
              } else {
                row.element.remove();
                this.#shown.delete(key);
              }
            }
          }

          #place(key, place) {
            const item = this.#items[place];
            let row = this.#shown.get(key);
            if (!row) {
              row = this.#make(item);
              row.element.setAttribute("role", "listitem");
              row.element.classList.add("row");
              row.place = -1;
              this.#shown.set(key, row);
            }
            if (row.place !== place || row.count !== this.#items.length) {
              row.element.style.transform = `translateY(${place * this.#height}px)`;
              row.element.setAttribute("aria-posinset", place + 1);
              row.element.setAttribute("aria-setsize", this.#items.length);
              const following = this.element.children[0] === undefined ? null : this.#after(place);
              if (row.element.parentNode !== this.element || row.place !== place) this.element.insertBefore(row.element, following);
              [row.place, row.count] = [place, this.#items.length];
            }
            row.update(item);
          }

          /** The row before which one belongs, so that the order of the keyboard is that of the eye. */
          #after(place) {
            let best = null;
            let nearest = Infinity;
            for (const row of this.#shown.values()) {
              if (row.place > place && row.place < nearest && row.element.parentNode === this.element) {
                nearest = row.place;
                best = row.element;
              }
            }
            return best;
          }

          end() {
            removeEventListener("scroll", this.draw);
            removeEventListener("resize", this.draw);
          }
        }

        """#
}
