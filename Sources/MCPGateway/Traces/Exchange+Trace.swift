import MCPCore
import MCPUpstream
import NIOCore
import Traces

/// Holds the span of what was sent to a server and is not answered yet.
struct OpenSpan: Sendable {
    let id: UInt64
    let started: NIODeadline
    let version: ProtocolVersion
    let hasFields: Bool
}

/// Says of which trace a server is told, and where.
struct ToldTrace: Sendable {
    /// In header fields.
    var fields: TraceContext?
    /// In `params._meta`.
    var change: MetaChange?
}

// MARK: - The trace that a request is a part of

extension Exchange {
    /// Returns of which trace the server is told now that the request goes out: of our span, where there is one, else of
    /// what came. A server without a place for header fields is told in `_meta`, also where its era knows nothing of that.
    func tellTrace(_ introduction: Introduction) -> ToldTrace {
        guard span != nil || origin.trace != nil || request.namesTrace else { return ToldTrace() }
        let hasFields = connection.upstream.link?.hasFields ?? false
        let hasPlace = introduction.era == .modern || !hasFields
        if let span {
            let context = beginSpan(in: span, introduction.version, hasFields)
            return ToldTrace(
                fields: hasFields ? context : nil,
                change: hasPlace || request.namesTrace ? request.change(toName: context) : nil)
        }
        let said = request.traceContext
        var told = ToldTrace(fields: hasFields ? origin.trace ?? said : nil)
        if let said {
            // A state that is not valid is left out; all else stays as it came.
            let isWhole = said.state != nil || request.envelope.metadata.traceState == nil
            if !isWhole { told.change = request.change(toName: said) }
        } else {
            let context = hasPlace ? origin.trace : nil
            if context != nil || request.namesTrace { told.change = request.change(toName: context) }
        }
        return told
    }

    private func beginSpan(in span: RequestSpan, _ version: ProtocolVersion, _ hasFields: Bool) -> TraceContext {
        // It is sent once more without having been answered.
        endSpan { $0.fail("not_answered") }
        let id = span.tracer.span()
        openSpan = OpenSpan(id: id, started: eventLoop.now, version: version, hasFields: hasFields)
        return span.context(of: id)
    }

    /// Writes the span down of what was sent last, if it is not yet.
    func endSpan(_ describe: (inout SpanRecord) -> Void) {
        guard let open = openSpan, let span else { return }
        openSpan = nil
        let server = connection.server
        span.tracer.end(open.id, in: span, name: request.spanName, from: open.started, to: eventLoop.now) { record in
            record.describe(request)
            if let upstreamID { record.add("jsonrpc.request.id", "\(upstreamID)") }
            record.add("mcp.protocol.version", open.version.name)
            record.add("network.transport", open.hasFields ? "tcp" : "pipe")
            if let address = server.settings.address {
                record.add("server.address", address.host)
                record.add("server.port", address.port)
            }
            record.add("mcp_proxy.server", server.displayName)
            describe(&record)
        }
    }
}
