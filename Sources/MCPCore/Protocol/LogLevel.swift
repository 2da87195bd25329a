/// The severities of `logging/setLevel` and `notifications/message`, least severe first (RFC 5424).
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, notice, warning, error, critical, alert, emergency

    /// All of them, in words for people.
    package static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// The level that a value names, where it is there and names one.
    package init?(_ value: JSONView?) {
        guard let name = value?.string else { return nil }
        self.init(rawValue: name)
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }
}
