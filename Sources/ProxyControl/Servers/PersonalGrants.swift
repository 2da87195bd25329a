import Grants
import MCPFrontEnd
import MCPGateway
import NIOCore

/// The logins to one server that each caller has for himself.
struct PersonalGrants: PersonalLogins {
    let grant: ServerGrant
    let server: String
    /// What the address of a page begins with; nil where the proxy has none.
    let base: String?
    let tickets: LoginTickets

    func address(for principal: Principal) -> String? {
        base.map { base in
            "\(base)\(LoginPath.page(of: server))?ticket=\(tickets.issue(for: server, of: principal.name))"
        }
    }

    func wait(
        for principal: Principal, atMost time: TimeAmount, _ completion: @escaping @Sendable (_ isDone: Bool) -> Void
    ) {
        grant.grant(of: principal.name).whenLoggedIn(atMost: time, completion)
    }
}
