import Foundation
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct JSONScannerPropertyTests {
    @Test("Random valid JSON is accepted and its values are found exactly where they stand", arguments: 0..<20)
    func valid(round: Int) throws {
        for seed in 0..<100 {
            let generated = JSONGenerator(seed: UInt64(round * 100 + seed))
            let range = try scan(generated.bytes).get()
            #expect(range == generated.root)
            #expect(try children(of: generated.bytes) == generated.children, "seed \(round * 100 + seed)")
            #expect(JSONReference.accepts(generated.bytes), "the reference agrees, seed \(round * 100 + seed)")
        }
    }

    private func children(of bytes: [UInt8]) throws -> [ByteRange] {
        var found: [ByteRange] = []
        try ByteBuffer(bytes: bytes).scanJSON(maximumDepth: 128, duplicateKeys: .refused) {
            (scanner) throws(JSONError) in
            switch try scanner.peek() {
            case UInt8(ascii: "{"):
                try scanner.members(depth: 0) { (scanner, _) throws(JSONError) in
                    found.append(try scanner.skipValue(depth: 1))
                }
            case UInt8(ascii: "["):
                try scanner.elements(depth: 0) { (scanner) throws(JSONError) in
                    found.append(try scanner.skipValue(depth: 1))
                }
            default: try scanner.skipValue()
            }
            try scanner.expectEnd()
        }
        return found
    }

    @Test("Random mutations are judged as an independent reader judges them", arguments: 0..<20)
    func mutations(round: Int) {
        var random = SeededGenerator(seed: UInt64(1_000 + round))
        for seed in 0..<40 {
            let original = JSONGenerator(seed: UInt64(round * 40 + seed)).bytes
            for _ in 0..<25 {
                let mutated = mutate(original, &random)
                let accepted = refusal(mutated, maximumDepth: 5) == nil
                #expect(
                    accepted == JSONReference.accepts(mutated, maximumDepth: 5),
                    "\(String(decoding: mutated, as: UTF8.self)) as bytes \(mutated)"
                )
            }
        }
    }

    private func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        let interesting: [UInt8] =
            Array(#"{}[]:,"\/u0129-+.eE tn"#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC2, 0xE0, 0xED, 0xF4, 0xFF]
        var mutated = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: 0...mutated.count, using: &random)
            let byte = interesting.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where index < mutated.count: mutated[index] = byte
            case 1 where index < mutated.count: mutated.remove(at: index)
            case 2: mutated.insert(byte, at: index)
            default: mutated.removeLast(min(mutated.count, Int.random(in: 0..<4, using: &random)))
            }
        }
        return mutated
    }

    @Test("Whatever is accepted is accepted by Foundation too", arguments: 0..<10)
    func foundationAgrees(round: Int) throws {
        var random = SeededGenerator(seed: UInt64(5_000 + round))
        for seed in 0..<50 {
            let original = JSONGenerator(seed: UInt64(round * 50 + seed)).bytes
            for bytes in [original, mutate(original, &random), mutate(original, &random)]
            where refusal(bytes) == nil {
                do {
                    _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
                } catch {
                    // RFC 8259 sets no bound on numbers; Foundation's is that of a Double. Its grammar has halves of
                    // surrogate pairs, which a Swift string cannot hold.
                    let isKnown = ["is not representable", "Unable to convert hex escape", "low-surrogate"].contains {
                        "\(error)".contains($0)
                    }
                    #expect(isKnown, "\(String(decoding: bytes, as: UTF8.self)): \(error)")
                }
            }
        }
    }

    @Test("Foundation reads the same members from the same bytes")
    func foundationReadsTheSame() throws {
        for seed in 0..<200 {
            let generated = JSONGenerator(seed: UInt64(seed))
            // Foundation drops U+FEFF inside strings on Linux.
            guard !String(decoding: generated.bytes, as: UTF8.self).unicodeScalars.contains("\u{FEFF}") else {
                continue
            }
            let text = try JSONText(scanning: ByteBuffer(bytes: generated.bytes))
            let foundation = try JSONSerialization.jsonObject(with: Data(generated.bytes), options: .fragmentsAllowed)
            switch foundation {
            case let object as [String: Any]:
                // Foundation's dictionaries merge canonically equal names, ours do not.
                var names: Set<String> = []
                text.root.forEachMember { name, _ in names.insert(name) }
                #expect(names == Set(object.keys))
            case let array as [Any]: #expect(text.root.elements.count == array.count)
            case let string as String: #expect(text.root.string == string)
            default: #expect(!text.root.isObject && !text.root.isArray)
            }
        }
    }

    @Test("Every prefix of a text is refused or accepted without reading past its end")
    func prefixes() {
        let text = Array(#"{"a\u00e9":[1.5e-3,true,false,null,"\uD83D\uDE00é漢😀"],"b":{"c":{}}}"#.utf8)
        for count in 0..<text.count { #expect(refusal(Array(text[..<count])) != nil) }
        #expect(refusal(text) == nil)
    }
}
