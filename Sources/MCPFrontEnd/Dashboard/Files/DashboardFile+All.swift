// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    /// All there are.
    static let all = [
        DashboardFile("add.js", addJS),
        DashboardFile("api.js", apiJS),
        DashboardFile("dashboard.css", dashboardCSS),
        DashboardFile("dialog.js", dialogJS),
        DashboardFile("dom.js", domJS),
        DashboardFile("events.js", eventsJS),
        DashboardFile("form.js", formJS),
        DashboardFile("format.js", formatJS),
        DashboardFile("groups.js", groupsJS),
        DashboardFile("icon.svg", iconSVG),
        DashboardFile("index.html", indexHTML),
        DashboardFile("log.js", logJS),
        DashboardFile("main.js", mainJS),
        DashboardFile("mcp.js", mcpJS),
        DashboardFile("metrics.js", metricsJS),
        DashboardFile("plot.js", plotJS),
        DashboardFile("poll.js", pollJS),
        DashboardFile("question.js", questionJS),
        DashboardFile("result.js", resultJS),
        DashboardFile("rows.js", rowsJS),
        DashboardFile("server.js", serverJS),
        DashboardFile("servers.js", serversJS),
        DashboardFile("settings.js", settingsJS),
        DashboardFile("signin.js", signinJS),
        DashboardFile("state.js", stateJS),
        DashboardFile("status.js", statusJS),
        DashboardFile("tool.js", toolJS),
        DashboardFile("tools.js", toolsJS),
    ]
}
