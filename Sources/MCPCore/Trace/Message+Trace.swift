import NIOCore

extension Message {
    /// How long a value may be that is looked at.
    private static var longestTrace: Int { 32_768 }

    /// Of which trace a request says in `params._meta` that it is a part; nil where it says nothing that is valid
    /// ([base protocol, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic#meta)).
    package var traceContext: TraceContext? {
        guard let parent = text(of: envelope.metadata.traceParent) else { return nil }
        return TraceContext(parent: parent, state: text(of: envelope.metadata.traceState))
    }

    /// Whether a request says anything of a trace in `params._meta`.
    package var namesTrace: Bool { envelope.metadata.traceParent != nil || envelope.metadata.traceState != nil }

    private func text(of member: MemberSpan?) -> String? {
        guard let member, member.value.count <= Self.longestTrace else { return nil }
        return view(member.value)?.string
    }

    /// What makes `params._meta` name a trace, or none where that is nil.
    package func change(toName context: TraceContext?) -> MetaChange {
        var change = MetaChange()
        name(context?.parent, "traceparent", in: envelope.metadata.traceParent, &change)
        name(context?.state, "tracestate", in: envelope.metadata.traceState, &change)
        return change
    }

    private func name(_ text: String?, _ name: StaticString, in member: MemberSpan?, _ change: inout MetaChange) {
        guard let text else {
            if let member { change.removed.append(member) }
            return
        }
        var value = ByteBuffer()
        value.writeJSONString(text)
        if let member { return change.replaced.append(Edit(member.value, .bytes(value))) }
        if change.inserted.readableBytes > 0 { change.inserted.writeStaticString(",") }
        change.inserted.writeStaticString("\"")
        change.inserted.writeStaticString(name)
        change.inserted.writeStaticString("\":")
        change.inserted.writeImmutableBuffer(value)
    }
}
