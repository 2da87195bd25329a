import MCPCore
import MCPValues
import NIOCore
import Synchronization

/// Finds the session that a client names, for whom it belongs to and nobody else.
package final class SessionStore: Sendable {
    private let sessions = Mutex<[ByteText: ClientSession]>([:])
    private let maximumCount: Int
    private let maximumPerPrincipal: Int

    init(maximumCount: Int, maximumPerPrincipal: Int) {
        self.maximumCount = maximumCount
        self.maximumPerPrincipal = maximumPerPrincipal
    }

    package var count: Int { sessions.withLock { $0.count } }

    /// Tells whether a further session may be opened.
    func hasRoom(for principal: Principal) -> Bool {
        sessions.withLock { sessions in
            guard sessions.count < maximumCount else { return false }
            guard sessions.count >= maximumPerPrincipal else { return true }
            return sessions.values.count { $0.principal == principal } < maximumPerPrincipal
        }
    }

    func add(_ session: ClientSession) {
        sessions.withLock { $0[ByteText(session.id)] = session }
    }

    func remove(_ session: ClientSession) {
        _ = sessions.withLock { $0.removeValue(forKey: ByteText(session.id)) }
    }

    /// Returns the session of that identifier, if it belongs to this principal on this offer. A foreign session and an
    /// unknown one cannot be told apart.
    package func find(_ id: String, principal: Principal, offer: Offer) -> ClientSession? {
        guard let session = sessions.withLock({ $0[ByteText(id)] }) else { return nil }
        return session.principal == principal && session.offer.name.hasBytes(of: offer.name) ? session : nil
    }

    /// Returns the offer of a session, if it belongs to this principal.
    package func offer(ofSession id: String, principal: Principal) -> Offer? {
        guard let session = sessions.withLock({ $0[ByteText(id)] }), session.principal == principal else { return nil }
        return session.offer
    }

    /// Returns the offer of a session, whoever it belongs to: by whose rules a request is judged that names it.
    package func offer(ofSession id: String) -> Offer? { sessions.withLock { $0[ByteText(id)] }?.offer }

    package var all: [ClientSession] { sessions.withLock { Array($0.values) } }

    /// Returns an identifier of 192 random bits, in characters that a header may carry.
    static func makeID() -> String { RandomBytes.text(of: 24) }
}
