import MCPCore
package import MCPUpstream

// MARK: - What a client's requests say in header fields that are for servers

extension ClientSession {
    /// Takes what a request says in header fields that are for servers.
    package func take(_ passed: PassedFields) {
        checkConfinement()
        guard declaration.passed != passed else { return }
        let before = declaration.passed
        declaration.passed = passed
        for leg in legs.all {
            // What is for other servers changes nothing here.
            guard let connection = leg.current?.connection, leg.server.brought(before) != leg.server.brought(passed)
            else { continue }
            if case .session = connection.key {
                bring(over: leg)
            } else {
                // Calls under way go on where they are; the next one finds the connection for what is said now.
                leg.beginAnew()
            }
        }
    }

    /// Has the connection of this session alone use what its client has said last for all that belongs to no request.
    func bring(over leg: Leg) {
        guard let connection = leg.current?.connection, case .session = connection.key,
            !leg.server.settings.passed.isEmpty
        else { return }
        connection.runNowOrLater { [passed = declaration.passed] in $0.pass(passed) }
    }
}
