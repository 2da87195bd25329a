import MCPCore
import Synchronization

/// Gives out names of traces and spans: no two are the same in one run, nor, by all likelihood, in several. Nobody needs to
/// find them hard to guess, so that the system is asked for chance once.
final class IdentifierSource: Sendable {
    private let state = Atomic(UInt64.random(in: .min ... .max))
    private let other = UInt64.random(in: .min ... .max)

    /// SplitMix64: a counter, whose bits are mixed.
    private func number() -> UInt64 {
        var bits = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    func trace() -> TraceID {
        let low = number()
        // The high half tells runs apart that have come to the same place of the counter.
        return TraceID(high: low ^ other, low: low == 0 && other == 0 ? 1 : low)
    }

    func span() -> UInt64 { max(1, number()) }
}
