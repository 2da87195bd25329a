import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

/// What the stateless revisions put into requests, results and notifications.
@Suite struct EnvelopeMetadataTests {
    private static let prefix = "io.modelcontextprotocol/"

    private func request(_ meta: String) throws -> Message {
        try Message(#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{\#(meta)}}}"#)
    }

    @Test("Every member is found, also with escapes in its name, and by its whole span")
    func found() throws {
        for prefix in [Self.prefix, #"io.modelcontextprotocol\/"#, #"\u0069o.modelcontextprotocol/"#] {
            let message = try request(
                #""\#(prefix)protocolVersion" : "v","\#(prefix)clientInfo":{"a":1},"\#(prefix)clientCapabilities":{},"\#(prefix)logLevel":"l","\#(prefix)subscriptionId":7"#
            )
            let metadata = message.envelope.metadata
            #expect(message.view(metadata.protocolVersion?.value)?.string == "v")
            #expect(message.view(metadata.clientInfo?.value)?.bytes.text == #"{"a":1}"#)
            #expect(message.view(metadata.clientCapabilities?.value)?.bytes.text == "{}")
            #expect(message.view(metadata.logLevel?.value)?.string == "l")
            #expect(message.view(metadata.subscriptionID?.value)?.integer == 7)
            #expect(message.view(metadata.protocolVersion?.whole)?.bytes.text == #""\#(prefix)protocolVersion" : "v""#)
            #expect(metadata.ofCaller.count == 4)
        }
    }

    @Test(
        "A name that only looks like one is another",
        arguments: [
            "io.modelcontextprotocol/protocolVersio", "io.modelcontextprotocol/protocolVersion ", "protocolVersion",
            "io.modelcontextprotocol/", "io.modelcontextprotocol/clientInfos", "x.modelcontextprotocol/clientInfo", "",
        ])
    func others(name: String) throws {
        #expect(try request(#""\#(name)":"v""#).envelope.metadata == Envelope.Metadata())
    }

    @Test(
        "A member that stands twice is refused, however it is spelled, also where other duplicates are let pass",
        arguments: ["protocolVersion", "clientInfo", "clientCapabilities", "logLevel", "subscriptionId"])
    func duplicates(name: String) throws {
        let meta = #""\#(Self.prefix)\#(name)":{},"io.modelcontextpr\u006ftocol/\#(name)":{}"#
        let text = #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{\#(meta)}}}"#
        for keys in [JSONScanner.DuplicateKeys.refused, .accepted] {
            #expect(throws: MessageError.self) { try Message(ByteBuffer(string: text), duplicateKeys: keys) }
        }
    }

    @Test("The members of another object do not count")
    func elsewhere() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"arguments":{"_meta":{"io.modelcontextprotocol/protocolVersion":"v"}},"io.modelcontextprotocol/protocolVersion":"v"}}"#
        )
        #expect(message.envelope.metadata == Envelope.Metadata() && message.envelope.meta == nil)
    }

    @Test("What belongs to asking again is found")
    func again() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"requestSt\u0061te": "\u0073" ,"inputResponses":{"a":1},"taskId":"t"}}"#
        )
        #expect(message.view(message.envelope.requestState?.value)?.bytes.text == #""\u0073""#)
        #expect(message.view(message.envelope.inputResponses?.whole)?.bytes.text == #""inputResponses":{"a":1}"#)
        #expect(message.view(message.envelope.taskID)?.string == "t")
        for name in ["requestState", "inputResponses", "taskId"] {
            let twice = #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"\#(name)":1,"\#(name)":2}}"#
            #expect(throws: MessageError.self) { try Message(ByteBuffer(string: twice), duplicateKeys: .accepted) }
        }
    }

    @Test("The members of a result that say how it is to be taken are found")
    func result() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"result":{"resultT\u0079pe":"complete","ttlMs":1.0,"cacheScope":"public","_meta":{"io.modelcontextprotocol/serverInfo":{},"io.modelcontextprotocol/subscriptionId":"s"}}}"#
        )
        let members = message.envelope.resultMembers
        #expect(message.view(members.resultType?.value)?.string == "complete")
        #expect(message.view(members.ttl?.whole)?.bytes.text == #""ttlMs":1.0"#)
        #expect(message.view(members.cacheScope?.value)?.string == "public")
        #expect(message.view(members.serverInfo?.value)?.bytes.text == "{}")
        #expect(message.view(message.envelope.metadata.subscriptionID?.value)?.string == "s")
        #expect(message.envelope.meta == nil, "that of a request is another")
    }

    @Test(
        "A result that is no object, or whose metadata is none, is still a result",
        arguments: ["1", "[]", #""x""#, "null", #"{"_meta":1}"#, #"{"_meta":null,"resultType":[]}"#, "{}"])
    func oddResults(result: String) throws {
        let message = try Message(#"{"jsonrpc":"2.0","id":1,"result":\#(result)}"#)
        #expect(message.kind == .result && message.view(message.envelope.result)?.bytes.text == result)
        #expect(message.envelope.resultMembers.serverInfo == nil)
    }

    @Test(
        "A member of a result that stands twice is refused", arguments: ["resultType", "ttlMs", "cacheScope", "_meta"])
    func resultDuplicates(name: String) {
        let text = #"{"jsonrpc":"2.0","id":1,"result":{"\#(name)":{},"\#(name)":{}}}"#
        #expect(throws: MessageError.self) { try Message(ByteBuffer(string: text), duplicateKeys: .accepted) }
    }
}
