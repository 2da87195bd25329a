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
    /// - Parameters:
    ///   - browser: What the browser shows that has brought it.
    ///   - grant: Of which it must be; nil for any.
    /// - Throws: What is wrong with it, for the person. A login stays that another browser answers, or that is of another
    ///   grant.
    func take(_ state: String, browser: String?, of grant: ServerGrant? = nil) throws(GrantFailure) -> PendingLogin {
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
            if let grant, pending[index].grant !== grant {
                throw GrantFailure(
                    .unusable,
                    "this login is for \(Self.owner(of: pending[index].grant)), and not for \(Self.owner(of: grant)): answer it there"
                )
            }
            return pending.remove(at: index)
        }
    }

    private static func owner(of grant: ServerGrant) -> String {
        grant.caller == nil
            ? "the server \"\(grant.settings.server)\"" : "one caller of the server \"\(grant.settings.server)\""
    }

    /// Forgets what was begun for a grant.
    func forget(_ grant: ServerGrant) {
        pending.withLock { $0.removeAll { $0.grant === grant } }
    }
}
