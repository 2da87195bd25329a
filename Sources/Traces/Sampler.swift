import MCPCore

/// Decides of which requests spans are made, as OpenTelemetry's samplers of the same names do.
package struct Sampler: Sendable, Equatable {
    /// What decides where nothing has come with a request.
    package enum Root: Sendable, Equatable {
        case always
        case never
        /// So many of 2⁶³ traces, by the last eight bytes of their names: others who sample so decide the same.
        case share(of: UInt64)
    }

    private let root: Root
    /// Whether what has come with a request decides, where something has.
    private let followsParent: Bool

    package init(_ root: Root, followsParent: Bool) {
        self.root = root
        self.followsParent = followsParent
    }

    /// Keeps a part of all traces.
    ///
    /// - Parameter ratio: From 0 to 1.
    package static func share(_ ratio: Double) -> Root {
        if ratio >= 1 { return .always }
        return ratio > 0 ? .share(of: UInt64(ratio * 0x1p63)) : .never
    }

    func keeps(_ trace: TraceID, within parent: TraceContext?) -> Bool {
        if followsParent, let parent { return parent.isSampled }
        return switch root {
        case .always: true
        case .never: false
        case .share(let bound): trace.low >> 1 < bound
        }
    }
}
