import NIOCore
import Synchronization

/// The logins that have begun, at all servers. Each can be finished once.
package final class LoginTable: Sendable {
    /// So that nobody who begins logins without end takes all memory. The oldest give way.
    static let maximumPending = 1_000

    private let pending = Mutex<[PendingLogin]>([])

    package init() {}

    func begin(_ login: PendingLogin) {
        pending.withLock { pending in
            pending.removeAll { $0.end <= .now() }
            if pending.count >= Self.maximumPending { pending.removeFirst() }
            pending.append(login)
        }
    }

    /// Takes the login out that an answer belongs to.
    ///
    /// - Parameter browser: What the browser shows that has brought it.
    /// - Throws: What is wrong with it, for the person. A login stays that another browser answers.
    func take(_ state: String, browser: String?) throws(GrantFailure) -> PendingLogin {
        try pending.withLock { (pending) throws(GrantFailure) in
            pending.removeAll { $0.end <= .now() }
            guard let index = pending.firstIndex(where: { $0.state.utf8.elementsEqual(state.utf8) }) else {
                throw GrantFailure(
                    .unusable,
                    "this login is not known: it is over, took longer than ten minutes, or began before the proxy was started; begin again"
                )
            }
            if let expected = pending[index].browser {
                guard let browser, expected.utf8.elementsEqual(browser.utf8) else {
                    throw GrantFailure(
                        .unusable,
                        "this login was begun in another browser: finish it there, or begin again in this one")
                }
            }
            return pending.remove(at: index)
        }
    }

    /// Forgets what was begun for a grant.
    func forget(_ grant: ServerGrant) {
        pending.withLock { $0.removeAll { $0.grant === grant } }
    }
}
