import MCPCore
import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import ProxyConfiguration
import Testing
import ToolPins

@testable import ProxyControl

/// What was approved, from one run to the next.
@Suite struct KnownPinsTests {
    private let directory: TemporaryDirectory
    private static let name = ByteText("files")

    init() throws {
        directory = try TemporaryDirectory()
    }

    private static func record(_ description: String) throws -> PinRecord {
        let text = ByteBuffer(string: #"{"name":"read","description":"\#(description)"}"#)
        var record = PinRecord()
        record.accept(
            .tool, ByteText("read"), PinnedDefinition(.tool, try JSONText(scanning: text).root), replacing: false)
        record.establish(.tool)
        return record
    }

    private func write(_ text: String, to file: String) throws {
        try directory.write(text, to: file)
        try directory.set(0o600, of: file)
    }

    private func known(sharing shared: [ByteText: PinRecord] = [:]) throws -> KnownPins {
        let state = try StateDirectory(directory.path, logger: .silent)
        let catalogs = try KnownCatalogs(in: state, logger: .silent)
        return try KnownPins(in: state, beside: catalogs, shared: shared, logger: .silent)
    }

    private static let named = #"{"version":1,"servers":["files"]}"#
    private static let other = #"{"version":1,"servers":{}}"#

    @Test("What was approved is there again, and held to")
    func kept() throws {
        let record = try Self.record("a")
        try write(String(buffer: PinText.write([Self.name: record])), to: "pins.json")
        try write(Self.named, to: "pinned.json")
        let server = try known().book.server("files", .quarantine)
        #expect(server.record == record)
        #expect(server.report.fault == nil)
    }

    @Test("Where nothing was kept, nothing is missed")
    func nothing() throws {
        #expect(try known().book.server("files", .block).report.fault == nil)
    }

    @Test(
        "What one file names and the other has not is missed",
        arguments: [nil, #"{"version":1,"servers":{}}"#, #"{"version":1,"servers":{"files":{}}}"#])
    func missed(pins: String?) throws {
        if let pins { try write(pins, to: "pins.json") }
        try write(Self.named, to: "pinned.json")
        let book = try known().book
        #expect(book.server("files", .quarantine).report.fault?.contains("pins.json") == true)
        #expect(book.server("new", .quarantine).report.fault == nil, "of others nothing was approved")
    }

    @Test("Where both files have gone, what the file of lists names is missed, at the next start as well")
    func gone() async throws {
        try write(#"{"version":1,"pinned":["files"],"catalogs":{}}"#, to: "catalogs.json")
        let pins = try known()
        #expect(pins.book.server("files", .quarantine).report.fault?.contains("catalogs.json") == true)
        #expect(pins.book.server("new", .quarantine).report.fault == nil)
        await pins.finish()
        #expect(try directory.text(of: "pinned.json").contains("files"))
        try directory.remove("catalogs.json")
        #expect(try known().book.server("files", .block).report.fault != nil)
    }

    @Test("Where one of them is left, the file of lists says nothing of what was forgotten")
    func forgottenSince() throws {
        try write(#"{"version":1,"pinned":["files"],"catalogs":{}}"#, to: "catalogs.json")
        try write(#"{"version":1,"servers":[]}"#, to: "pinned.json")
        #expect(try known().book.server("files", .quarantine).report.fault == nil)
    }

    @Test("The file of lists of a version without pins misses nothing, and has the names from then on")
    func upgraded() async throws {
        try write(#"{"version":1,"catalogs":{"files":{"mark":"a","catalog":{}}}}"#, to: "catalogs.json")
        let servers = try KnownServers(in: StateDirectory(directory.path, logger: .silent), logger: .silent)
        #expect(servers.pins.book.server("files", .quarantine).report.fault == nil)
        try write(String(buffer: PinText.write([Self.name: try Self.record("a")])), to: "pins.json")
        try write(Self.named, to: "pinned.json")
        let later = try KnownServers(in: StateDirectory(directory.path, logger: .silent), logger: .silent)
        await later.finish()
        #expect(try directory.text(of: "catalogs.json").contains(#""pinned":["files"]"#))
    }

    @Test("What another process writes meanwhile stays, but for what has changed here")
    func several() async throws {
        let (old, new) = (try Self.record("a"), try Self.record("b"))
        let write = { (servers: [ByteText: PinRecord]) in
            try self.write(String(buffer: PinText.write(servers)), to: "pins.json")
            try self.write(String(buffer: PinnedNames.write(Set(servers.keys))), to: "pinned.json")
        }
        let web = ByteText("web")
        try write([Self.name: old])
        let pins = try known()
        _ = pins.book.server("files", .quarantine)
        try write([Self.name: new, web: old])
        await pins.finish()
        #expect(try known().book.server("files", .quarantine).record == new)
        #expect(try known().book.server("web", .quarantine).record == old)
        try write([Self.name: new, ByteText("more"): new])
        pins.book.forget("files")
        #expect(await pins.keep() == nil)
        for file in ["pins.json", "pinned.json"] {
            let text = try directory.text(of: file)
            #expect(!text.contains("files") && !text.contains("web") && text.contains("more"))
        }
    }

    @Test("What several processes learn stays, in whatever order they write and end")
    func severalTogether() async throws {
        let (one, two) = (ByteText("one"), ByteText("two"))
        let (first, second) = (
            try known(sharing: [one: Self.record("a")]), try known(sharing: [two: Self.record("a")])
        )
        #expect(await first.keep() == nil)
        for pins in [second, first, second, second, first, first] {
            #expect(await pins.keep() == nil)
            for file in ["pins.json", "pinned.json"] {
                let text = try directory.text(of: file)
                #expect(text.contains("one") && text.contains("two"))
            }
        }
        await first.finish()
        await second.finish()
        for name in ["one", "two"] {
            #expect(try known().book.server(name, .quarantine).record == Self.record("a"))
        }
    }

    @Test("Of a file that is damaged nothing is known of any server, and it is set aside", arguments: ["", "{", "{}"])
    func damaged(text: String) throws {
        for file in ["pins.json", "pinned.json"] {
            try write(text, to: file)
            #expect(try known().book.server("files", .block).report.fault?.contains(file) == true)
            #expect(try !directory.names.contains(file))
        }
    }

    @Test("A server that is held to what is lost is not written as one of which nothing was approved")
    func notForgotten() async throws {
        try write(Self.named, to: "pinned.json")
        let pins = try known()
        let server = pins.book.server("files", .quarantine)
        #expect(await pins.keep() == nil)
        #expect(pins.book.records[Self.name] == nil)
        #expect(try directory.text(of: "pinned.json").contains("files"))
        #expect(try known().book.server("files", .quarantine).report.fault != nil)
        // Before its lists were read nobody can have seen what there is to approve.
        #expect(server.approve(nil).isEmpty)
        #expect(await pins.keep() == nil)
        #expect(try known().book.server("files", .quarantine).report.fault != nil)
    }

    @Test("What is forgotten is neither held to nor missed")
    func forgotten() async throws {
        try write(String(buffer: PinText.write([Self.name: try Self.record("a")])), to: "pins.json")
        try write(Self.named, to: "pinned.json")
        let pins = try known()
        pins.book.forget("files")
        #expect(await pins.keep() == nil)
        let server = try known().book.server("files", .quarantine)
        #expect(server.record == PinRecord())
        #expect(server.report.fault == nil)
    }

    @Test("Of the servers in a shared file nothing else counts, not what is lost either")
    func shared() throws {
        let (kept, shared) = (try Self.record("a"), try Self.record("b"))
        try write(String(buffer: PinText.write([Self.name: kept, ByteText("web"): kept])), to: "pins.json")
        let pins = try known(sharing: [Self.name: shared, ByteText("lost"): shared])
        #expect(pins.book.server("files", .block).record == shared)
        #expect(pins.book.server("web", .block).record == kept)
        #expect(pins.keeping(of: "files") == .fileOrState)
        #expect(pins.keeping(of: "web") == .state)
        try write(#"{"version":1,"servers":["lost"]}"#, to: "pinned.json")
        #expect(try known(sharing: [ByteText("lost"): shared]).book.server("lost", .block).report.fault == nil)
    }

    @Test("Files that others may have written are refused, like everything in the directory")
    func untrusted() throws {
        for file in ["pins.json", "pinned.json"] {
            try directory.write(Self.other, to: file)
            try directory.set(0o666, of: file)
            #expect(throws: ConfigurationError.self) { _ = try known() }
            try directory.remove(file)
        }
    }
}
