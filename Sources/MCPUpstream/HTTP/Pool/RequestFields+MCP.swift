import Addresses
import MCPCore

/// The header fields that every request of a link has, made once per link.
extension RequestFields {
    static func forPost(
        to url: HTTPURL,
        accept: FieldValue?,
        configured: [(name: String, value: String)]
    ) -> RequestFields {
        var fields = RequestFields(origin: url.origin)
        if let accept { fields.set("Accept", accept) }
        fields.set("Accept-Encoding", "identity")
        fields.set("Content-Type", "application/json")
        fields.set("User-Agent", "mcp-proxy")
        fields.add(configured: configured)
        return fields
    }

    /// The same with what a client's request brings. Where that is left out, nothing of an earlier one stays.
    func bringing(_ brought: BroughtFields?) -> RequestFields {
        guard let brought, !brought.fields.isEmpty else { return self }
        var fields = self
        fields.add(brought: brought.fields)
        return fields
    }

    /// States what a stateless request is. A parameter whose name or value no header can carry is left out: the server
    /// says what it misses.
    mutating func set(_ mirrored: MirroredFields) {
        set("MCP-Protocol-Version", FieldValue(mirrored.version))
        if let method = FieldValue(mirrored.method) { set("Mcp-Method", method) }
        if let name = mirrored.name.flatMap({ FieldValue($0) }) { set("Mcp-Name", name) }
        for parameter in mirrored.parameters { add(parameter: parameter.name, parameter.value) }
    }

    /// States of which trace a request is a part, in place of what else says so.
    mutating func set(_ trace: TraceContext) {
        if let parent = FieldValue(trace.parent) { set("traceparent", parent) }
        if let state = trace.state.flatMap({ FieldValue($0) }) {
            set("tracestate", state)
        } else {
            remove("tracestate")
        }
    }

    static func forStream(at url: HTTPURL, configured: [(name: String, value: String)]) -> RequestFields {
        var fields = RequestFields(origin: url.origin)
        fields.set("Accept", "text/event-stream")
        fields.set("Accept-Encoding", "identity")
        fields.set("User-Agent", "mcp-proxy")
        fields.add(configured: configured)
        return fields
    }
}
