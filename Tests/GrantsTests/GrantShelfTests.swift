import Crypto
import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import Grants

/// What is kept of grants: unreadable without the key, and each in its own place.
@Suite struct GrantShelfTests {
    private let harness = GrantHarness()
    private static let secret = "refresh-token-that-nobody-may-read"

    private func write(_ text: String = secret, as name: String = "a") throws {
        try harness.shelf().write(ByteBuffer(string: text), as: name)
    }

    private func read(_ name: String = "a", key: SymmetricKey? = nil) -> String? {
        harness.shelf(key: key).read(name).map { String(buffer: $0) }
    }

    @Test("What was kept is read again, and no byte of it stands in the file")
    func sealed() throws {
        try write()
        #expect(read() == Self.secret)
        let file = try #require(harness.storage.files["a"])
        #expect(file.starts(with: Array("mcp-proxy grant 1\n".utf8)))
        #expect(!String(decoding: file, as: UTF8.self).contains("refresh"))
        try write()
        #expect(harness.storage.files["a"] != file, "the same is never sealed the same way twice")
        #expect(harness.log.lines.isEmpty)
    }

    @Test("An empty text is one, and what is not there is nothing, without a word")
    func nothing() throws {
        try write("")
        #expect(read() == "")
        #expect(read("b") == nil)
        #expect(harness.log.lines.isEmpty)
    }

    @Test("Another key opens nothing, and the log says what to do")
    func otherKey() throws {
        try write()
        #expect(read(key: SymmetricKey(size: .bits256)) == nil)
        let line = try #require(harness.log.lines.first)
        #expect(line.contains("somebody has to log in again") && line.contains("MCP_PROXY_STATE_KEY"))
        #expect(line.contains("file=a") && harness.log.lines.count == 1)
        #expect(read() == Self.secret, "it is left as it is")
    }

    @Test("What is put in another's place is not read")
    func swapped() throws {
        try write("one", as: "a")
        try write("two", as: "b")
        let files = harness.storage.files
        harness.storage.files = ["a": files["b"] ?? [], "b": files["a"] ?? []]
        #expect(read("a") == nil && read("b") == nil)
    }

    @Test("A file of which any bit was changed, or any byte lost, is not read")
    func changed() throws {
        try write("ab")
        let file = try #require(harness.storage.files["a"])
        for index in file.indices {
            harness.storage.files["a"]?[index] ^= 1
            #expect(read() == nil, "byte \(index)")
            harness.storage.files["a"] = Array(file[..<index])
            #expect(read() == nil, "the first \(index)")
            harness.storage.files["a"] = file
        }
        harness.storage.files["a"] = file + [0]
        #expect(read() == nil)
        harness.storage.files["a"] = file
        #expect(read() == "ab")
    }

    @Test(
        "Garbage is none of ours",
        arguments: ["", "{}", "mcp-proxy grant 1\n", "mcp-proxy grant 1\nxxxx", "mcp-proxy grant 2\n"])
    func garbage(text: String) {
        harness.storage.files["a"] = Array(text.utf8)
        #expect(read() == nil)
        #expect(harness.log.lines.count == 1)
    }

    @Test("Storage and key that fail say why, and nothing is written without a key")
    func failing() throws {
        harness.storage.fail("the disk is full")
        let full = #expect(throws: GrantStorageFailure.self) { try write() }
        #expect(full?.words == "the disk is full")
        #expect(read() == nil && harness.log.lines.first?.contains("the disk is full") == true)
        harness.storage.fail(nil)
        let keyless = GrantShelf(
            harness.storage, key: { () throws(GrantStorageFailure) in throw GrantStorageFailure("no key") },
            logger: .silent)
        #expect(throws: GrantStorageFailure.self) { try keyless.write(ByteBuffer(string: "x"), as: "a") }
        #expect(harness.storage.files.isEmpty)
    }

    @Test("Where nothing outlives the run nothing is kept, and no key is asked for")
    func nowhere() throws {
        let shelf = GrantShelf(
            nil, key: { () throws(GrantStorageFailure) in throw GrantStorageFailure("no key") },
            logger: harness.log.logger)
        try shelf.write(ByteBuffer(string: "x"), as: "a")
        #expect(shelf.read("a") == nil && !shelf.outlivesRun && harness.shelf().outlivesRun)
        try shelf.remove("a")
        #expect(harness.log.lines.isEmpty)
    }

    // MARK: Clients

    private func client(_ issuer: String, _ identifier: String, redirect: String = Samples.redirect) -> RegisteredClient
    {
        RegisteredClient(issuer: issuer, identifier: identifier, secret: "s", method: .basic, redirect: redirect)
    }

    @Test("Registrations outlive the run, the last one of an issuer and a redirect")
    func clients() {
        let shelf = ClientShelf(harness.shelf())
        shelf.keep(client("https://a.example", "1"))
        shelf.keep(client("https://b.example", "2"))
        shelf.keep(client("https://a.example", "3"))
        shelf.forget(client("https://b.example", "another"))
        let again = ClientShelf(harness.shelf())
        #expect(again.client(of: "https://a.example", redirect: Samples.redirect)?.identifier == "3")
        #expect(again.client(of: "https://b.example", redirect: Samples.redirect)?.secret == "s")
        #expect(again.client(of: "https://a.example/", redirect: Samples.redirect) == nil)
        #expect(again.client(of: "https://a.example", redirect: "") == nil)
        again.forget(client("https://b.example", "2"))
        #expect(ClientShelf(harness.shelf()).client(of: "https://b.example", redirect: Samples.redirect) == nil)
    }

    @Test("Issuers whose names look the same are two")
    func canonical() {
        let shelf = ClientShelf(harness.shelf())
        shelf.keep(client("https://a.example/\u{E9}", "1"))
        shelf.keep(client("https://a.example/e\u{301}", "2"))
        #expect(shelf.client(of: "https://a.example/\u{E9}", redirect: Samples.redirect)?.identifier == "1")
    }

    @Test("Of more than a thousand the oldest give way, and what cannot be kept counts until the run ends")
    func manyClients() throws {
        var object = JSONObjectWriter()
        object.add("clients", elements: (0..<1_000).map { client("https://\($0).example", "x").json })
        try harness.shelf().write(object.finished, as: "clients")
        let shelf = ClientShelf(harness.shelf())
        harness.storage.fail("the disk is full")
        #expect(shelf.client(of: "https://0.example", redirect: Samples.redirect) != nil)
        shelf.keep(client("https://new.example", "x"))
        #expect(shelf.client(of: "https://0.example", redirect: Samples.redirect) == nil)
        #expect(shelf.client(of: "https://1.example", redirect: Samples.redirect) != nil)
        #expect(shelf.client(of: "https://new.example", redirect: Samples.redirect) != nil)
        #expect(harness.log.lines.last?.contains("is not kept for the next start") == true)
    }
}
