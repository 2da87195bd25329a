// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let indexHTML: StaticString = #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>mcp-proxy</title>
        <link rel="icon" href="icon.svg">
        <link rel="stylesheet" href="dashboard.css">
        <script type="module" src="main.js"></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar" id="bar" hidden>
          <span class="mark">mcp-proxy</span>
          <nav id="tabs" aria-label="Views"></nav>
          <button id="leave" type="button" class="quiet">Sign out</button>
        </header>
        <p id="notice" role="status" aria-live="polite"></p>
        <main id="main" tabindex="-1"></main>
        <noscript><p class="alone">This page needs JavaScript. In a terminal, mcp-proxy list shows the same.</p></noscript>
        </body>
        </html>

        """#
}
