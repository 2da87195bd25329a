import MCPValues
import NIOCore
import Testing

@testable import ToolPins

@Suite struct PinTextTests {
    private static let read = #"{"description":"r","name":"read"}"#
    private static let readDigest = PinDigest(of: ByteBuffer(string: read)).hex

    private static let text = """
        {
          "version": 1,
          "servers": {
            "files": {
              "prompts": {},
              "tools": {
                "read": [
                  {"sha256": "\(readDigest)", "definition": {"description":"r","name":"read"}}
                ]
              }
            },
            "web": {}
          }
        }

        """

    private static func records() throws -> [ByteText: PinRecord] {
        var files = PinRecord()
        files.accept(.tool, ByteText("read"), try PinnedDefinition(tool: read), replacing: false)
        files.establish(.tool)
        files.establish(.prompt)
        return [ByteText("web"): PinRecord(), ByteText("files"): files]
    }

    @Test("The file has everything in order, a definition to a line")
    func layout() throws {
        #expect(String(buffer: PinText.write(try Self.records())) == Self.text)
        #expect(String(buffer: PinText.write([:])) == "{\n  \"version\": 1,\n  \"servers\": {}\n}\n")
    }

    @Test("What was written is read as it was: several definitions in their order, strange names, lists half seen")
    func roundTrip() throws {
        var records = try Self.records()
        var other = PinRecord()
        for text in ["a", "b\u{202E}\u{E0041}", "c"] {
            other.accept(
                .tool, ByteText("e\u{301}\"\\\n\u{200B}"), try PinnedDefinition(tool: #"{"name":"\#(text)"}"#),
                replacing: false)
        }
        let filler = String(repeating: "x", count: PinnedDefinition.maximumBytes)
        other.accept(
            .tool, ByteText("\u{E9}"), try PinnedDefinition(tool: #"{"title":"\#(filler)"}"#), replacing: false)
        other.establish(.prompt)
        records[ByteText("other")] = other
        let text = PinText.write(records)
        #expect(try PinText.read(text) == records)
        #expect(try PinText.read(text)[ByteText("other")]?.isEstablished(.tool) == false)
        #expect(String(buffer: text).contains(#""incomplete": ["tools"]"#))
        #expect(String(buffer: text).contains(#"{"name":"b\u202e\udb40\udc41"}"#), "what nobody sees is escaped")
        #expect(!String(buffer: text).unicodeScalars.contains { $0.value == 0x200B })
    }

    @Test("The layout of a file does not matter, nor the order of members")
    func otherLayout() throws {
        let text = Self.text.replacing("\n", with: " ")
            .replacing(#"{"description":"r","name":"read"}"#, with: #"{ "name":"re\u0061d" , "description" : "r" }"#)
        #expect(try PinText.read(ByteBuffer(string: text)) == Self.records())
    }

    @Test(
        "What is not understood is refused, with the place",
        arguments: [
            ("\"read\": [", "\"read\": [1,", "servers.files.tools.read[0]: it must be an object"),
            ("\"version\": 1", "\"version\": 2", "version: 2 is not known; this program reads version 1"),
            ("\"version\": 1,", "", "there is no \"version\"; this is not a file of pins"),
            (
                "\"description\":\"r\"", "\"description\":\"s\"",
                "servers.files.tools.read[0]: \"sha256\" is not that of"
            ),
            ("\"tools\"", "\"tool\"", "servers.files: \"tool\" is not known here"),
            ("\"web\": {}", "\"web\": []", "servers.web: it must be an object"),
            ("\"web\": {}", "\"files\": {}", "this is not JSON that can be read: the same member name twice"),
            ("\"web\": {}", "\"web\": {", "this is not JSON that can be read"),
            ("\"sha256\": \"", "\"sha256\": \"0", "servers.files.tools.read[0]: \"sha256\" must be a text of 64"),
            ("\"sha256\"", "\"sha\"", "servers.files.tools.read[0]: \"sha\" is not known here"),
            ("\"prompts\": {}", "\"prompts\": {\"p\": []}", "servers.files.prompts.p: no definition stands there"),
            ("\"prompts\": {}", "\"prompts\": {\"p\": {}}", "servers.files.prompts.p: it must be an array"),
            (
                "\"prompts\": {}", "\"prompts\": {}, \"incomplete\": [\"x\"]",
                "servers.files.incomplete: it must be an array of"
            ),
            ("\"servers\"", "\"server\"", "\"server\" is not known here"),
            (
                "\"definition\": {\"description\":\"r\",\"name\":\"read\"}", "\"definition\": \"r\"",
                "servers.files.tools.read[0]: \"definition\" must be an object"
            ),
            (
                "\"definition\": {\"description\":\"r\",\"name\":\"read\"}", "\"definition\": {\"name\": 1e400}",
                "servers.files.tools.read[0]: \"definition\" has no canonical form"
            ),
        ])
    func refused(part: String, replacement: String, words: String) throws {
        #expect(Self.text.contains(part))
        let text = ByteBuffer(string: Self.text.replacing(part, with: replacement, maxReplacements: 1))
        let error = #expect(throws: PinTextError.self) { try PinText.read(text) }
        #expect(error?.description.hasPrefix(words) == true, "\(String(describing: error))")
    }

    @Test("An error says where in the text it is")
    func offset() throws {
        let text = "{\"version\": 1,\n \"servers\": {\"a\": {\"tools\": {\"b\": 7}}}}"
        let error = #expect(throws: PinTextError.self) { try PinText.read(ByteBuffer(string: text)) }
        #expect(try #require(error?.offset) == text.utf8.count - 5)
        #expect(error?.place == "servers.a.tools.b")
    }

    @Test("The same definition twice, or nine of one name, are refused")
    func tooMany() throws {
        let line = #"{"sha256": "\#(Self.readDigest)", "definition": \#(Self.read)}"#
        let twice = Self.text.replacing(line, with: "\(line), \(line)")
        let error = #expect(throws: PinTextError.self) { try PinText.read(ByteBuffer(string: twice)) }
        #expect(error?.description == "servers.files.tools.read[0]: this definition stands there twice")
        let nine = Self.text.replacing(line, with: Array(repeating: line, count: 9).joined(separator: ","))
        #expect(throws: PinTextError.self) { try PinText.read(ByteBuffer(string: nine)) }
    }

    @Test(
        "An empty or damaged file is an error, never no pins",
        arguments: ["", " ", "{}", "[]", "null", "{\"version\": 1}"])
    func damaged(text: String) {
        #expect(throws: PinTextError.self) { try PinText.read(ByteBuffer(string: text)) }
    }
}
