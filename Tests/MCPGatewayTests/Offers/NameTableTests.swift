import MCPValues
import Testing

@testable import MCPGateway

/// Names of several servers beside each other.
@Suite struct NameTableTests {
    private typealias Server = NameTable.Server

    private func make(_ name: String, of key: String, prefix: String? = nil, _ maximum: Int = 46) -> String {
        OfferedName.make(name, of: key, prefix: prefix ?? key, maximumLength: maximum)
    }

    @Test("A name that fits stands behind its server's prefix, unchanged")
    func plain() {
        #expect(make("git_status", of: "git") == "git__git_status")
        #expect(make("a-B_9", of: "time-2", prefix: "t") == "t__a-B_9")
        #expect(make("", of: "git") == "git__")
        let longest = String(repeating: "x", count: 41)
        #expect(make(longest, of: "git") == "git__\(longest)")
    }

    @Test("A name that cannot stay is cleaned, cut, and told apart by digits of its hash")
    func changed() {
        // The first four bytes of SHA-256 over key, NUL, name, as `printf 'git\0a.b' | sha256sum` prints them.
        #expect(make("a.b", of: "git") == "git__a_b_7e516e15")
        #expect(make("a.b", of: "git", prefix: "g").hasSuffix("_7e516e15"), "the key is hashed, whatever the prefix is")
        #expect(make("\u{E9}😀x", of: "git").hasPrefix("git____x_") && make("\u{E9}😀x", of: "git").utf8.count == 17)
        let long = String(repeating: "x", count: 42)
        let cut = make(long, of: "git")
        #expect(cut.utf8.count == 46 && cut.hasPrefix("git__xxx"))
        let both = make(long, of: String(repeating: "p", count: 60))
        #expect(both.utf8.count == 46 && both.hasPrefix(String(repeating: "p", count: 27) + "__xxxxxxxx_"))
        #expect(make("tool", of: "a__b").hasPrefix("a__b__tool_"), "a separator in the prefix could be taken for ours")
        #expect(
            make("list", of: String(repeating: "p", count: 60)).hasPrefix(String(repeating: "p", count: 31) + "__list_")
        )
    }

    @Test("What is offered is found again, and each name stands for one thing", arguments: 0..<50)
    func property(seed: Int) {
        var generator = SeededGenerator(seed)
        let servers = Self.randomServers(&generator)
        for maximum in [24, 46, 128] {
            let table = NameTable(servers, maximumLength: maximum)
            var seen: Set<ByteText> = []
            for (member, server) in servers.enumerated() {
                // Whatever other servers there are.
                let alone = NameTable([server], maximumLength: maximum)
                for name in Set(server.names.map(ByteText.init)) {
                    let origin = NameTable.Origin(member: member, name: name)
                    guard let offered = table.name(of: origin) else {
                        #expect(table.collisions.contains { $0.second == origin }, "never silent")
                        continue
                    }
                    #expect(seen.insert(ByteText(offered)).inserted)
                    #expect(table.origin(of: offered) == origin)
                    #expect(offered.utf8.count <= maximum)
                    #expect(
                        offered.utf8.allSatisfy {
                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8.contains($0)
                        })
                    #expect(alone.name(of: .init(member: 0, name: name)) == offered)
                }
            }
        }
    }

    private static func randomServers(_ generator: inout SeededGenerator) -> [Server] {
        let letters = Array("ab_-./é😀\u{301}")
        func text(_ longest: Int, _ generator: inout SeededGenerator) -> String {
            String(
                (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &generator)]
                })
        }
        var keys: Set<ByteText> = []
        for _ in 0..<5 { keys.insert(ByteText(text(40, &generator))) }
        return keys.sorted().map { key in
            Server(key: key.text, prefix: key.text, names: (0..<20).map { _ in text(60, &generator) })
        }
    }

    @Test("With auto only what two members list gets a prefix, with never nothing, and the second is reported")
    func prefixing() {
        let servers = [
            Server(key: "a", prefix: "a", names: ["list", "one"]),
            Server(key: "b", prefix: "b", names: ["list", "two"]),
        ]
        let auto = NameTable(servers, .auto)
        #expect(auto.origin(of: "one") == .init(member: 0, name: ByteText("one")))
        #expect(auto.origin(of: "b__list") == .init(member: 1, name: ByteText("list")))
        #expect(auto.origin(of: "list") == nil && auto.collisions.isEmpty)
        let never = NameTable(servers, .never)
        #expect(never.origin(of: "list")?.member == 0 && never.origin(of: "two")?.member == 1)
        #expect(never.collisions.map(\.second) == [.init(member: 1, name: ByteText("list"))])
        #expect(never.origin(of: "a__new") == nil)
    }

    @Test("Names that the rule spells alike are told: the first has it, the second is not offered")
    func collision() {
        let table = NameTable([
            Server(key: "a", prefix: "a", names: ["_b"]), Server(key: "a_", prefix: "a_", names: ["b"]),
        ])
        #expect(table.origin(of: "a___b") == .init(member: 0, name: ByteText("_b")))
        #expect(table.collisions.count == 1)
    }

    @Test("A name that is newer than the last list is found by the longest prefix")
    func guessed() {
        let table = NameTable([
            Server(key: "git", prefix: "git", names: []), Server(key: "git_", prefix: "git_", names: []),
        ])
        #expect(table.origin(of: "git__new") == .init(member: 0, name: ByteText("new")))
        #expect(table.origin(of: "git___new") == .init(member: 1, name: ByteText("new")))
        #expect(table.origin(of: "other__new") == nil)
    }
}

/// Random numbers that are the same at every run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
