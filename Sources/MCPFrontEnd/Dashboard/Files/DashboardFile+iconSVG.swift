// Made by Scripts/dashboard-files from ../Assets: change it there, then `make ui`.

extension DashboardFile {
    static let iconSVG: StaticString = #"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="none" stroke="#2563c9" stroke-width="4" d="M4 8h10l8 8h6M4 24h10l8-8"/></svg>

        """#
}
