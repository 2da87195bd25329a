package import MCPCore
import Synchronization

/// Says which era a server is spoken to in, as configured.
package enum EraChoice: Sendable {
    /// Found out.
    case detected
    case always(Era)
}

/// Remembers what a server was found to speak: shared by all connections to it, and kept when they end.
package final class EraMemory: Sendable {
    private let found = Mutex<Era?>(nil)
    /// Whether the server has once been taken for one with a handshake because it wanted one after all.
    private let hasInsisted = Mutex(false)

    package init() {}

    /// nil while it is not known.
    package var era: Era? { found.withLock { $0 } }

    func remember(_ era: Era) {
        found.withLock { $0 = era }
    }

    /// The server is asked again next time.
    package func forget() {
        found.withLock { $0 = nil }
    }

    /// Takes the server for one with a handshake, because it wanted one although it had said that it needs none. It is
    /// believed once: one that then refuses the handshake is what it says it is.
    ///
    /// - Returns: whether it was believed.
    func insistOnLegacy() -> Bool {
        let isFirst = hasInsisted.withLock { insisted in
            defer { insisted = true }
            return !insisted
        }
        if isFirst { remember(.legacy) }
        return isFirst
    }

    /// Takes the server for one with a handshake, because it ended when it was asked for anything else. One that was
    /// known to need none has only crashed, as far as can be told from once.
    ///
    /// - Returns: whether that is news.
    func assumeLegacy() -> Bool {
        found.withLock { era in
            defer { era = era == .modern ? nil : .legacy }
            return era == nil
        }
    }
}
