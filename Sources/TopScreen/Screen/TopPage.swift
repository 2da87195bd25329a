/// What somebody has chosen to see of a proxy, and how it looks.
package struct TopPage: Sendable {
    /// What has to be done about a key, beside drawing anew.
    package enum Wish: Equatable, Sendable {
        case nothing, quit, refresh, redraw
    }

    /// What keeps the page from being up to date.
    package struct Problem: Equatable, Sendable {
        /// In words, line after line.
        package let words: [String]
        /// Since when, in seconds since 1970.
        package let since: Double

        package init(_ words: [String], since: Double) {
            (self.words, self.since) = (words, since)
        }
    }

    package private(set) var history: MomentHistory
    package private(set) var problem: Problem?
    package private(set) var order = SortOrder.name
    package private(set) var filter = ""
    private var rows: [ServerRow]
    private var isTyping = false
    private var showsHelp = false
    private var first = 0
    private var height = 1

    package init(_ moment: ProxyMoment) {
        history = MomentHistory(moment)
        rows = history.rows
    }

    // MARK: What comes

    /// Takes what is known now.
    package mutating func show(_ moment: ProxyMoment) {
        history.add(moment)
        rows = history.rows
        problem = nil
    }

    /// Takes why nothing is known.
    ///
    /// - Parameter time: In seconds since 1970.
    package mutating func show(problem words: [String], at time: Double) {
        problem = Problem(words, since: problem?.since ?? time)
    }

    /// Notes that a second has passed: an answer that has not come by now is told to be missing.
    ///
    /// - Parameters:
    ///   - time: In seconds since 1970.
    ///   - interval: How often the proxy is asked, in seconds.
    package mutating func lookAtClock(_ time: Double, interval: Double) {
        guard problem == nil, let last = history.current, time - last.time > interval + Self.patience else { return }
        problem = Problem(["the proxy gives no answer"], since: last.time)
    }

    /// How many seconds an answer may take.
    private static let patience = 5.0

    /// Takes a key.
    package mutating func press(_ key: KeyReader.Key) -> Wish {
        switch key {
        case .control("c"): return .quit
        case .control("l"): return .redraw
        default: break
        }
        if isTyping {
            type(key)
            return .nothing
        }
        if showsHelp, key != .character("q") {
            showsHelp = false
            return .nothing
        }
        switch key {
        case .character("q"): return .quit
        case .character("r"): return .refresh
        case .character("h"), .character("?"): showsHelp = true
        case .character("s"): (order, first) = (order.next, 0)
        case .character("/"): isTyping = true
        case .escape: filter = ""
        default: scroll(key)
        }
        return .nothing
    }

    private mutating func type(_ key: KeyReader.Key) {
        switch key {
        case .enter: isTyping = false
        case .escape: (isTyping, filter) = (false, "")
        case .backspace: filter = String(filter.dropLast())
        case .character(let character) where filter.count < 100: filter.append(character)
        default: break
        }
        first = 0
    }

    private mutating func scroll(_ key: KeyReader.Key) {
        switch key {
        case .up, .character("k"): first -= 1
        case .down, .character("j"): first += 1
        case .pageUp, .control("b"): first -= height
        case .pageDown, .character(" "), .control("f"): first += height
        case .home, .character("g"): first = 0
        case .end, .character("G"): first = Int.max / 2
        default: break
        }
        first = max(0, first)
    }

    // MARK: What is seen

    /// The servers that are looked for, in order.
    private var shown: [ServerRow] {
        let wanted = filter.lowercased()
        guard !wanted.isEmpty else { return order.sorted(rows) }
        return order.sorted(rows.filter { "\($0.facts.name) \($0.facts.state)".lowercased().contains(wanted) })
    }

    /// Returns the page in so many columns and lines, and sees to it that there is something where it was scrolled to.
    package mutating func frame(columns: Int, lines: Int) -> ScreenFrame {
        ScreenFrame(
            Array((showsHelp ? TopHelp.lines(within: columns) : page(columns, lines)).prefix(lines)), columns: columns,
            rows: lines)
    }

    private mutating func page(_ columns: Int, _ lines: Int) -> [ScreenLine] {
        let head = PageHead(history: history, rows: rows)
        let shown = shown
        let table = ServerTable(rows, within: columns)
        var above = [ScreenLine(head.proxy, .strong, within: columns)]
        if lines >= 8 { above.append(ScreenLine(head.servers, .plain, within: columns)) }
        above += notices(columns: columns, lines: lines)
        // Where there is next to no room, what is wrong matters most.
        if problem != nil, lines < 4 { above.removeFirst() }
        above.append(table.header)
        let below = lines >= 6 || isTyping ? [footer(columns, shown: shown.count)] : []
        height = max(1, lines - above.count - below.count)
        let body = shown.isEmpty ? [ScreenLine(nothing, .faint, within: columns)] : table.lines(shown)
        first = min(first, max(0, body.count - height))
        var seen = Array(body[first...].prefix(height))
        seen += Array(repeating: ScreenLine(), count: max(0, height - seen.count))
        return above + seen + below
    }

    /// Returns the page for a file: all of it, without steps for a terminal.
    package func text(columns: Int?) -> [String] {
        let head = PageHead(history: history, rows: rows)
        let table = ServerTable(rows, within: columns)
        let lines =
            [ScreenLine(head.proxy), ScreenLine(head.servers)] + notices(columns: columns, lines: Int.max)
            + [ScreenLine(), table.header] + table.lines(shown)
        return lines.map(\.text)
    }

    private var nothing: String {
        rows.isEmpty ? "the proxy has no servers" : "no server has this in its name or state"
    }

    private func notices(columns: Int?, lines: Int) -> [ScreenLine] {
        if let problem {
            let words = problem.words.map(CellText.safe)
            let first = "\(words.first ?? "") (since \(ClockText.time(problem.since)), tried again)"
            return ([first] + words.dropFirst()).prefix(max(1, lines / 4)).map {
                ScreenLine($0, .bad, within: columns)
            }
        }
        guard let reason = history.current?.withoutMetrics, lines >= 6 else { return [] }
        return [ScreenLine("no metrics: \(CellText.safe(reason))", .waiting, within: columns)]
    }

    private func footer(_ columns: Int, shown: Int) -> ScreenLine {
        let typed = CellText.safe(filter)
        if isTyping { return ScreenLine("/\(typed)_  (Enter keeps it, Esc shows all)", .strong, within: columns) }
        let filtered = filter.isEmpty ? "" : "  /\(typed): \(shown) of \(rows.count)"
        return ScreenLine("q quit  s by \(order.rawValue)  / filter  ? help\(filtered)", .faint, within: columns)
    }
}
