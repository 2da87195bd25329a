import MCPCore
import NIOCore
import Testing

@testable import ToolSearch

@Suite struct ToolWordsTests {
    private func words(_ definition: String, _ field: SearchField) throws -> [String] {
        let text = try JSONText(scanning: ByteBuffer(string: definition))
        return ToolWords(text.root).words.filter { $0.field == field }.map(\.word)
    }

    @Test("Each part of a definition gives the words of its field")
    func fields() throws {
        let tool = #"""
            {"name":"web__fetch_page","title":"Fetcher","description":"Gets a page. Follows links.",
             "annotations":{"title":"Page getter"},"inputSchema":{"properties":{"max_size":{"description":"in bytes"}}}}
            """#
        #expect(try words(tool, .server) == ["web"])
        #expect(try words(tool, .name) == ["fetch", "page"])
        #expect(try words(tool, .title) == ["fetcher", "page", "getter"])
        #expect(try words(tool, .summary) == ["gets", "a", "page"])
        #expect(try words(tool, .description) == ["follows", "links"])
        #expect(try words(tool, .parameterName) == ["max", "size"])
        #expect(try words(tool, .parameterDescription) == ["in", "bytes"])
    }

    @Test(
        "The server stands before the first two underscores, the digest of a name that was cut is no word",
        arguments: [
            ("git__status", ["git"], ["status"]), ("status", [], ["status"]), ("__status", [], ["status"]),
            ("git__", [], ["git"]), ("a__b__c", ["a"], ["b", "c"]),
            ("git__read_fil_0a1b2c3d", ["git"], ["read", "fil"]),
            ("read_0a1b2c3d", [], ["read", "0", "a", "1", "b", "2", "c", "3", "d", "0a1b2c3d"]),
        ])
    func names(name: String, server: [String], rest: [String]) throws {
        let tool = #"{"name":"\#(name)"}"#
        #expect(try words(tool, .server) == server)
        #expect(try words(tool, .name) == rest)
    }

    @Test("Parameters are found in what stands in others, as deep as is read")
    func nested() throws {
        let tool = #"""
            {"inputSchema":{"properties":{"one":{"properties":{"two":{"items":{"properties":{"three":{}}}}}},
             "choice":{"anyOf":[{"properties":{"left":{}}},{"properties":{"right":{}}}]}}}}
            """#
        #expect(try words(tool, .parameterName) == ["one", "two", "three", "choice", "left", "right"])
        let deep = String(repeating: #"{"properties":{"deep":"#, count: 40) + "{}" + String(repeating: "}}", count: 40)
        #expect(try words(#"{"inputSchema":\#(deep)}"#, .parameterName) == ["deep", "deep", "deep", "deep"])
    }

    @Test("Of long texts and of many parameters a bounded number of words is read")
    func bounded() throws {
        let text = String(repeating: "word ", count: 20_000)
        let parameters = (0..<5_000).map { #""p\#($0)":{"description":"some words here"}"# }.joined(separator: ",")
        let tool =
            #"{"name":"\#(text)","title":"\#(text)","description":"\#(text)","inputSchema":{"properties":{\#(parameters)}}}"#
        for field in SearchField.allCases {
            #expect(try words(tool, field).count <= field.maximumWords, "\(field)")
        }
        #expect(try words(tool, .description).count == 512)
    }

    @Test("A text without words is not gone through to its end", arguments: [".", " ", "\\n", "<>", "\u{200B}", "😀"])
    func wordless(character: String) throws {
        let text = String(repeating: character, count: ToolWords.maximumCharacters) + " zebra"
        let tool =
            #"{"name":"\#(text)","title":"\#(text)","description":"\#(text)","inputSchema":{"properties":{"\#(text)":{"description":"\#(text)"}}}}"#
        for field in SearchField.allCases { #expect(try words(tool, field).isEmpty, "\(field)") }
    }

    @Test(
        "What is of another kind than a definition has it gives no words",
        arguments: [
            "{}", "[]", "3", #"{"name":3,"description":null,"inputSchema":[]}"#,
            #"{"inputSchema":{"properties":{"a":3,"b":[],"c":{"description":{}}}}}"#, #"{"annotations":"title"}"#,
        ])
    func otherKinds(definition: String) throws {
        let text = try JSONText(scanning: ByteBuffer(string: definition))
        #expect(ToolWords(text.root).words.allSatisfy { $0.field == .parameterName })
    }
}
