import MCPCore
import Traces

extension Message {
    /// The name of a span of a request: few different ones, for which resources are too many
    /// ([conventions](https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/)).
    var spanName: String {
        let method = PrintableText.make(methodName)
        return target.map { "\(method) \($0)" } ?? method
    }

    /// The tool or the prompt that it is about.
    private var target: String? {
        guard method == .toolsCall || method == .promptsGet else { return nil }
        return view(envelope.name)?.string.map { PrintableText.make($0) }
    }

    fileprivate func addTarget(to record: inout SpanRecord) {
        switch method {
        case .toolsCall:
            record.add("gen_ai.operation.name", "execute_tool")
            if let target { record.add("gen_ai.tool.name", target) }
        case .promptsGet: if let target { record.add("gen_ai.prompt.name", target) }
        case .resourcesRead, .resourcesSubscribe, .resourcesUnsubscribe:
            if let uri = view(envelope.uri)?.string { record.add("mcp.resource.uri", PrintableText.make(uri)) }
        default: break
        }
    }
}

extension SpanRecord {
    /// Says which request it is about.
    mutating func describe(_ request: Message) {
        add("rpc.system.name", "jsonrpc")
        add("mcp.method.name", PrintableText.make(request.methodName))
        request.addTarget(to: &self)
    }

    /// Says how a server has answered.
    mutating func describe(answer: Message) {
        if answer.kind == .error {
            let code = answer.errorCode.map { "\($0.rawValue)" }
            if let code { add("rpc.response.status_code", code) }
            fail(code ?? "_OTHER")
        } else if answer.envelope.saysThatToolFailed {
            fail("tool_error")
        }
    }
}
