// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let dashboardCSS: StaticString = #"""
        :root {
          color-scheme: light dark;
          --page: #fff;
          --raised: #f6f7f9;
          --line: #e1e4e9;
          --text: #16191f;
          --minor: #5b6472;
          --accent: #1f5fbf;
          --on-accent: #fff;
          --good: #1a7f45;
          --wait: #9a6400;
          --bad: #c0322b;
          --unit: 8px;
        }

        @media (prefers-color-scheme: dark) {
          :root {
            --page: #121418;
            --raised: #1a1d23;
            --line: #2c313a;
            --text: #e8eaee;
            --minor: #9aa3b2;
            --accent: #7fb0ff;
            --on-accent: #0b1524;
            --good: #58c888;
            --wait: #e0ac4c;
            --bad: #ff8078;
          }
        }

        * { box-sizing: border-box; }
        [hidden] { display: none !important; }

        body {
          margin: 0;
          color: var(--text);
          background: var(--page);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
          font-variant-numeric: tabular-nums;
        }

        code, pre, .code, .log { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        h1 { margin: 0; font-size: 24px; font-weight: 650; line-height: 1.25; letter-spacing: -0.01em; overflow-wrap: anywhere; }
        h2 { margin: calc(4 * var(--unit)) 0 var(--unit); font-size: 17px; font-weight: 650; }
        h3 { margin: calc(3 * var(--unit)) 0 var(--unit); font-size: 15px; font-weight: 650; }
        p { margin: 0 0 calc(1.5 * var(--unit)); }
        a { color: var(--accent); text-underline-offset: 3px; }
        bdi.foreign { unicode-bidi: isolate; overflow-wrap: anywhere; }
        .prose bdi { white-space: pre-wrap; }
        .prose { max-width: 75ch; }
        .minor, .help, .summary { color: var(--minor); font-size: 13px; font-weight: 400; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
        main:focus { outline: none; }

        .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: var(--unit); top: var(--unit); background: var(--page); padding: var(--unit); z-index: 3; }

        .bar {
          position: sticky; top: 0; z-index: 2; display: flex; align-items: center; gap: calc(3 * var(--unit));
          padding: 0 calc(4 * var(--unit)); height: 56px; background: var(--page); border-bottom: 1px solid var(--line);
        }
        .mark { font-weight: 700; letter-spacing: -0.01em; }
        nav { display: flex; gap: calc(3 * var(--unit)); flex: 1; align-self: stretch; overflow-x: auto; }
        nav a { display: flex; align-items: center; color: var(--minor); text-decoration: none; white-space: nowrap; border-block: 2px solid transparent; }
        nav a:hover { color: var(--text); }
        nav a[aria-current] { color: var(--text); border-bottom-color: var(--accent); }

        #notice:not(:empty) { margin: 0; padding: var(--unit) calc(4 * var(--unit)); background: var(--raised); color: var(--wait); border-bottom: 1px solid var(--line); }
        #notice:empty { margin: 0; }
        main { max-width: 1280px; margin: 0 auto; padding: calc(4 * var(--unit)); }
        .alone { max-width: 400px; margin: 12vh auto 0; }
        .title { display: flex; flex-wrap: wrap; align-items: center; gap: calc(2 * var(--unit)); margin-bottom: calc(2 * var(--unit)); }
        .title h1 { flex: 1 1 auto; }
        .path { margin-bottom: var(--unit); font-size: 13px; }
        .lead { font-size: 17px; }

        button, .button {
          font: inherit; font-weight: 550; padding: 6px 14px; min-height: 36px; border: 1px solid var(--line); border-radius: 6px;
          color: var(--text); background: var(--page); cursor: pointer; text-decoration: none; display: inline-block;
        }
        button:hover, .button:hover { border-color: var(--minor); }
        button.main, .button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        button.quiet { border-color: transparent; color: var(--minor); }
        button.danger { color: var(--bad); }
        button:disabled { opacity: 0.55; cursor: default; }
        .buttons { display: flex; flex-wrap: wrap; gap: var(--unit); margin: calc(2 * var(--unit)) 0; }
        .title .buttons { margin: 0; }

        input, textarea, select {
          font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 6px 10px;
          width: 100%; min-height: 36px;
        }
        input[type="checkbox"], input[type="radio"] { width: auto; min-height: 0; margin: 0; accent-color: var(--accent); }
        textarea { resize: vertical; }
        .growing { field-sizing: content; max-height: 40vh; }
        [aria-invalid] { border-color: var(--bad); }
        .title input { width: 280px; flex: 0 1 auto; }
        label { font-weight: 550; }
        .field { margin-bottom: calc(2 * var(--unit)); }
        .field .help { margin: 4px 0 0; }
        .check, .choice label { display: flex; align-items: center; gap: var(--unit); font-weight: 400; margin-bottom: calc(2 * var(--unit)); }
        .choice { display: flex; gap: calc(3 * var(--unit)); border: 0; padding: 0; margin: 0; }
        .choice legend { font-weight: 550; margin-bottom: var(--unit); padding: 0; }

        .alert, .fault { border-left: 3px solid var(--bad); padding: 4px calc(1.5 * var(--unit)); background: var(--raised); margin: 0 0 calc(2 * var(--unit)); }
        .fault { border-color: var(--wait); list-style-position: inside; }
        .alert > :last-child { margin-bottom: 0; }
        .state { color: var(--minor); padding: calc(3 * var(--unit)) 0; }

        .heads, .line { display: grid; grid-template-columns: minmax(160px, 2.2fr) minmax(150px, 1.8fr) minmax(150px, 1.4fr) 1.2fr 0.7fr 0.9fr 0.6fr 0.7fr; gap: calc(2 * var(--unit)); }
        .heads { color: var(--minor); font-size: 13px; padding: var(--unit) 0; border-bottom: 1px solid var(--line); }
        .heads span:nth-child(n + 4), .line > .cell:nth-child(n + 4) { text-align: right; }
        .rows { position: relative; }
        .row { position: absolute; left: 0; right: 0; height: 64px; border-bottom: 1px solid var(--line); contain: layout style; }
        .line { height: 100%; align-items: center; color: inherit; text-decoration: none; }
        .line:hover { background: var(--raised); }
        .line.tool { grid-template-columns: minmax(180px, 1fr) 2.4fr 120px; }
        .cell { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .cell > * { overflow: hidden; text-overflow: ellipsis; }
        .cell strong, .cell .minor, .cell.words bdi { display: block; }
        .cell.words { color: var(--minor); white-space: normal; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; font-size: 13px; }
        .cell.end { text-align: right; }
        .cell strong { font-weight: 600; }
        .plotted { display: grid; grid-template-columns: 48px 1fr; align-items: center; gap: var(--unit); }

        .status { display: inline-flex; align-items: center; gap: var(--unit); max-width: 100%; }
        .status > :last-child { overflow: hidden; text-overflow: ellipsis; }
        .dot { width: 10px; height: 10px; flex: none; border-radius: 50%; background: var(--wait); }
        [data-kind="good"] .dot { background: var(--good); }
        [data-kind="bad"] .dot { background: var(--bad); border-radius: 1px; }
        [data-kind="wait"] .dot { background: none; border: 2px solid var(--wait); }
        [data-kind="off"] .dot { background: none; border: 2px solid var(--minor); }

        .plot { display: block; width: 100%; height: 28px; }
        .plot .line { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
        .plot .area { fill: var(--accent); opacity: 0.12; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: calc(3 * var(--unit)); margin: calc(2 * var(--unit)) 0 calc(3 * var(--unit)); }
        figure { margin: 0; }
        figcaption { display: flex; justify-content: space-between; gap: var(--unit); color: var(--minor); font-size: 13px; margin-bottom: 4px; }
        figcaption strong { color: var(--text); }
        .plots .plot { height: 56px; border-bottom: 1px solid var(--line); }

        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: calc(2 * var(--unit)) calc(3 * var(--unit)); margin: 0; }
        dt { color: var(--minor); font-size: 13px; }
        dd { margin: 0; overflow-wrap: anywhere; }

        pre { margin: 0 0 calc(2 * var(--unit)); padding: calc(1.5 * var(--unit)); background: var(--raised); border-radius: 6px; overflow: auto; max-height: 60vh; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
        .log { list-style: none; margin: 0; padding: var(--unit) calc(1.5 * var(--unit)); background: var(--raised); border-radius: 6px; height: 280px; overflow: auto; }
        .log li { display: flex; gap: calc(2 * var(--unit)); }
        .log time { color: var(--minor); flex: none; }
        .log [data-kind="event"] bdi { color: var(--accent); }
        .lines { font-family: inherit; padding-left: calc(2.5 * var(--unit)); }

        details { margin-bottom: calc(1.5 * var(--unit)); }
        summary { cursor: pointer; overflow-wrap: anywhere; }
        summary + * { margin-top: var(--unit); }
        .card { border-top: 1px solid var(--line); padding-top: calc(1.5 * var(--unit)); }
        .halves { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: calc(4 * var(--unit)); align-items: start; border-top: 1px solid var(--line); }
        .blocks img { max-width: 100%; border-radius: 6px; background: var(--raised); }
        .blocks.failed { border-left: 3px solid var(--bad); padding-left: calc(1.5 * var(--unit)); }
        .scroll { overflow: auto; max-height: 400px; }
        table { border-collapse: collapse; width: 100%; font-size: 13px; }
        th, td { text-align: left; padding: 4px calc(2 * var(--unit)) 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        th { font-weight: 550; color: var(--minor); }

        dialog { width: min(560px, calc(100vw - 32px)); border: 1px solid var(--line); border-radius: 10px; padding: calc(3 * var(--unit)); color: inherit; background: var(--page); }
        dialog h2 { margin-top: 0; }
        dialog::backdrop { background: rgb(0 0 0 / 45%); }
        dialog .buttons { margin-bottom: 0; }

        @media (max-width: 820px) {
          .bar { padding: 0 calc(2 * var(--unit)); gap: calc(2 * var(--unit)); }
          nav { gap: calc(2 * var(--unit)); }
          .bar button { padding: 6px 0; }
          .mark { display: none; }
          main { padding: calc(2 * var(--unit)); }
          .heads { display: none; }
          .line { grid-template-columns: minmax(0, 1fr) auto; grid-template-rows: auto auto; gap: 0 var(--unit); align-content: center; }
          .line > .cell { display: none; }
          .line > .cell.name, .line > .cell.wide, .line > .cell.end { display: block; text-align: left; }
          .line > .cell.wide, .line > .cell.end { text-align: right; max-width: 50vw; }
          .line.tool { grid-template-columns: minmax(0, 1fr) auto; }
          .halves { grid-template-columns: minmax(0, 1fr); gap: 0; }
          .title input { width: 100%; order: 3; flex: 1 1 100%; }
        }

        @media (prefers-reduced-motion: no-preference) {
          .line, button { transition: background-color 120ms, border-color 120ms; }
        }

        """#
}
