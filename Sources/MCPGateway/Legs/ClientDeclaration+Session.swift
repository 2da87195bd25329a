import MCPCore
import MCPUpstream
import NIOCore

extension ClientDeclaration {
    /// What a client says in `initialize`, on one line.
    init(in initialize: Message) {
        let info = initialize.params?["clientInfo"].flatMap { $0.isObject ? $0.bytes : nil }
        let capabilities = initialize.params?["capabilities"].flatMap { $0.isObject ? $0.bytes : nil }
        self.init(
            clientInfo: info ?? ByteBuffer(string: #"{"name":"unknown","version":"0"}"#),
            capabilities: capabilities ?? ByteBuffer(string: "{}")
        )
        // That also makes them copies, so that the message need not be kept.
        clientInfo.blankLineBreaks()
        self.capabilities.blankLineBreaks()
    }

    /// Which questions the client has declared to answer.
    var answers: DeclaredCapabilities { DeclaredCapabilities(declared) }

    /// What a stateless server is told of a client that opened a session. Tasks exist in both eras and cannot be
    /// translated, so that such a client has none.
    var metadataForStatelessServer: RequestMetadata {
        guard declared["tasks"] != nil || declared["extensions"] != nil else { return metadata }
        var translated = self
        translated.capabilities = TranslatedCapabilities.make(declared, without: ["tasks"])
        return translated.metadata
    }

    private var declared: JSONView { JSONView(text: capabilities, range: 0..<capabilities.readableBytes) }
}
