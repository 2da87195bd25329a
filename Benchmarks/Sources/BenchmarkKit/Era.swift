/// How a side speaks: with a handshake, or every request on its own.
package enum Era: String, Sendable {
    case legacy
    case modern

    /// The revision that stands in messages and headers.
    package var version: String {
        switch self {
        case .legacy: "2025-11-25"
        case .modern: "2026-07-28"
        }
    }
}
