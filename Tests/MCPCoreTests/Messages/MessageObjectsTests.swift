import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

/// Members taken out of an object and put into it, with their commas, while everything else stays.
@Suite struct MessageObjectsTests {
    /// Takes the members of `params._meta` that describe the caller out, by one letter each, and puts others in.
    private func edited(_ meta: String, inserting inserted: String = "") throws -> String {
        let long = meta.replacing("V", with: Self.names[0]).replacing("I", with: Self.names[1])
            .replacing("C", with: Self.names[2]).replacing("L", with: Self.names[3])
        let message = try Message(#"{"jsonrpc":"2.0","method":"x","params":{"_meta":\#(long)},"id":1}"#)
        let object = try #require(message.envelope.meta)
        let edits = message.edits(
            of: object, removing: message.envelope.metadata.ofCaller, inserting: ByteBuffer(string: inserted))
        let text = message.spliced(edits).text
        let read = try Message(text)
        return try #require(read.view(read.envelope.meta)).bytes.text
    }

    private static let names = [
        #""io.modelcontextprotocol/protocolVersion""#, #""io.modelcontextprotocol/clientInfo""#,
        #""io.modelcontextprotocol/clientCapabilities""#, #""io.modelcontextprotocol/logLevel""#,
    ]

    @Test(
        "What is taken out goes with one comma, wherever it stands",
        arguments: [
            ("{}", "{}"), ("{ }", "{ }"), (#"{"a":1}"#, #"{"a":1}"#),
            ("{V:1}", "{}"), ("{ V : 1 }", "{  }"), ("{V:1,I:2}", "{}"), ("{V:1 , I:{}, C:[1,2] ,L:\"x\"}", "{}"),
            (#"{V:1,"a":1}"#, #"{"a":1}"#), (#"{"a":1,V:1}"#, #"{"a":1}"#), (#"{"a":1 , V:1 }"#, #"{"a":1  }"#),
            (#"{"a":1,V:1,"b":2}"#, #"{"a":1,"b":2}"#), (#"{V:1,"a":1,I:2}"#, #"{"a":1}"#),
            (#"{"a":1,V:1,I:2,"b":2}"#, #"{"a":1,"b":2}"#), (#"{"a":1,V:1,I:2}"#, #"{"a":1}"#),
            (#"{V:1,"a":1,I:2,"b":3,C:4}"#, #"{"a":1,"b":3}"#), (#"{ V:1, "a":1, I:2 }"#, #"{ "a":1 }"#),
            (#"{V:"}",I:"{,","a":"\","}"#, #"{"a":"\","}"#), (#"{"a":[1,2],V:{"x":[{}]}}"#, #"{"a":[1,2]}"#),
        ])
    func removed(meta: String, expected: String) throws {
        #expect(try edited(meta) == expected)
    }

    @Test(
        "What is put in stands first, with a comma where something follows",
        arguments: [
            ("{}", #"{"n":0}"#), ("{ }", #"{"n":0 }"#), ("{V:1}", #"{"n":0}"#), ("{V:1 , I:2 }", #"{"n":0 }"#),
            (#"{"a":1}"#, #"{"n":0,"a":1}"#), (#"{ "a":1}"#, #"{"n":0, "a":1}"#), (#"{V:1,"a":1}"#, #"{"n":0,"a":1}"#),
            (#"{"a":1,V:1}"#, #"{"n":0,"a":1}"#), (#"{"a":1,V:1,I:2,C:{},L:3}"#, #"{"n":0,"a":1}"#),
        ])
    func inserted(meta: String, expected: String) throws {
        #expect(try edited(meta, inserting: #""n":0"#) == expected)
    }

    @Test("Line breaks between tokens are white space like any other")
    func lineBreaks() throws {
        #expect(try edited("{\n V:1,\r\n\"a\":1\n}", inserting: #""n":0"#) == #"{"n":0,  "a":1 }"#)
        #expect(try edited("{\n V:1\n,\tI:2\n}") == "{   }")
    }

    @Test("Random objects: what is left and put in is what a naive model says", arguments: 0..<300 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func blank() -> String { [" ", "", "", "\n", "\t ", "\r\n"].randomElement(using: &random) ?? "" }
        let values = ["1", "{}", "[1,{}]", #""x,}\"""#, "null", "1e400", #"{"a":[1,2], "b":","}"#]
        let letters = ["V", "I", "C", "L"].shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
        let others = (0..<Int.random(in: 0...4, using: &random)).map { #""k\#($0)""# }
        var kept: [String] = []
        var written: [String] = []
        for name in (letters + others).shuffled(using: &random) {
            let value = values.randomElement(using: &random) ?? ""
            written.append("\(blank())\(name)\(blank()):\(blank())\(value)\(blank())")
            if !letters.contains(name) { kept.append("\(name.dropFirst().dropLast())=\(value)") }
        }
        let inserts = Bool.random(using: &random)
        let text = try edited(
            "{\(written.joined(separator: ","))\(written.isEmpty ? blank() : "")}", inserting: inserts ? #""n":0"# : "")
        var found: [String] = []
        JSONText(accepted: ByteBuffer(string: text)).root.forEachMember { found.append("\($0)=\($1.bytes.text)") }
        #expect(found == (inserts ? ["n=0"] : []) + kept, "\(text)")
    }

    @Test("Edits of an object and of one inside it do not get into each other's way")
    func nested() throws {
        let version = Self.names[0]
        for params in [
            #"{"requestState":"s","_meta":{\#(version):1}}"#, #"{"_meta":{\#(version):1},"requestState":"s"}"#,
            #"{"requestState":"s" , "_meta":{\#(version):1} , "inputResponses":{}}"#,
        ] {
            let message = try Message(#"{"jsonrpc":"2.0","id":1,"method":"x","params":\#(params)}"#)
            let envelope = message.envelope
            let new = ByteBuffer(string: #""n":0"#)
            let edits =
                try message.edits(of: #require(envelope.meta), removing: envelope.metadata.ofCaller, inserting: new)
                + message.edits(
                    of: #require(envelope.params),
                    removing: [envelope.requestState, envelope.inputResponses].compactMap { $0 }, inserting: new)
            for order in [edits, edits.reversed()] {
                let read = try Message(message.spliced(order))
                let members = read.params?.bytes.text.filter { $0 != " " }
                #expect(members == #"{"n":0,"_meta":{"n":0}}"#)
            }
        }
    }
}
