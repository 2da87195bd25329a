/// The table of servers, as wide as there is room.
struct ServerTable {
    private static let gap = 2
    private static let longestName = 40
    private static let shortestName = 8

    private struct Place {
        let column: TopColumn
        let start: Int
        let width: Int
    }

    private let columns: Int?
    private let nameWidth: Int
    private let places: [Place]
    /// Whether why something failed has no column, and stands below the row.
    private let hasTroubleBelow: Bool

    /// - Parameters:
    ///   - rows: All that there are, also those that are not in sight: the table does not change while somebody scrolls.
    ///   - columns: nil for as many as it takes.
    init(_ rows: [ServerRow], within columns: Int?) {
        self.columns = columns
        let names = rows.map { CellText.width(CellText.safe($0.facts.name)) }.max() ?? 0
        let states = rows.map { CellText.width(CellText.safe($0.facts.state)) }.max() ?? 0
        let stateWidth = max(5, min(states, (columns ?? 40) / 2, 20))
        func width(_ column: TopColumn) -> Int { column == .state ? stateWidth : column.width }
        let wanted = max(6, min(names, Self.longestName))
        var (room, shown) = ((columns ?? Int.max) - min(wanted, Self.shortestName), [TopColumn]())
        for column in TopColumn.allCases {
            // Those that follow matter less, so that one which does not fit is the last one.
            guard room >= width(column) + Self.gap else { break }
            room -= width(column) + Self.gap
            shown.append(column)
        }
        let more = min(room, wanted - min(wanted, Self.shortestName))
        nameWidth = min(wanted, Self.shortestName) + max(0, more)
        hasTroubleBelow = !shown.contains(.trouble)
        var start = nameWidth + Self.gap
        places = TopColumn.inOrder.filter(shown.contains).map { column in
            defer { start += width(column) + Self.gap }
            return Place(column: column, start: start, width: width(column))
        }
    }

    /// What stands above.
    var header: ScreenLine {
        var text = CellText.fit("SERVER", nameWidth)
        for place in places {
            text += String(repeating: " ", count: Self.gap)
            text += CellText.fit(place.column.title, place.width, isRight: place.column.isNumber)
        }
        return ScreenLine(columns.map { CellText.fit(text, $0) } ?? text, .header)
    }

    /// The lines of these servers.
    func lines(_ rows: [ServerRow]) -> [ScreenLine] { rows.flatMap(lines) }

    private func lines(_ row: ServerRow) -> [ScreenLine] {
        var line = ScreenLine()
        line.add(CellText.fit(CellText.safe(row.facts.name), nameWidth), .plain, at: 0, within: columns)
        for place in places {
            let text = place.column.text(row)
            guard place.column != .trouble else {
                line.add(text, place.column.style(row), at: place.start, within: columns)
                continue
            }
            line.add(
                CellText.fit(text, place.width, isRight: place.column.isNumber), place.column.style(row),
                at: place.start,
                within: columns)
        }
        guard hasTroubleBelow, row.facts.trouble != nil else { return [line] }
        var below = ScreenLine()
        below.add(TopColumn.trouble.text(row), TopColumn.trouble.style(row), at: 2, within: columns)
        return [line, below]
    }
}
