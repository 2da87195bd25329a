/// One column of the table, those that are kept longest where there is little room first.
enum TopColumn: CaseIterable {
    case state
    case callsPerMinute
    case errors
    case slowest
    case busy
    case memory
    case median
    case processor
    case age
    case restarts
    case calls
    case trouble
    case era
    case transport

    /// In the order in which they stand, behind the name.
    static let inOrder: [TopColumn] = [
        .state, .age, .callsPerMinute, .calls, .errors, .median, .slowest, .busy, .processor, .memory, .restarts, .era,
        .transport, .trouble,
    ]

    var title: String {
        switch self {
        case .state: "STATE"
        case .callsPerMinute: "/MIN"
        case .errors: "ERRORS"
        case .slowest: "P99"
        case .busy: "BUSY"
        case .memory: "MEM"
        case .median: "P50"
        case .processor: "CPU"
        case .age: "FOR"
        case .restarts: "RESTARTS"
        case .calls: "CALLS"
        case .trouble: "LAST ERROR"
        case .era: "ERA"
        case .transport: "TRANSPORT"
        }
    }

    /// How wide it is at least: always the same, so that nothing jumps.
    var width: Int {
        switch self {
        case .state, .era, .errors, .callsPerMinute, .calls, .slowest, .median, .memory, .age: 6
        case .busy, .processor: 5
        case .restarts: 8
        case .trouble: 24
        case .transport: 15
        }
    }

    var isNumber: Bool {
        switch self {
        case .state, .trouble, .era, .transport: false
        default: true
        }
    }

    /// What stands there. What nobody knows is a dash.
    func text(_ row: ServerRow) -> String {
        let facts = row.facts
        let text: String? =
            switch self {
            case .state: CellText.safe(facts.state)
            case .callsPerMinute: row.callsPerMinute.map(NumberText.count)
            case .errors: facts.errors.map(NumberText.count)
            case .slowest: row.slowest.map(NumberText.time)
            case .busy: Self.busy(facts)
            case .memory: facts.memory.map(NumberText.bytes)
            case .median: row.median.map(NumberText.time)
            case .processor: row.processor.map(NumberText.percent)
            case .age: row.age.map(ClockText.age)
            case .restarts: facts.restarts.map { NumberText.count(Double($0)) }
            case .calls: facts.calls.map(NumberText.count)
            case .trouble: facts.trouble.map(CellText.safe) ?? ""
            case .era: facts.era.map(CellText.safe)
            case .transport: facts.transport.map(CellText.safe)
            }
        return text ?? "-"
    }

    /// Calls under way, and those that wait beside them.
    private static func busy(_ facts: ServerFacts) -> String? {
        guard let inFlight = facts.inFlight else { return nil }
        let queued = facts.queued ?? 0
        return NumberText.count(Double(inFlight)) + (queued > 0 ? "+" + NumberText.count(Double(queued)) : "")
    }

    func style(_ row: ServerRow) -> ScreenLine.Style {
        switch self {
        case .state: Self.style(ofState: row.facts.state)
        case .errors: (row.facts.errors ?? 0) > 0 ? .bad : .plain
        case .trouble: row.facts.state == "ready" ? .waiting : .bad
        case .era, .transport: .faint
        default: .plain
        }
    }

    private static func style(ofState state: String) -> ScreenLine.Style {
        switch state {
        case "ready": .good
        case "failed": .bad
        case "disabled": .faint
        default: .waiting
        }
    }
}
