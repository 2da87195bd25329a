// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let plotJS: StaticString = #"""
        // Small plots of the last readings.

        const space = "http://www.w3.org/2000/svg";
        const [width, height] = [120, 28];

        function part(tag, attributes) {
          const element = document.createElementNS(space, tag);
          for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
          return element;
        }

        /** A line for numbers of which the newest stands at the right; `show` changes them. It says nothing to a screen reader: the numbers stand beside it. */
        export function plot() {
          const area = part("path", { class: "area" });
          const line = part("path", { class: "line" });
          const element = part("svg", {
            class: "plot", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true",
          });
          element.append(area, line);
          return { element, show: (values) => show(values, area, line) };
        }

        function show(values, area, line) {
          const most = Math.max(...values.filter((value) => value !== undefined), 1e-9);
          // A short past is drawn wide, and does not jump about.
          const step = width / (Math.max(values.length, 20) - 1);
          let path = "";
          let [first, last] = [undefined, undefined];
          let isBroken = true;
          values.forEach((value, place) => {
            if (value === undefined) {
              isBroken = true;
              return;
            }
            const x = (width - (values.length - 1 - place) * step).toFixed(1);
            const y = (height - 2 - (value / most) * (height - 4)).toFixed(1);
            path += `${isBroken ? "M" : "L"}${x} ${y}`;
            isBroken = false;
            first ??= x;
            last = x;
          });
          line.setAttribute("d", path);
          const isWhole = path.lastIndexOf("M") === 0;
          area.setAttribute("d", isWhole && path ? `${path}L${last} ${height}L${first} ${height}Z` : "");
        }

        """#
}
