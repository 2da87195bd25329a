/// What the keys do and the columns say.
enum TopHelp {
    private static let rows: [(what: String, means: String)] = [
        ("q, Ctrl-C", "ends it"), ("j, k, arrows", "scroll; space, Page Up and Down, g and G further"),
        ("s", "next order: name, calls, errors, p99, memory"),
        ("/", "shows servers with a text in their name or state"),
        ("Esc", "shows all again"), ("r", "asks the proxy now"), ("Ctrl-L", "draws the screen anew"),
        ("Ctrl-Z", "stops it; fg brings it back"), ("", ""),
        ("FOR", "how long a server has been in its state"),
        ("/MIN, P50, P99", "calls a minute and how long they took, in the last minute"),
        ("CALLS, ERRORS", "since the proxy was started"), ("BUSY", "calls under way, + those that wait"),
        ("CPU, MEM", "of all processes of a server; 100% is one processor"), ("", ""), ("any key", "leaves this page"),
    ]

    static func lines(within columns: Int) -> [ScreenLine] {
        rows.map { row in
            var line = ScreenLine(row.what, .strong, within: columns)
            line.add(row.means, at: 16, within: columns)
            return line
        }
    }
}
