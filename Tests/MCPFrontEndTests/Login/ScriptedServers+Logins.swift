import MCPGateway
import MCPTestSupport
import NIOCore
import Synchronization

@testable import MCPFrontEnd

/// Logins, where those to the server "mine" count for each caller alone, and the one to "slow" waits.
extension ScriptedServers: LoginDesk {
    private func note(_ line: String) { asked.withLock { $0.append(line) } }

    private func refuse(_ name: String) throws(LoginRefusal) {
        if name == "unknown" { throw LoginRefusal("there is no server of this name", isUnknown: true) }
        if let refusal = refusal.withLock({ $0 }) { throw LoginRefusal(refusal.detail) }
    }

    func hasPersonalLogin(_ name: String) async -> Bool { name == "mine" }

    func description(of name: String, for caller: String) async throws(LoginRefusal) -> LoginDescription {
        note("describe \(name) to \(caller)")
        try refuse(name)
        return LoginDescription(
            server: name, host: "mcp.example.com", account: name == "fetch" ? "ann <b>@example.com" : nil,
            scopes: name == "fetch" ? ["read", "write"] : [], isPersonal: name == "mine")
    }

    func begin(
        _ name: String, for caller: String, redirect: String, browser: String
    ) async throws(LoginRefusal) -> String {
        note("begin \(name) for \(caller) to \(redirect) in \(browser)")
        beginnings.add("begin \(name)")
        if name == "slow" {
            // The test fails elsewhere when nothing opens the gate.
            try? await gate.next()
        }
        try refuse(name)
        return "https://login.example.com/authorize?state=s"
    }

    func finish(query: String, browser: String?) async throws(LoginRefusal) -> String {
        note("finish \(query) in \(browser ?? "nothing")")
        try refuse("")
        return "fetch"
    }

    func metadata(at address: String, redirect: String) -> ByteBuffer? {
        guard address.hasPrefix("https://") else { return nil }
        return ByteBuffer(string: #"{"client_id":"\#(address)","redirect_uris":["\#(redirect)"]}"#)
    }

    // MARK: LoginManagement

    func beginLogin(
        to name: String, redirect: String?, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> (address: String, validity: LoginValidity) {
        try existing(name)
        _ = try await change("begin login to \(name) back to \(redirect ?? "the page")", name, caller)
        return ("https://login.example.com/authorize?a=b&c=\"d\"", validity(name, caller))
    }

    private func validity(_ name: String, _ caller: ManagementCaller) -> LoginValidity {
        LoginValidity(
            for: name == "mine" ? caller.principal.name : nil, ending: name == "mine" ? nil : "until the proxy ends")
    }

    func finishLogin(
        to name: String, answer: String, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> (report: ServerReport, validity: LoginValidity) {
        try existing(name)
        let report = try await change("finish login to \(name) with \(answer)", name, caller)
        return (report, validity(name, caller))
    }

    func logOut(of name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport {
        try existing(name)
        return try await change("log out of \(name)", name, caller)
    }
}
