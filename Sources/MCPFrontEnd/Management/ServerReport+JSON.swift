import MCPCore
import MCPGateway
import NIOCore

extension ServerReport {
    /// Returns what a list has of every server.
    func entry(_ reach: ManagementAccess.Reach) -> ByteBuffer {
        var object = JSONObjectWriter()
        write(to: &object, reach)
        return object.finished
    }

    /// Everything, with the name.
    var details: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("name", name)
        write(to: &object, .everything)
        if !status.errorOutput.isEmpty { object.add("stderr", status.errorOutput) }
        return object.finished
    }

    private func write(to object: inout JSONObjectWriter, _ reach: ManagementAccess.Reach) {
        object.add("path", path)
        object.add("state", status.state.rawValue)
        guard reach == .everything else { return }
        object.add("source", source.rawValue)
        object.add("transport", status.transport)
        object.add("era", era)
        object.add("protocolVersion", status.protocolVersion)
        object.add("error", status.error)
        object.add("note", status.note)
        if let login = status.login { object.add("login", json: login.json) }
        if !status.wantedHeaders.isEmpty { object.add("headersNeeded", status.wantedHeaders) }
        object.add("pendingChange", status.pendingChange)
        object.add("callError", status.callError)
        if let circuit = status.circuit { object.add("circuit", json: circuit.json) }
        if let withheld { object.add("withheld", json: withheld.json) }
        object.add("since", UTCTime.text(seconds: since))
        object.add("tools", status.tools)
        object.add("prompts", status.prompts)
        object.add("resources", status.resources)
        object.add("calls", calls)
        object.add("callsInFlight", callsInFlight)
        object.add("restarts", status.restarts)
        object.add("sessionsLost", status.sessionsLost > 0 ? status.sessionsLost : nil)
        object.add("processID", status.processID.map { Int($0) })
    }
}
