import MCPCore
import MCPValues
import Synchronization

/// Finds the calls that wait until their clients come back with what a server has asked for.
///
/// The name under which a call waits is all that a client gets, as its `requestState`: 192 random bits that say nothing
/// and cannot be guessed or altered into another one. Everything that it stands for stays here.
final class SuspendedCalls: Sendable {
    private struct Entry {
        let call: ModernCall
        /// Tells who has waited longest.
        let number: Int
    }

    private struct Content {
        var entries: [ByteText: Entry] = [:]
        var counts: [Principal: Int] = [:]
        var lastNumber = 0

        func oldest(of principal: Principal) -> ByteText? {
            entries.filter { $0.value.call.principal == principal }.min { $0.value.number < $1.value.number }?.key
        }

        mutating func remove(_ name: ByteText) -> ModernCall? {
            guard let call = entries.removeValue(forKey: name)?.call else { return nil }
            let left = counts[call.principal, default: 1] - 1
            counts[call.principal] = left > 0 ? left : nil
            return call
        }
    }

    /// Says what came of keeping a call.
    enum Admission {
        case kept
        /// The principal has as many as it may: its oldest gives way.
        case keptInPlaceOf(ModernCall, name: String)
        case refused
    }

    private let content = Mutex(Content())
    private let maximumCount: Int
    private let maximumPerPrincipal: Int

    init(maximumCount: Int, maximumPerPrincipal: Int) {
        self.maximumCount = maximumCount
        self.maximumPerPrincipal = maximumPerPrincipal
    }

    var count: Int { content.withLock { $0.entries.count } }
    var all: [ModernCall] { content.withLock { $0.entries.values.map(\.call) } }

    static func makeName() -> String { SessionStore.makeID() }

    /// Keeps a call, unless too many of all principals wait already.
    func add(_ call: ModernCall, named name: String) -> Admission {
        content.withLock { content in
            var admission = Admission.kept
            if content.counts[call.principal, default: 0] >= maximumPerPrincipal,
                let oldest = content.oldest(of: call.principal), let former = content.remove(oldest)
            {
                admission = .keptInPlaceOf(former, name: oldest.text)
            }
            guard content.entries.count < maximumCount else { return .refused }
            content.lastNumber += 1
            content.entries[ByteText(name)] = Entry(call: call, number: content.lastNumber)
            content.counts[call.principal, default: 0] += 1
            return admission
        }
    }

    func remove(_ name: String) {
        _ = content.withLock { $0.remove(ByteText(name)) }
    }

    func find(_ name: String) -> ModernCall? {
        content.withLock { $0.entries[ByteText(name)]?.call }
    }
}
