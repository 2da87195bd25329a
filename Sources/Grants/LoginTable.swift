import NIOCore
import Synchronization

/// The logins that have begun, at all servers. Each can be finished once.
package final class LoginTable: Sendable {
    /// So that nobody who begins logins without end takes all memory. The oldest give way.
    static let maximumPending = 1_000
    /// So that nobody who begins some without end takes the room of others.
    static let maximumPendingOfGrant = 16

    private let pending = Mutex<[PendingLogin]>([])

    package init() {}

    func begin(_ login: PendingLogin) {
        pending.withLock { pending in
            pending.removeAll { $0.end <= .now() }
            let own = pending.indices.filter { pending[$0].grant === login.grant }
            if own.count >= Self.maximumPendingOfGrant {
                pending.remove(at: own[0])
            } else if pending.count >= Self.maximumPending {
                pending.removeFirst()
            }
            pending.append(login)
        }
    }

    /// Takes the login out that an answer belongs to.
    ///
    /// - Parameters:
    ///   - bringer: Who has brought it.
    ///   - grant: Of which it must be; nil for any.
    /// - Throws: What is wrong with it, for the person. A login stays that another browser answers, or that is of another
    ///   grant.
    func take(_ state: String, by bringer: LoginBringer, of grant: ServerGrant? = nil) throws(GrantFailure)
        -> PendingLogin
    {
        try pending.withLock { (pending) throws(GrantFailure) in
            pending.removeAll { $0.end <= .now() }
            guard let index = pending.firstIndex(where: { $0.state.utf8.elementsEqual(state.utf8) }) else {
                throw GrantFailure(
                    .unusable,
                    "this login is not known: it is over, took longer than ten minutes, or began before the proxy was started; begin again"
                )
            }
            switch (pending[index].browser, bringer) {
            case (nil, .program): break
            case (let expected?, .browser(let mark?)) where expected.utf8.elementsEqual(mark.utf8): break
            case (nil, .browser):
                throw GrantFailure(
                    .unusable, "this login was begun by a program, which is waiting for it: begin again in this browser"
                )
            case (.some, _):
                throw GrantFailure(
                    .unusable, "this login was begun in another browser: finish it there, or begin again in this one")
            }
            if let grant, pending[index].grant !== grant {
                throw GrantFailure(.unusable, Self.words(pending[index].grant, insteadOf: grant))
            }
            return pending.remove(at: index)
        }
    }

    private static func words(_ begun: ServerGrant, insteadOf grant: ServerGrant) -> String {
        let (begunAt, answeredAt) = (begun.settings.server, grant.settings.server)
        guard begunAt.utf8.elementsEqual(answeredAt.utf8) else {
            return "this login is to the server \"\(begunAt)\", and not to \"\(answeredAt)\": answer it there"
        }
        return
            "this login to the server \"\(begunAt)\" was begun by another caller: answer it as that one, or begin again"
    }

    /// Forgets what was begun for a grant.
    func forget(_ grant: ServerGrant) {
        pending.withLock { $0.removeAll { $0.grant === grant } }
    }
}
